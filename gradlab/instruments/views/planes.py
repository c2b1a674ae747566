"""Views of points in a plane, with the model's prediction everywhere on it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from gradlab.instruments.records import Counts, DataWish, Doubles, PlaneView
from gradlab.instruments.views.shared import GRID, POINTS, axis, judge, some, to_inputs
from gradlab.training.run import TrainingRun

PCA_ROWS = 10_000  # enough for the directions
PCA_LARGEST = 1000  # rows or inputs, the smaller of them: more take too long
GRID_NUMBERS = 1_000_000  # large inputs have fewer grid points: the model is evaluated at each of them
COARSEST_GRID = 24


@dataclass(frozen=True)
class Plane:
    """A plane with a grid on it.

    Attributes:
        names: of the two axes; ``x, y``: the grid along them.
        inputs: ``(len(y) · len(x), *input_shape)``, the grid as the model takes it.
        place: maps numbers of rows in the data set to their points, ``(rows, 2)``.
        is_slice: whether the data has more inputs than two.
    """

    names: tuple[str, str]
    x: Doubles
    y: Doubles
    inputs: Tensor
    place: Callable[[Counts], Doubles]
    is_slice: bool = False


def look_at_plane(run: TrainingRun, wish: DataWish) -> Callable[[], PlaneView]:
    """Return a view of data with two inputs."""
    data = run.split.dataset
    x, y = (axis(data.inputs[:, column]) for column in range(2))
    names = data.input_names[0], data.input_names[1]

    def place(rows: Counts) -> Doubles:
        return data.inputs[rows].astype(np.float64)

    return _look(run, wish, Plane(names, x, y, to_inputs(run, _grid(x, y)), place))


def look_at_projection(run: TrainingRun, wish: DataWish) -> Callable[[], PlaneView]:
    """Return a view of the plane along which the standardized training inputs vary most.

    The plane goes through their mean, and the points are projected onto it; see ``principal_plane``.
    """
    split = run.split
    count = int(np.prod(split.input_shape))
    rows = some(run, np.arange(len(split.train_inputs)), PCA_ROWS if count <= PCA_LARGEST else PCA_LARGEST)
    mean, axes, shares = principal_plane(split.train_inputs[rows].reshape(len(rows), -1).astype(np.float64))

    def place(rows: Counts) -> Doubles:
        inputs = split.standardize(split.dataset.inputs[rows]).reshape(len(rows), -1)
        return np.asarray((inputs - mean) @ axes.T, np.float64)

    points = place(np.concatenate(_drawn(run))).astype(np.float32)
    side = int(np.clip(np.sqrt(GRID_NUMBERS / count), COARSEST_GRID, GRID))
    x, y = (axis(points[:, column], side) for column in range(2))
    inputs = (_grid(x, y) @ axes + mean).astype(np.float32).reshape(-1, *split.input_shape)
    first, second = (f"PC {number}: {100 * share:.0f}%" for number, share in enumerate(shares, 1))
    inputs_there = torch.from_numpy(inputs).to(run.network.device)
    return _look(run, wish, Plane((first, second), x, y, inputs_there, place, is_slice=True))


def principal_plane(rows: Doubles) -> tuple[Doubles, Doubles, Doubles]:
    """Return the plane along which rows vary most: their first two principal components.

    K. Pearson, *On lines and planes of closest fit to systems of points in space* (1901). Not scikit-learn's:
    loading it would interrupt the training in the middle of a run.

    Args:
        rows: ``(rows, inputs)``; the smaller of the two decides how long it takes.

    Returns:
        Their mean ``(inputs,)``; two directions of length 1 ``(2, inputs)``, the largest number of each being
        positive; and the share of the variance along each ``(2,)``, 0 where there is none.
    """
    mean = rows.mean(axis=0)
    centred = rows - mean
    is_tall = centred.shape[0] >= centred.shape[1]
    values, vectors = np.linalg.eigh(centred.T @ centred if is_tall else centred @ centred.T)
    axes = (vectors if is_tall else centred.T @ vectors)[:, :-3:-1].T
    lengths = np.linalg.norm(axes, axis=1, keepdims=True)
    axes = np.divide(axes, lengths, out=np.zeros_like(axes), where=lengths > 0)
    largest = np.take_along_axis(axes, np.abs(axes).argmax(axis=1, keepdims=True), axis=1)
    shares = np.maximum(values[:-3:-1], 0) / (np.square(centred).sum() or 1.0)
    return mean, axes * np.where(largest < 0, -1.0, 1.0), shares


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
    """Choose the training rows and the validation rows to draw."""
    return some(run, run.split.train_rows, POINTS), some(run, run.split.validation_rows, POINTS)


def _grid(x: Doubles, y: Doubles) -> Doubles:
    """Return all points of the grid, row by row, ``(len(y) · len(x), 2)``."""
    return np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
