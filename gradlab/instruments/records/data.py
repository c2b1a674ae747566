"""What the model says of the data, one record per kind of view; and which view somebody wants."""

from dataclasses import dataclass, replace
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from gradlab.instruments.records.arrays import Counts, Doubles, Floats
from gradlab.instruments.records.record import Record

ViewKind = Literal["plane", "projection", "pictures", "rows", "line", "predicted", "sequences", "maze"]


@dataclass(frozen=True, eq=False)
class DataWish:
    """How somebody wants to look at the data.

    Attributes:
        kind: None, or one that does not suit the data: the first that does.
        worst_first: by the loss after the latest epoch; else as they come.
        rows: numbers of rows in the data set, to be shown alone, or marked among all; None for no choice.
    """

    kind: ViewKind | None = None
    worst_first: bool = False
    rows: Counts | None = None


@dataclass(frozen=True, kw_only=True)
class DataView(Record):
    """What every view tells of itself.

    Attributes:
        wish: what it answers.
        choices: the kinds that suit the data.
        can_sort: whether the losses of the rows are known, so that they can be sorted.
    """

    at_any_time = True

    wish: DataWish = DataWish()
    choices: tuple[ViewKind, ...] = ()
    can_sort: bool = False


@dataclass(frozen=True)
class PlaneView(DataView):
    """Points in a plane with what the model says everywhere on it: data with two inputs, or a projection.

    Attributes:
        x, y: the two axes, in the data's own units; ``grid`` is ``(len(y), len(x))``.
        predicted: the class number at each grid point; ``confidence`` the score of that class.
        train_points, validation_points: ``(rows, 2)`` in the same units (at most 2,000 of each);
            ``train_classes``, ``validation_classes`` their class numbers.
        chosen_points: ``(rows, 2)``, those that were wished for.
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


@dataclass(frozen=True)
class LineView(DataView):
    """A regression on one input: the points, and the model's curve over ``x``, in the data's units."""

    input_name: str
    target_name: str
    x: Doubles
    fitted: Doubles
    train_points: Doubles
    validation_points: Doubles


@dataclass(frozen=True)
class PredictedView(DataView):
    """A regression on several inputs: predicted against true validation values, in the data's units."""

    target_name: str
    true: Doubles
    predicted: Doubles


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


@dataclass(frozen=True)
class PicturesView(DataView):
    """Some validation pictures with what the model says of them.

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


@dataclass(frozen=True)
class TableView(DataView):
    """Some validation rows with what the model says of them.

    Attributes:
        columns: names of the inputs; ``rows`` is ``(n, len(columns))`` in the data's units.
        true, predicted, confidence, scores: as of pictures.
    """

    columns: tuple[str, ...]
    class_names: tuple[str, ...]
    rows: Doubles
    true: Counts
    predicted: Counts
    confidence: Floats
    scores: Floats | None = None


@dataclass(frozen=True)
class MazeView(DataView):
    """A maze with what the model would do in each of its cells, and where the latest episodes went.

    Attributes:
        side: cells along an edge; cells count row by row, and the last one is the goal.
        is_open: ``(cells, actions)``, whether no wall is in the way.
        policy: ``(cells − 1, actions)``, how probable each action is; ``right`` ``(cells − 1,)`` the right ones.
        visits: ``(cells − 1,)``, the share of the steps that began there.
        reward: what an episode earned, the mean.
        chosen: numbers of cells that were wished for.
    """

    side: int
    actions: tuple[str, ...]
    is_open: NDArray[np.bool_]
    policy: Doubles
    right: Counts
    visits: Doubles
    reward: float
    chosen: Counts | None = None


Judged = TypeVar("Judged", bound=PlaneView | PicturesView | TableView)


def at_threshold(view: Judged, threshold: float) -> Judged:
    """Return what the model says where class 1 is predicted from ``threshold`` on; only for two classes."""
    if view.scores is None:
        return view
    predicted = (view.scores[..., 1] >= np.float32(threshold)).astype(np.int64)
    confidence = np.take_along_axis(view.scores, predicted[..., None], -1)[..., 0].clip(0, 1)
    return replace(view, predicted=predicted, confidence=confidence)
