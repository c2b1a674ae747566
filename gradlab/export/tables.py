"""Plots as tables for spreadsheets: exact numbers in the data's own units."""

import csv
import io
from collections.abc import Iterable, Sequence
from functools import singledispatch
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np

from gradlab.instruments.records import (
    Activations,
    Counts,
    Course,
    Curves,
    EpochRow,
    Landscape,
    LayerActivations,
    LayerSizes,
    LineView,
    MazeView,
    ParameterGradient,
    PicturesView,
    PlaneView,
    PredictedView,
    SequencesView,
    SignalFlow,
    SignalLayer,
    SizeHistogram,
    TableView,
    Timeline,
)


class Table(NamedTuple):
    """A header and rows of values; None is an empty cell."""

    header: tuple[str, ...]
    rows: Iterable[Sequence[object]]


def as_csv(table: Table) -> bytes:
    """Return the table as CSV: UTF-8 with a byte order mark, for spreadsheets."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(table.header)
    writer.writerows(table.rows)
    return text.getvalue().encode("utf-8-sig")


@singledispatch
def table_of(record: object) -> Table:
    """Return a record's table.

    Raises:
        TypeError: if there is none for this kind of record.
    """
    raise TypeError(f"no table for {type(record).__name__}")


@table_of.register
def _(curves: Curves) -> Table:
    """One row per recorded update and per end of an epoch, in the order of the updates."""
    fields = (
        "update",
        "update_epoch",
        "update_samples",
        "update_seconds",
        "update_loss",
        "update_mean",
        "grad_norm",
    )
    names = _columns(curves.epochs)
    measures = names[3:]
    header = ("update", "epoch", "samples", "seconds", "loss", "mean_loss", "grad_norm", *measures)
    columns = [_plain(getattr(curves, name)) for name in fields]
    columns[0] = [int(update) for update in columns[0]]
    columns[2] = [int(samples) for samples in columns[2]]
    updates = [(*row, *[None] * len(measures)) for row in zip(*columns, strict=True)]
    ends = [(row.update, row.epoch, row.samples, *[None] * 4, *row[3 : len(names)]) for row in curves.epochs]
    return Table(header, sorted([*updates, *ends], key=itemgetter(0)))


def epochs_table(rows: tuple[EpochRow, ...]) -> Table:
    """Return one row per epoch, as in epochs.csv."""
    columns = _columns(rows)
    return Table(columns, [row[: len(columns)] for row in rows])


def _columns(rows: tuple[EpochRow, ...]) -> tuple[str, ...]:
    """Rewards are the last column, where there are any."""
    has_rewards = any(row.reward is not None for row in rows)
    return EpochRow._fields if has_rewards else EpochRow._fields[:-1]


@table_of.register
def _(timeline: Timeline) -> Table:
    """One row per column of the picture; an empty cell where the buffer held None."""
    cells = ([None if value == -1 else value for value in column] for column in timeline.rms.T.tolist())
    rows = ([int(update), *column] for update, column in zip(timeline.updates, cells, strict=True))
    return Table(("update", *timeline.layers), rows)


def buffer_table(parameters: Iterable[ParameterGradient]) -> Table:
    """Return one row per value of the gradient buffer, as far as it is shown; empty where it holds None.

    Rows and columns count from 0, as in PyTorch.
    """
    header = ("parameter", "row", "column", "left_over", "this_batch", "used")
    return Table(header, (row for parameter in parameters for row in _buffer_rows(parameter)))


def _buffer_rows(parameter: ParameterGradient) -> Iterable[Sequence[object]]:
    parts = (parameter.left_over, parameter.batch, parameter.used)
    shape = next((part.shape for part in parts if part is not None), None)
    if shape is None:
        yield (parameter.name, None, None, None, None, None)
        return
    width = shape[-1] if shape else 1
    size = int(np.prod(shape))
    columns = [[None] * size if part is None else _plain(part.ravel()) for part in parts]
    for number, values in enumerate(zip(*columns, strict=True)):
        yield (parameter.name, *divmod(number, width), *values)


def course_table(names: Sequence[str], course: Course) -> Table:
    """Return one row per point: the lowest and the highest of each number since the point before it."""
    header = ("update", *(f"{name} ({which})" for name in names for which in ("lowest", "highest")))
    columns = [values for pair in zip(course.low, course.high, strict=True) for values in pair]
    rows = zip(*([_known(value) for value in column.tolist()] for column in columns), strict=True)
    return Table(header, ((int(update), *row) for update, row in zip(course.updates, rows, strict=True)))


def sizes_table(layers: Sequence[str], sizes: LayerSizes) -> Table:
    """Return one row per layer; empty cells where the buffer held None."""
    columns = [
        [None if value == -1 else value for value in part.tolist()] for part in (sizes.mean, sizes.largest)
    ]
    return Table(("layer", "mean", "largest"), zip(layers, *columns, strict=True))


def histogram_table(histogram: SizeHistogram, layer: int | None) -> Table:
    """Return one row per column of the picture: the share of exact zeros, then of the values up to each size."""
    header = ("from_update", "zero", *(f"up to {10.0**exponent:.3g}" for exponent in histogram.exponents[1:]))
    shares = _plain(histogram.of(layer).T)
    return Table(header, ([int(update), *row] for update, row in zip(histogram.updates, shares, strict=True)))


@table_of.register
def _(activations: Activations) -> Table:
    """One row per bin of each layer's histogram; the exact zeros are a bin of their own, from 0 to 0."""
    rows = (row for layer in activations.layers for row in _bin_rows(layer))
    return Table(("layer", "from", "to", "share"), rows)


