"""Points of every update in bounded memory: the latest as they are, of older ones the extremes."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gradlab.instruments.records import Doubles

CAPACITY = 65_536  # points: 3.5 MB
_GROUP = 64  # updates that are put into the table together: one by one, numpy costs more
_FIRST_BLOCK = 4


class Point(NamedTuple):
    """What is kept of an update; see ``Curves``."""

    update: float
    epoch: float
    samples: float
    seconds: float
    loss: float
    norm: float


class Points(NamedTuple):
    """The points so far, a number of each per array.

    Attributes:
        total: the sum of the finite losses of all updates that a point stands for, ``finite`` how many there are.
    """

    update: Doubles
    epoch: Doubles
    samples: Doubles
    seconds: Doubles
    loss: Doubles
    norm: Doubles
    total: Doubles
    finite: Doubles


_LOSS, _NORM, _TOTAL, _FINITE = (Points._fields.index(name) for name in ("loss", "norm", "total", "finite"))
_OWN = len(Point._fields)


class ThinnedPoints:
    """A table with a row per number and a column per point, that readers on other threads can hold on to.

    When it is full, the latest quarter stays as it is. Of the older points two stay of each block: the one with
    the lowest and the one with the highest loss, whose spike so never disappears. When these fill half of the
    table, each two neighbouring blocks become one. ``capacity`` is a power of two, 1024 or more.
    """

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._table = np.empty((len(Points._fields), capacity))
        self._length = 0
        self._thinned = 0  # points that are the extremes of blocks
        self._block = _FIRST_BLOCK
        self._fresh: list[Point] = []

    def append(self, point: Point) -> None:
        """Add an update."""
        self._fresh.append(point)
        if len(self._fresh) == _GROUP:
            self._put_away()

    def so_far(self) -> Points:
        """Return all points: views that later ones leave alone."""
        self._put_away()
        return Points(*self._table[:, : self._length])

    def _put_away(self) -> None:
        count = len(self._fresh)
        if not count:
            return
        if self._length + count > self._table.shape[1]:
            self._thin_out()
        place = self._table[:, self._length : self._length + count]
        place[:_OWN] = np.array(self._fresh).T
        finite = np.isfinite(place[_LOSS])
        place[_TOTAL] = np.where(finite, place[_LOSS], 0.0)
        place[_FINITE] = finite
        self._length += count
        self._fresh.clear()

    def _thin_out(self) -> None:
        """Make room in a new table: readers keep the old one."""
        capacity = self._table.shape[1]
        points = self._table[:, : self._length]
        older = (self._length - self._thinned - capacity // 4) // self._block * self._block
        points = _thinned_between(points, self._thinned, self._thinned + older, self._block)
        self._thinned += 2 * older // self._block
        if self._thinned > capacity // 2:
            pairs = self._thinned // 4 * 4
            points = _thinned_between(points, 0, pairs, 4)
            self._thinned -= pairs // 2
            # Larger blocks than there are exact points would never fill: after 100 million updates, the beginning
            # gets coarser than the rest.
            self._block = min(2 * self._block, capacity // 8)
        self._length = points.shape[1]
        self._table = np.empty_like(self._table)
        self._table[:, : self._length] = points


def _thinned_between(points: Doubles, first: int, last: int, block: int) -> Doubles:
    """Return the points, but of each block in this range only the extremes."""
    kept = np.concatenate(
        [
            np.arange(first),
            first + extremes(points[_LOSS, first:last], block),
            np.arange(last, points.shape[1]),
        ]
    )
    fewer = points[:, kept]
    since = np.append(0, kept[:-1] + 1)  # each stands for what came since the one before
    fewer[_NORM] = np.maximum.reduceat(points[_NORM], since)  # NaN wins
    with np.errstate(over="ignore"):  # of losses near the largest number
        for number in (_TOTAL, _FINITE):
            fewer[number] = np.add.reduceat(points[number], since)
    return fewer


def extremes(loss: Doubles, block: int) -> NDArray[np.int64]:
    """Return the places of the lowest and the highest of each ``block`` losses, in their order.

    What is no number counts as the highest.
    """
    blocks = np.where(np.isnan(loss), np.inf, loss).reshape(-1, block)
    lowest, highest = blocks.argmin(axis=1), blocks.argmax(axis=1)
    highest = np.where(lowest == highest, (lowest + 1) % block, highest)  # all are equal
    starts = np.arange(len(blocks)) * block
    first, second = np.minimum(lowest, highest), np.maximum(lowest, highest)
    return np.column_stack([starts + first, starts + second]).ravel()
