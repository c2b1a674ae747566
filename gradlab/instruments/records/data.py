"""The model's predictions on the data, one record per kind of view, and the wish for a view."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from gradlab.instruments.records.arrays import Counts, Doubles, Floats
from gradlab.instruments.records.record import Record
from gradlab.instruments.records.table import Table, plain

ViewKind = Literal["plane", "projection", "pictures", "rows", "line", "predicted", "sequences", "maze"]


@dataclass(frozen=True, eq=False)
class DataWish:
    """Which view of the data a panel wants.

    Attributes:
        kind: None, or a kind that does not suit the data, means the first that does.
        worst_first: whether to sort by the loss after the latest epoch.
        rows: numbers of rows in the data set to show alone, or to mark among all; None for no choice.
    """

    kind: ViewKind | None = None
    worst_first: bool = False
    rows: Counts | None = None


@dataclass(frozen=True, kw_only=True)
class DataView(Record):
    """Base of all views of the data.

    Attributes:
        wish: the wish that it answers.
        choices: the kinds that suit the data.
        can_sort: whether the losses of the rows are known, so that they can be sorted.
    """

    at_any_time = True

    wish: DataWish = DataWish()
    choices: tuple[ViewKind, ...] = ()
    can_sort: bool = False


@dataclass(frozen=True)
class PlaneView(DataView):
    """Points in a plane with the model's prediction everywhere on it: data with two inputs, or a projection.

    Attributes:
        x, y: the two axes, in the data's own units; ``grid`` is ``(len(y), len(x))``.
        predicted: the class number at each grid point; ``confidence`` the score of that class.
        train_points, validation_points: ``(rows, 2)`` in the same units (at most 2,000 of each);
            ``train_classes``, ``validation_classes`` their class numbers.
        chosen_points: ``(rows, 2)``, those that the wish names.
        scores: ``(*grid, 2)`` where there are two classes, so that other thresholds can be tried; else None.
        is_slice: whether the data has more inputs than two: the plane is then a slice through its mean, and the
            points are projected onto it.
    """

    axis_names: tuple[str, str]
    class_names: tuple[str, ...]
    x: Doubles
    y: Doubles
    predicted: Counts
    confidence: Floats
    train_points: Doubles
    train_classes: Counts
    validation_points: Doubles
    validation_classes: Counts
    chosen_points: Doubles | None = None
    scores: Floats | None = None
    is_slice: bool = False

    @override
    def as_table(self) -> Table:
        """Return the points with their classes, then the model's prediction at each point of the grid."""
        header = ("what", *self.axis_names, "class", "confidence")
        names = self.class_names

        def rows() -> Iterable[Sequence[object]]:
            for what, points, classes in (
                ("training", self.train_points, self.train_classes),
                ("validation", self.validation_points, self.validation_classes),
            ):
                for point, number in zip(plain(points), classes, strict=True):
                    yield (what, *point, names[number], None)
            for row, y in enumerate(plain(self.y)):
                answers = zip(plain(self.x), self.predicted[row], plain(self.confidence[row]), strict=True)
                for x, number, confidence in answers:
                    yield ("model", x, y, names[number], confidence)

        return Table(header, rows())


@dataclass(frozen=True)
class LineView(DataView):
    """A regression on one input: the points, and the model's curve over ``x``, in the data's units."""

    input_name: str
    target_name: str
    x: Doubles
    fitted: Doubles
    train_points: Doubles
    validation_points: Doubles

    @override
    def as_table(self) -> Table:
        """Return the points, then the model's answers along the line."""
        parts = (
            ("training", plain(self.train_points)),
            ("validation", plain(self.validation_points)),
            ("model", zip(plain(self.x), plain(self.fitted), strict=True)),
        )
        return Table(
            ("what", self.input_name, self.target_name),
            ((what, *point) for what, points in parts for point in points),
        )


@dataclass(frozen=True)
class PredictedView(DataView):
    """A regression on several inputs: predicted against true validation values, in the data's units."""

    target_name: str
    true: Doubles
    predicted: Doubles

    @override
    def as_table(self) -> Table:
        return Table(
            (f"{self.target_name} (true)", f"{self.target_name} (predicted)"),
            zip(plain(self.true), plain(self.predicted), strict=True),
        )