def _bin_rows(layer: LayerActivations) -> Iterable[Sequence[object]]:
    yield (layer.name, 0.0, 0.0, layer.zeros)
    edges = _plain(layer.edges)
    for low, high, share in zip(edges[:-1], edges[1:], _plain(layer.shares), strict=True):
        yield (layer.name, low, high, share)


@table_of.register
def _(layer: LayerActivations) -> Table:
    """One row per unit, with the share of its outputs at which it is active."""
    troubles = [layer.trouble if troubled else "" for troubled in layer.troubled]
    rows = zip(range(len(troubles)), _plain(layer.active), troubles, strict=True)
    return Table(("unit", "active", "trouble"), rows)


@table_of.register
def _(signal: SignalFlow) -> Table:
    """One row per unit that is recorded; empty where there is no signal or no gradient yet."""
    header = ("layer", "unit", "name", "signal", "gradient", "signal_first_row", "gradient_first_row")
    return Table(header, (row for layer in signal.layers for row in _unit_rows(layer)))


def _unit_rows(layer: SignalLayer) -> Iterable[Sequence[object]]:
    nothing = [None] * len(layer.shown)
    values = (layer.activation, layer.gradient)
    batch = [nothing if part is None else _plain(part.batch) for part in values]
    first = [nothing if part is None else _plain(part.row) for part in values]
    labels = layer.labels or nothing
    names = [layer.name] * len(layer.shown)
    return zip(names, layer.shown.tolist(), labels, *batch, *first, strict=True)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value


def confusion_table(names: tuple[str, ...], counts: Counts) -> Table:
    """Return one row per true class, one column per predicted class."""
    rows = ([name, *row] for name, row in zip(names, counts.tolist(), strict=True))
    return Table(("true \\ predicted", *names), rows)


