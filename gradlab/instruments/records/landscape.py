"""The loss on a slice through the space of all weights, and the wishes that a panel may have."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from typing_extensions import override

from gradlab.instruments.records.arrays import Doubles
from gradlab.instruments.records.record import Record
from gradlab.instruments.records.table import Table, plain

Directions = Literal["path", "random", "weights"]
SurfaceRows = Literal["training", "validation"]


@dataclass(frozen=True)
class ComputeLandscape:
    """A wish: compute the slice around the weights as they are now.

    Attributes:
        directions: what spans the slice; see :class:`LossSurface`.
        span: how far it goes. At 1 random directions go as far as the weights are large, and those of the path
            as far as the path; other values stretch that around the weights as they are now.
        side: points along each edge, one more than a power of two.
        rows: which rows the loss is measured on; without validation rows always those of training.
    """

    directions: Directions = "path"
    span: float = 1.0
    side: int = 33
    rows: SurfaceRows = "training"


@dataclass(frozen=True)
class CancelLandscape:
    """A wish: stop at what is computed so far."""


@dataclass(frozen=True)
class LossSurface:
    """The loss at the points of a slice, centre + x · first direction + y · second direction.

    Attributes:
        directions: ``path``: the two main directions of the training path, each of length 1; ``random``: two
            random ones, filter-normalized: in every filter (row of a matrix) as long as the weights are;
            ``weights``: the only two weights that there are; x and y are then their values.
        wanted: the directions asked for; a path of fewer than three points has none of its own yet.
        update: the number of updates behind the centre.
        x, y: ``(n,)`` each, coordinates of the points; the centre is (0, 0).
        losses: ``(len(y), len(x))``; a point not yet computed has its nearest neighbour's.
        center_loss: the loss at the centre.
        rows: which rows it is the mean loss of, and ``row_count`` how many.
    """

    directions: Directions
    wanted: Directions
    update: int
    x: Doubles
    y: Doubles
    losses: Doubles
    center_loss: float
    rows: SurfaceRows
    row_count: int


@dataclass(frozen=True)
class Landscape(Record):
    """A surface, how much of it is computed, and the training path projected onto it.

    Attributes:
        surface: the same object for as long as nothing of it changed.
        progress: 0 … 1; ``computing``: whether more is coming, in about ``seconds_left``.
        is_current: whether the weights are still at the centre.
        path: ``(points, 2)``, the projection of the training path onto the slice; the last point is now. Empty
            where the weights are no longer finite.
        epochs: ``(points,)``, the position in epochs at each of them.
        share: the share of the path's squared distances from the centre that is in the slice, 0 … 1; None
            without a path.
    """

    at_any_time = True

    surface: LossSurface
    progress: float
    computing: bool
    seconds_left: float | None
    is_current: bool
    path: Doubles
    epochs: Doubles
    share: float | None

    @override
    def as_table(self) -> Table:
        """Return the training path with its epochs, then the loss at every point of the slice."""
        surface = self.surface

        def rows() -> Iterable[Sequence[object]]:
            for point, epoch in zip(plain(self.path), plain(self.epochs), strict=True):
                yield ("path", *point, epoch, None)
            for y, losses in zip(plain(surface.y), plain(surface.losses), strict=True):
                for x, loss in zip(plain(surface.x), losses, strict=True):
                    yield ("slice", x, y, None, loss)

        return Table(("what", "x", "y", "epoch", "loss"), rows())
