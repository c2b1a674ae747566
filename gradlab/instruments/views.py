"""What the model says of the data: a plane, a line, predicted against true, pictures or rows."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from gradlab.instruments.instrument import Instrument
from gradlab.instruments.records import (
    Counts,
    DataView,
    Doubles,
    Floats,
    LineView,
    PicturesView,
    PlaneView,
    PredictedView,
    TableView,
)
from gradlab.instruments.throttle import Throttle
from gradlab.training.run import TrainingRun
from gradlab.training.seeds import Stream, derive

VIEW_SHARE = 0.1  # looking at the data may take this share of the time
GRID = 80  # points along each axis of a plane
POINTS = 2000  # drawn of each set
PICTURES = 36
ROWS = 50


class DataRecorder(Instrument):
    """Looks at the data through the model, for a share of the time while it trains."""

    part = "data"

    def __init__(self, run: TrainingRun) -> None:
        super().__init__(run)
        self._look = data_view(run)
        self._throttle = Throttle(VIEW_SHARE)
        self._latest: DataView | None = None

    def record(self, *, at_rest: bool = False) -> DataView:
        """Return what the model says of the data."""
        if at_rest or self._throttle.is_due or self._latest is None:
            with self._throttle:
                self._latest = self._look()
        return self._latest


def data_view(run: TrainingRun) -> Callable[[], DataView]:
    """Return a function that looks at the data through the model as it then is.

    What never changes (the points, the grid, which pictures) is prepared once, here.
    """
    shape = run.split.input_shape
    if not run.objective.classes:
        return _line(run) if shape == (1,) else _predicted(run)
    if len(shape) == 3:
        return _pictures(run)
    return _plane(run) if shape == (2,) else _table(run)


def _plane(run: TrainingRun) -> Callable[[], PlaneView]:
    split, data = run.split, run.split.dataset
    train, validation = _some(run, split.train_rows, POINTS), _some(run, split.validation_rows, POINTS)
    x, y = (_axis(data.inputs[:, column]) for column in range(2))
    grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2).astype(np.float32)
    inputs = _to_inputs(run, grid)

    def look() -> PlaneView:
        predicted, confidence = _judge(run, inputs)
        return PlaneView(
            axis_names=(data.input_names[0], data.input_names[1]),
            class_names=data.class_names,
            x=x,
            y=y,
            predicted=predicted.reshape(GRID, GRID),
            confidence=confidence.reshape(GRID, GRID),
            train_points=data.inputs[train].astype(np.float64),
            train_classes=data.targets[train].astype(np.int64),
            validation_points=data.inputs[validation].astype(np.float64),
            validation_classes=data.targets[validation].astype(np.int64),
        )

    return look


def _line(run: TrainingRun) -> Callable[[], LineView]:
    split, data = run.split, run.split.dataset
    x = _axis(data.inputs[:, 0])
    inputs = _to_inputs(run, x[:, None].astype(np.float32))

    def points(rows: Counts) -> Doubles:
        chosen = _some(run, rows, POINTS)
        return np.column_stack([data.inputs[chosen, 0], data.targets[chosen]]).astype(np.float64)

    train, validation = points(split.train_rows), points(split.validation_rows)

    def look() -> LineView:
        fitted = _numbers(run, inputs)
        return LineView(data.input_names[0], data.target_name, x, fitted, train, validation)

    return look


def _predicted(run: TrainingRun) -> Callable[[], PredictedView]:
    """Where every step of a sequence has its target, each step is a point."""
    per_row = run.split.dataset.targets[0].size
    rows = _some(run, _shown_rows(run), max(POINTS // per_row, 1))
    inputs = _to_inputs(run, run.split.dataset.inputs[rows])
    true = run.split.dataset.targets[rows].reshape(-1).astype(np.float64)
    return lambda: PredictedView(run.split.dataset.target_name, true, _numbers(run, inputs))


def _pictures(run: TrainingRun) -> Callable[[], PicturesView]:
    data = run.split.dataset
    rows = _some(run, _shown_rows(run), PICTURES)
    inputs = _to_inputs(run, data.inputs[rows])
    pictures = data.inputs[rows].mean(axis=1)
    true = data.targets[rows].astype(np.int64)

    def look() -> PicturesView:
        predicted, confidence = _judge(run, inputs)
        return PicturesView(data.class_names, pictures, true, predicted, confidence)

    return look


def _table(run: TrainingRun) -> Callable[[], TableView]:
    data = run.split.dataset
    rows = _some(run, _shown_rows(run), ROWS)
    inputs = _to_inputs(run, data.inputs[rows])
    values = data.inputs[rows].astype(np.float64)
    true = data.targets[rows].astype(np.int64)

    def look() -> TableView:
        predicted, confidence = _judge(run, inputs)
        return TableView(data.input_names, data.class_names, values, true, predicted, confidence)

    return look


def _shown_rows(run: TrainingRun) -> Counts:
    """Return the validation rows, or the training rows where there are none."""
    split = run.split
    return split.validation_rows if len(split.validation_rows) else split.train_rows


def _some(run: TrainingRun, rows: Counts, most: int) -> Counts:
    """Return at most ``most`` of the rows, the same ones every time."""
    if len(rows) <= most:
        return rows
    chance = np.random.default_rng(derive(run.experiment.seed, Stream.VIEWS))
    return np.sort(chance.choice(rows, most, replace=False))


def _axis(values: Floats) -> Doubles:
    low, high = float(values.min()), float(values.max())
    margin = 0.08 * (high - low) or 1.0
    return np.linspace(low - margin, high + margin, GRID)


def _to_inputs(run: TrainingRun, raw: Floats) -> Tensor:
    return torch.from_numpy(run.split.standardize(raw)).to(run.device)


def _judge(run: TrainingRun, inputs: Tensor) -> tuple[Counts, Floats]:
    """Return the predicted class of each row, and its score."""
    outputs = run.outputs(inputs)
    predicted = run.objective.predict(outputs, run.experiment.training.threshold)
    scores = run.objective.scores(outputs).gather(1, predicted[:, None])[:, 0]
    return predicted.cpu().numpy(), scores.clamp(0, 1).cpu().numpy()


def _numbers(run: TrainingRun, inputs: Tensor) -> Doubles:
    outputs = run.outputs(inputs).reshape(-1).double().cpu().numpy()
    return np.asarray(run.split.target_in_units(outputs), dtype=np.float64)