@table_of.register
def _(view: PlaneView) -> Table:
    """The points with their classes, then what the model says at each point of the grid."""
    header = ("what", *view.axis_names, "class", "confidence")
    names = view.class_names

    def rows() -> Iterable[Sequence[object]]:
        for what, points, classes in (
            ("training", view.train_points, view.train_classes),
            ("validation", view.validation_points, view.validation_classes),
        ):
            for point, number in zip(_plain(points), classes, strict=True):
                yield (what, *point, names[number], None)
        for row, y in enumerate(_plain(view.y)):
            answers = zip(_plain(view.x), view.predicted[row], _plain(view.confidence[row]), strict=True)
            for x, number, confidence in answers:
                yield ("model", x, y, names[number], confidence)

    return Table(header, rows())


@table_of.register
def _(view: LineView) -> Table:
    """The points, then the model's answers along the line."""
    parts = (
        ("training", _plain(view.train_points)),
        ("validation", _plain(view.validation_points)),
        ("model", zip(_plain(view.x), _plain(view.fitted), strict=True)),
    )
    return Table(
        ("what", view.input_name, view.target_name),
        ((what, *point) for what, points in parts for point in points),
    )


@table_of.register
def _(view: PredictedView) -> Table:
    return Table(
        (f"{view.target_name} (true)", f"{view.target_name} (predicted)"),
        zip(_plain(view.true), _plain(view.predicted), strict=True),
    )


@table_of.register
def _(view: SequencesView) -> Table:
    """One row per step; targets and predictions stand at the last steps, as many as there are."""
    steps = view.inputs.shape[1]

    def rows() -> Iterable[Sequence[object]]:
        for number, (inputs, *answers) in enumerate(zip(view.inputs, view.true, view.predicted, strict=True)):
            padded = [[None] * (steps - len(answer)) + _plain(answer) for answer in answers]
            for step, values in enumerate(zip(_plain(inputs), *padded, strict=True)):
                yield (number + 1, step + 1, *values[0], *values[1:])

    names = tuple(f"{view.target_name} ({what})" for what in ("true", "predicted"))
    return Table(("sequence", "step", *view.input_names, *names), rows())


@table_of.register
def _(view: PicturesView) -> Table:
    return Table(
        ("picture", *_VERDICT), ((number + 1, *_verdict(view, number)) for number in range(len(view.true)))
    )


@table_of.register
def _(view: TableView) -> Table:
    rows = _plain(view.rows)
    return Table(
        ("row", *_VERDICT, *view.columns),
        ((number + 1, *_verdict(view, number), *values) for number, values in enumerate(rows)),
    )


@table_of.register
def _(landscape: Landscape) -> Table:
    """The training path with its epochs, then the loss at every point of the slice."""
    surface = landscape.surface

    def rows() -> Iterable[Sequence[object]]:
        for point, epoch in zip(_plain(landscape.path), _plain(landscape.epochs), strict=True):
            yield ("path", *point, epoch, None)
        for y, losses in zip(_plain(surface.y), _plain(surface.losses), strict=True):
            for x, loss in zip(_plain(surface.x), losses, strict=True):
                yield ("slice", x, y, None, loss)

    return Table(("what", "x", "y", "epoch", "loss"), rows())


_VERDICT = ("true", "predicted", "confidence")


@table_of.register
def _(view: MazeView) -> Table:
    """One row per cell but the goal: its place, its right way, and how probable each way is."""
    header = ("row", "column", "right", *view.actions, "visits")
    rows = (
        (*divmod(cell, view.side), view.actions[view.right[cell]], *policy, visits)
        for cell, (policy, visits) in enumerate(zip(view.policy.tolist(), view.visits.tolist(), strict=True))
    )
    return Table(header, rows)


def _verdict(view: PicturesView | TableView, number: int) -> tuple[object, ...]:
    names = view.class_names
    return names[view.true[number]], names[view.predicted[number]], _plain(view.confidence)[number]


def _plain(values: "np.ndarray[Any, Any]") -> list[Any]:
    """Return Python's numbers with the fewest digits that read back exactly."""
    # A float32 as Python's float would show digits that it never had.
    numbers: list[Any] = (values.astype(str) if values.dtype == np.float32 else values).tolist()
    return numbers
