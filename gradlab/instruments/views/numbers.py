"""Views of regressions: a fitted line, predicted against true values, sequences."""

from collections.abc import Callable

import numpy as np

from gradlab.instruments.records import Counts, DataWish, Doubles, LineView, PredictedView, SequencesView
from gradlab.instruments.views.shared import POINTS, axis, listed, numbers, shown_rows, some, to_inputs
from gradlab.training.run import TrainingRun

SEQUENCES = 12


def look_at_line(run: TrainingRun, wish: DataWish) -> Callable[[], LineView]:
    """Return a view of the model's answers over one input."""
    split, data = run.split, run.split.dataset
    x = axis(data.inputs[:, 0])
    inputs = to_inputs(run, x[:, None])

    def points(rows: Counts) -> Doubles:
        chosen = some(run, rows, POINTS)
        return np.column_stack([data.inputs[chosen, 0], data.targets[chosen]]).astype(np.float64)

    train, validation = points(split.train_rows), points(split.validation_rows)

    def look() -> LineView:
        fitted = numbers(run, inputs)
        return LineView(data.input_names[0], data.target_name, x, fitted, train, validation)

    return look


def look_at_predicted(run: TrainingRun, wish: DataWish) -> Callable[[], PredictedView]:
    """Return a view of predicted against true values; each step of a sequence with a target is a point."""
    data = run.split.dataset
    rows = some(run, shown_rows(run), max(POINTS // data.targets[0].size, 1))
    inputs = to_inputs(run, data.inputs[rows])
    true = data.targets[rows].reshape(-1).astype(np.float64)
    return lambda: PredictedView(data.target_name, true, numbers(run, inputs))


def look_at_sequences(run: TrainingRun, wish: DataWish) -> Callable[[], SequencesView]:
    """Return a view of a few sequences, step by step."""
    data = run.split.dataset
    rows_now = listed(run, wish, SEQUENCES)

    def look() -> SequencesView:
        rows = rows_now()
        inputs, true = data.inputs[rows], data.targets[rows].reshape(len(rows), -1).astype(np.float64)
        predicted = numbers(run, to_inputs(run, inputs)).reshape(true.shape)
        return SequencesView(data.input_names, data.target_name, inputs.astype(np.float64), true, predicted)

    return look
