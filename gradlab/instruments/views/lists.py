"""Views of pictures and of rows, each with the model's prediction."""

from collections.abc import Callable

import numpy as np

from gradlab.instruments.records import DataWish, PicturesView, TableView
from gradlab.instruments.views.shared import judge, listed, to_inputs
from gradlab.training.run import TrainingRun

PICTURES = 36
ROWS = 50


def look_at_pictures(run: TrainingRun, wish: DataWish) -> Callable[[], PicturesView]:
    """Return a view of pictures, coloured ones in grey."""
    data = run.split.dataset
    rows_now = listed(run, wish, PICTURES)

    def look() -> PicturesView:
        rows = rows_now()
        predicted, confidence, scores = judge(run, to_inputs(run, data.inputs[rows]))
        pictures, true = data.inputs[rows].mean(axis=1), data.targets[rows].astype(np.int64)
        return PicturesView(data.class_names, pictures, true, predicted, confidence, scores)

    return look


def look_at_rows(run: TrainingRun, wish: DataWish) -> Callable[[], TableView]:
    """Return a view of rows of numbers."""
    data = run.split.dataset
    rows_now = listed(run, wish, ROWS)

    def look() -> TableView:
        rows = rows_now()
        predicted, confidence, scores = judge(run, to_inputs(run, data.inputs[rows]))
        values, true = data.inputs[rows].astype(np.float64), data.targets[rows].astype(np.int64)
        return TableView(data.input_names, data.class_names, values, true, predicted, confidence, scores)

    return look
