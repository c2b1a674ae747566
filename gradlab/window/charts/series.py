"""A curve of any length, drawn with a few points per pixel in which no spike gets lost."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]
BLOCK = 64
_EMPTY: Doubles = np.empty(0)


@dataclass(frozen=True)
class Envelope:
    """Lowest and highest value of each bin; NaN where a bin holds no finite value."""

    x: Doubles
    low: Doubles
    high: Doubles

    def path(self) -> tuple[Doubles, Doubles]:
        """Return the points of one line through every extreme, turning at each bin's far end."""
        if self.low is self.high:
            return self.x, self.low
        pairs = np.column_stack([self.low, self.high])
        pairs[1::2] = pairs[1::2, ::-1]
        return np.repeat(self.x, 2), pairs.ravel()


class Series:
    """Values at places ``x`` that never fall, with the extremes and sums of each 64 of them.

    Only those of new values are computed: a drawing costs time with the width of the plot, not with
    the length of the run. Values that are not finite are left out everywhere; ``first_bad`` is the
    index of the first of them, or None. A point may stand for several values, and be the extreme of them.
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Remove all values."""
        self.x = self.y = _EMPTY
        self.first_bad: int | None = None
        self._mean = self._stands_for = _EMPTY
        self._low = self._high = _EMPTY
        self._sums = Sums(_EMPTY, _EMPTY, _EMPTY)
        self._blocks = 0

    def __len__(self) -> int:
        return len(self.y)

    def set(self, x: Doubles, y: Doubles, mean: Doubles | None = None, values: Doubles | None = None) -> None:
        """Take the whole curve; values that are there already are not processed again.

        ``mean``: of all values that each point stands for, ``values`` how many; without them, just its own.
        """
        known = len(self.x)
        # A record that was thinned out since has another place at the same index, and so has another unit of x.
        if known and (len(x) < known or x[known - 1] != self.x[-1]):
            self.clear()
            known = 0
        self.x, self.y = x, y
        self._mean = y if mean is None else mean
        self._stands_for = np.ones(len(y)) if values is None else values
        if len(x) > known:
            self._take(known)

    def _take(self, known: int) -> None:
        start = known // BLOCK * BLOCK
        fresh = _finite(self.y[start:])
        bad = np.isnan(fresh)
        if self.first_bad is None and bad.any():
            self.first_bad = start + int(np.argmax(bad))
        edges = np.arange(0, len(fresh), BLOCK)
        first, last = start // BLOCK, start // BLOCK + len(edges)
        self._grow(last)
        self._low[first:last] = np.fmin.reduceat(fresh, edges)
        self._high[first:last] = np.fmax.reduceat(fresh, edges)
        for kept, new in zip(self._sums, self._point_sums(start, len(self.y)).over(edges), strict=True):
            kept[first:last] = new
        self._blocks = last

    def _grow(self, needed: int) -> None:
        if needed <= len(self._low):
            return
        extra = np.empty(max(needed, 2 * len(self._low), 256) - len(self._low))
        self._low, self._high = (np.concatenate([kept, extra]) for kept in (self._low, self._high))
        self._sums = Sums(*(np.concatenate([kept, extra]) for kept in self._sums))

    def _point_sums(self, first: int, last: int) -> "Sums":
        mean, values = self._mean[first:last], self._stands_for[first:last]
        there = np.isfinite(mean)
        with np.errstate(over="ignore"):
            return Sums(np.where(there, mean, 0.0) * values, np.where(there, values, 0.0), values)

    def between(self, left: float, right: float) -> tuple[int, int]:
        """Return the range of indices that is visible, with one neighbour on either side."""
        first = int(np.searchsorted(self.x, left, "left"))
        last = int(np.searchsorted(self.x, right, "right"))
        return max(0, first - 1), min(len(self.x), last + 1)

    def envelope(self, first: int, last: int, columns: int) -> Envelope:
        """Return the extremes of ``y[first:last]`` in at most ``2 * columns`` bins."""
        first, last, step = _bins(first, last, len(self), columns)
        if step == 1:
            y = _finite(self.y[first:last])
            return Envelope(self.x[first:last], y, y)
        at = self.x[first:last:step]
        if step < BLOCK:
            y = _finite(self.y[first:last])
            edges = np.arange(0, len(y), step)
            return Envelope(at, np.fmin.reduceat(y, edges), np.fmax.reduceat(y, edges))
        blocks, edges = self._block_bins(first, last, step)
        low, high = self._low[blocks], self._high[blocks]
        return Envelope(at, np.fmin.reduceat(low, edges), np.fmax.reduceat(high, edges))

    def smooth(self, first: int, last: int, columns: int, window: int) -> tuple[Doubles, Doubles]:
        """Return the mean over each value and those before it, ``window`` in all, in whole bins."""
        wanted = first
        first, last, step = _bins(max(0, first - window), last, len(self), columns)
        bins = self._bin_sums(first, last, step)
        ends = np.cumsum(bins.values)
        # The bin in which the window begins belongs to it: a bin may hold few values, the one before it many.
        begins = np.maximum(np.searchsorted(ends - bins.values, ends - window, "right") - 1, 0)
        sums = bins.between(begins, np.arange(len(ends)) + 1)
        with np.errstate(all="ignore"):
            mean = sums.total / sums.finite
        mean = np.where((bins.finite > 0) & np.isfinite(mean), mean, np.nan)
        at = self.x[first:last:step]
        skip = max(0, (wanted - first) // step)
        return at[skip:], mean[skip:]

    def _bin_sums(self, first: int, last: int, step: int) -> "Sums":
        if step < BLOCK:
            return self._point_sums(first, last).over(np.arange(0, last - first, step))
        blocks, edges = self._block_bins(first, last, step)
        return Sums(*(kept[blocks] for kept in self._sums)).over(edges)

    def _block_bins(self, first: int, last: int, step: int) -> tuple[slice, NDArray[np.int64]]:
        blocks = slice(first // BLOCK, min(self._blocks, -(-last // BLOCK)))
        return blocks, np.arange(0, blocks.stop - blocks.start, step // BLOCK)


def _bins(first: int, last: int, length: int, columns: int) -> tuple[int, int, int]:
    """Widen a range to whole bins. Powers of two from index 0 on: bins keep still while the run grows."""
    step = 1
    while last - first > 2 * columns * step:
        step *= 2
    return first // step * step, min(length, -(-last // step) * step), step


def _finite(y: Doubles) -> Doubles:
    return np.where(np.isfinite(y), y, np.nan)


class Sums(NamedTuple):
    """Of each point or bin: the sum of its finite values, how many these are, and how many values in all."""

    total: Doubles
    finite: Doubles
    values: Doubles

    def over(self, edges: NDArray[np.int64]) -> "Sums":
        """Return the sums of bins that begin at ``edges``."""
        if not len(edges):
            return Sums(_EMPTY, _EMPTY, _EMPTY)
        with np.errstate(all="ignore"):
            return Sums(*(np.add.reduceat(part, edges) for part in self))

    def between(self, begins: NDArray[np.int64], ends: NDArray[np.int64]) -> "Sums":
        """Return the sums from each of ``begins`` to before its one of ``ends``; the ranges may overlap."""
        pairs = np.column_stack([begins, ends]).ravel()
        with np.errstate(all="ignore"):
            return Sums(*(np.add.reduceat(np.append(part, 0.0), pairs)[::2] for part in self))
