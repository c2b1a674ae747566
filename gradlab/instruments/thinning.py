"""A point per update in bounded memory: the latest are exact, older ones are thinned out to their extremes."""

import struct
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gradlab.instruments.records import Doubles

CAPACITY = 65_536  # points: 3.5 MB
_GROUP = 128  # updates added to the table together: one by one, numpy costs more
_FIRST_BLOCK = 4


# The numbers kept of an update: its number, epoch, samples, seconds, loss and norm; see ``Curves``.
Point = tuple[float, float, float, float, float, float]


class CurvePoints(NamedTuple):
    """The points so far, one array per number.

    Attributes:
        total: the sum of the finite losses of the updates that a point stands for; ``finite`` their number.
    """

    update: Doubles
    epoch: Doubles
    samples: Doubles
    seconds: Doubles
    loss: Doubles
    norm: Doubles
    total: Doubles
    finite: Doubles


_LOSS, _NORM, _TOTAL, _FINITE = (
    CurvePoints._fields.index(name) for name in ("loss", "norm", "total", "finite")
)
_OWN = CurvePoints._fields.index("total")  # how many numbers a Point has
_PACKED = struct.Struct(f"{_OWN}d")


class ThinnedPoints:
    """A table with a row per number and a column per point, whose views readers on other threads can keep.

    When it is full, the latest quarter stays as it is. Two points remain of each block of older ones: those with
    the lowest and the highest loss, so that no spike ever disappears. When these fill half of the table,
    neighbouring blocks are merged in pairs. ``capacity`` is a power of two, 1024 or more.
    """

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._table = np.empty((len(CurvePoints._fields), capacity))
        self._length = 0
        self._thinned = 0  # points that are the extremes of blocks
        self._block = _FIRST_BLOCK
        self._fresh = np.empty((_GROUP, _OWN))
        self._buffer = self._fresh.data.cast("B")
        self._waiting = 0  # bytes

    def append(self, point: Point) -> None:
        """Add an update."""
        _PACKED.pack_into(self._buffer, self._waiting, *point)
        self._waiting += _PACKED.size
        if self._waiting == len(self._buffer):
            self._put_away()

    def so_far(self) -> CurvePoints:
        """Return all points, as views that later points do not change."""
        self._put_away()
        return CurvePoints(*self._table[:, : self._length])

    def _put_away(self) -> None:
        count = self._waiting // _PACKED.size
        if not count:
            return
        if self._length + count > self._table.shape[1]:
            self._thin_out()
        place = self._table[:, self._length : self._length + count]
        place[:_OWN] = self._fresh[:count].T
        finite = np.isfinite(place[_LOSS])
        place[_TOTAL] = np.where(finite, place[_LOSS], 0.0)
        place[_FINITE] = finite
        self._length += count
        self._waiting = 0

    def _thin_out(self) -> None:
        """Make room by thinning out, in a new table: readers keep the old one."""
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
    """Return the points, reduced to the extremes of each block in this range; at least one point follows it."""
    range_and_next = points[:, first : last + 1]
    kept = np.append(extremes(points[_LOSS, first:last], block), last - first)
    fewer = range_and_next[:, kept]
    since = np.append(0, kept[:-1] + 1)  # each stands for what came since the one before
    fewer[_NORM] = np.maximum.reduceat(range_and_next[_NORM], since)  # NaN wins
    with np.errstate(over="ignore"):  # of losses near the largest number
        for number in (_TOTAL, _FINITE):
            fewer[number] = np.add.reduceat(range_and_next[number], since)
    return np.hstack([points[:, :first], fewer, points[:, last + 1 :]])


def extremes(loss: Doubles, block: int) -> NDArray[np.int64]:
    """Return the places of the lowest and the highest loss in each block of ``block``, in order.

    NaN counts as the highest.
    """
    blocks = np.where(np.isnan(loss), np.inf, loss).reshape(-1, block)
    lowest, highest = blocks.argmin(axis=1), blocks.argmax(axis=1)
    highest = np.where(lowest == highest, (lowest + 1) % block, highest)  # all are equal
    starts = np.arange(len(blocks)) * block
    first, second = np.minimum(lowest, highest), np.maximum(lowest, highest)
    return np.column_stack([starts + first, starts + second]).ravel()
