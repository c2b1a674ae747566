"""Numbers over the updates in bounded memory, in which no spike gets lost."""

from collections.abc import Sequence

import numpy as np

from gradlab.instruments.records import Course


class CourseRecorder:
    """A row per number, a column per point.

    When the columns are used up, each pair of neighbours becomes one that keeps the lowest and the highest value
    of either; from then on that many measurements share a column.
    """

    def __init__(self, numbers: int, columns: int = 1024) -> None:
        self._updates = np.zeros(columns)
        self._low = np.full((numbers, columns), np.nan)
        self._high = np.full((numbers, columns), np.nan)
        self._filled = 0
        self._per_column = 1
        self._in_column = 0

    def append(self, update: float, values: Sequence[float]) -> None:
        """Add a measurement; NaN for what was not measured."""
        given = np.where(np.isfinite(values), values, np.nan)
        if self._in_column == 0:
            if self._filled == len(self._updates):
                self._halve()
            self._low[:, self._filled] = self._high[:, self._filled] = given
            self._filled += 1
        else:
            latest = self._filled - 1
            self._low[:, latest] = np.fmin(self._low[:, latest], given)
            self._high[:, latest] = np.fmax(self._high[:, latest], given)
        self._updates[self._filled - 1] = update
        self._in_column = (self._in_column + 1) % self._per_column

    def record(self) -> Course:
        """Return a copy of what was recorded."""
        shown = slice(0, self._filled)
        return Course(self._updates[shown].copy(), self._low[:, shown].copy(), self._high[:, shown].copy())

    def _halve(self) -> None:
        half = self._filled // 2
        for table, keep in ((self._low, np.fmin), (self._high, np.fmax)):
            table[:, :half] = keep(table[:, : 2 * half : 2], table[:, 1 : 2 * half : 2])
        self._updates[:half] = self._updates[1 : 2 * half : 2]
        self._filled = half
        self._per_column *= 2
