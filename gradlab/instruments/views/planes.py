"""Points in a plane, and what the model says everywhere on it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from gradlab.instruments.records import Counts, DataWish, Doubles, Floats, PlaneView
from gradlab.instruments.views.shared import GRID, POINTS, axis, judge, some, to_inputs
from gradlab.training.run import TrainingRun
from gradlab.training.seeds import Stream, derive

PCA_ROWS = 10_000  # as many as the directions need
GRID_NUMBERS = 1_000_000  # of large inputs there are fewer points on the grid: the model looks at every one
COARSEST_GRID = 24


@dataclass(frozen=True)
class Plane:
    """A plane with a grid on it.

    Attributes:
        names: of the two axes; ``x, y``: the grid along them.
        inputs: ``(len(y) · len(x), *input_shape)``, the grid as the model takes it.
        place: from numbers of rows in the data set to their points, ``(rows, 2)``.
        is_slice: whether the data has more inputs than two.
    """

    names: tuple[str, str]
    x: Doubles
    y: Doubles
    inputs: Tensor
    place: Callable[[Counts], Doubles]
    is_slice: bool = False


def look_at_plane(run: TrainingRun, wish: DataWish) -> Callable[[], PlaneView]:
    """Look at data with two inputs: the plane is all there is."""
    data = run.split.dataset
    x, y = (axis(data.inputs[:, column]) for column in range(2))
    names = data.input_names[0], data.input_names[1]

    def place(rows: Counts) -> Doubles:
        return data.inputs[rows].astype(np.float64)

    return _look(run, wish, Plane(names, x, y, to_inputs(run, _grid(x, y)), place))


def look_at_projection(run: TrainingRun, wish: DataWish) -> Callable[[], PlaneView]:
    """Look at the plane along which the standardized training inputs differ most.

    It goes through their mean. The points are projected onto it (principal component analysis, scikit-learn).
    """
    from sklearn.decomposition import PCA  # slow to load, and seldom needed

    split = run.split
    rows = some(run, np.arange(len(split.train_inputs)), PCA_ROWS)
    chance = derive(run.experiment.seed, Stream.VIEWS) % 2**32
    flat = split.train_inputs[rows].reshape(len(rows), -1)
    components = PCA(2, random_state=chance).fit(flat)

    def place(rows: Counts) -> Doubles:
        inputs = split.standardize(split.dataset.inputs[rows])
        return np.asarray(components.transform(inputs.reshape(len(rows), -1)), np.float64)

    points = place(np.concatenate(_drawn(run))).astype(np.float32)
    side = int(np.clip(np.sqrt(GRID_NUMBERS / flat.shape[1]), COARSEST_GRID, GRID))
    x, y = (axis(points[:, column], side) for column in range(2))
    inputs = components.inverse_transform(_grid(x, y)).astype(np.float32).reshape(-1, *split.input_shape)
    shares = np.nan_to_num(components.explained_variance_ratio_)
    first, second = (f"PC {number}: {100 * share:.0f} %" for number, share in enumerate(shares, 1))
    inputs_there = torch.from_numpy(inputs).to(run.device)
    return _look(run, wish, Plane((first, second), x, y, inputs_there, place, is_slice=True))


def _look(run: TrainingRun, wish: DataWish, plane: Plane) -> Callable[[], PlaneView]:
    data = run.split.dataset
    train, validation = _drawn(run)
    train_points, validation_points = plane.place(train), plane.place(validation)
    chosen = None if wish.rows is None else plane.place(some(run, wish.rows, POINTS))
    shape = len(plane.y), len(plane.x)

    def look() -> PlaneView:
        predicted, confidence, scores = judge(run, plane.inputs)
        return PlaneView(
            axis_names=plane.names,
            class_names=data.class_names,
            x=plane.x,
            y=plane.y,
            predicted=predicted.reshape(shape),
            confidence=confidence.reshape(shape),
            train_points=train_points,
            train_classes=data.targets[train].astype(np.int64),
            validation_points=validation_points,
            validation_classes=data.targets[validation].astype(np.int64),
            chosen_points=chosen,
            scores=None if scores is None else scores.reshape(*shape, 2),
            is_slice=plane.is_slice,
        )

    return look


def _drawn(run: TrainingRun) -> tuple[Counts, Counts]:
    """Return the training rows and the validation rows that are drawn."""
    return some(run, run.split.train_rows, POINTS), some(run, run.split.validation_rows, POINTS)


def _grid(x: Doubles, y: Doubles) -> Floats:
    """Return all points of the grid, row by row, ``(len(y) · len(x), 2)``."""
    return np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2).astype(np.float32)