@dataclass(frozen=True)
class SequencesView(DataView):
    """Some validation sequences with their targets and predictions, in the data's units.

    Attributes:
        input_names: one per feature; ``inputs`` is ``(n, steps, features)``.
        true, predicted: ``(n, steps)``, or ``(n, 1)`` where each sequence has one target, at its last step.
    """

    input_names: tuple[str, ...]
    target_name: str
    inputs: Doubles
    true: Doubles
    predicted: Doubles

    @override
    def as_table(self) -> Table:
        """Return one row per step, with targets and predictions at the last steps, as many as there are."""
        steps = self.inputs.shape[1]

        def rows() -> Iterable[Sequence[object]]:
            for number, (inputs, *answers) in enumerate(
                zip(self.inputs, self.true, self.predicted, strict=True)
            ):
                padded = [[None] * (steps - len(answer)) + plain(answer) for answer in answers]
                for step, values in enumerate(zip(plain(inputs), *padded, strict=True)):
                    yield (number + 1, step + 1, *values[0], *values[1:])

        names = tuple(f"{self.target_name} ({what})" for what in ("true", "predicted"))
        return Table(("sequence", "step", *self.input_names, *names), rows())


@dataclass(frozen=True)
class PicturesView(DataView):
    """Some validation pictures with the model's predictions.

    Attributes:
        pictures: ``(n, height, width)``, 0 … 1.
        true, predicted: class numbers; ``confidence`` the score of the predicted class.
        scores: ``(n, 2)`` where there are two classes; else None.
    """

    class_names: tuple[str, ...]
    pictures: Floats
    true: Counts
    predicted: Counts
    confidence: Floats
    scores: Floats | None = None

    @override
    def as_table(self) -> Table:
        rows = ((number + 1, *_verdict(self, number)) for number in range(len(self.true)))
        return Table(("picture", *_VERDICT), rows)


@dataclass(frozen=True)
class TableView(DataView):
    """Some validation rows with the model's predictions.

    Attributes:
        columns: names of the inputs; ``rows`` is ``(n, len(columns))`` in the data's units.
        true, predicted, confidence, scores: as for pictures.
    """

    columns: tuple[str, ...]
    class_names: tuple[str, ...]
    rows: Doubles
    true: Counts
    predicted: Counts
    confidence: Floats
    scores: Floats | None = None

    @override
    def as_table(self) -> Table:
        rows = (
            (number + 1, *_verdict(self, number), *values) for number, values in enumerate(plain(self.rows))
        )
        return Table(("row", *_VERDICT, *self.columns), rows)


@dataclass(frozen=True)
class MazeView(DataView):
    """A maze with the model's policy in each of its cells, and where the latest episodes went.

    Attributes:
        side: cells along an edge; cells count row by row, and the last one is the goal.
        is_open: ``(cells, actions)``, whether no wall is in the way.
        policy: ``(cells − 1, actions)``, how probable each action is; ``right`` ``(cells − 1,)`` the right ones.
        visits: ``(cells − 1,)``, the share of the steps that began there.
        reward: what an episode earned on average.
        chosen: numbers of the cells that the wish names.
    """

    side: int
    actions: tuple[str, ...]
    is_open: NDArray[np.bool_]
    policy: Doubles
    right: Counts
    visits: Doubles
    reward: float
    chosen: Counts | None = None

    @override
    def as_table(self) -> Table:
        """Return one row per cell but the goal: its place, its right way, and the probability of each way."""
        header = ("row", "column", "right", *self.actions, "visits")
        rows = (
            (*divmod(cell, self.side), self.actions[self.right[cell]], *policy, visits)
            for cell, (policy, visits) in enumerate(
                zip(self.policy.tolist(), self.visits.tolist(), strict=True)
            )
        )
        return Table(header, rows)


Judged = TypeVar("Judged", bound=PlaneView | PicturesView | TableView)


def at_threshold(view: Judged, threshold: float) -> Judged:
    """Return the view with class 1 predicted from ``threshold`` on; unchanged unless there are two classes."""
    if view.scores is None:
        return view
    predicted = (view.scores[..., 1] >= np.float32(threshold)).astype(np.int64)
    confidence = np.take_along_axis(view.scores, predicted[..., None], -1)[..., 0].clip(0, 1)
    return replace(view, predicted=predicted, confidence=confidence)


_VERDICT = ("true", "predicted", "confidence")


def _verdict(view: PicturesView | TableView, number: int) -> tuple[object, ...]:
    names = view.class_names
    return names[view.true[number]], names[view.predicted[number]], plain(view.confidence)[number]
