from collections.abc import Sequence

import numpy as np

from gradlab.instruments.columns import Columns
from gradlab.instruments.records import Course


class CourseRecorder:
    """Records numbers over the updates, in bounded memory and without losing a spike.

    Where measurements share a column, the lowest and the highest value of each number are kept.
    """

    def __init__(self, numbers: int, columns: int = 1024) -> None:
        self._updates = np.zeros(columns)
        self._low = np.full((numbers, columns), np.nan)
        self._high = np.full((numbers, columns), np.nan)
        self._columns = Columns(columns, self._merge_pairs)

    def append(self, update: float, values: Sequence[float]) -> None:
        """Add a measurement; NaN for what was not measured."""
        given = np.where(np.isfinite(values), values, np.nan)
        is_first, latest = self._columns.advance(), self._columns.latest
        if is_first:
            self._low[:, latest] = self._high[:, latest] = given
        else:
            self._low[:, latest] = np.fmin(self._low[:, latest], given)
            self._high[:, latest] = np.fmax(self._high[:, latest], given)
        self._updates[latest] = update

    def record(self) -> Course:
        """Return a copy of what was recorded."""
        shown = slice(0, self._columns.filled)
        return Course(self._updates[shown].copy(), self._low[:, shown].copy(), self._high[:, shown].copy())

    def _merge_pairs(self, pairs: int) -> None:
        for table, keep in ((self._low, np.fmin), (self._high, np.fmax)):
            table[:, :pairs] = keep(table[:, : 2 * pairs : 2], table[:, 1 : 2 * pairs : 2])
        self._updates[:pairs] = self._updates[1 : 2 * pairs : 2]
