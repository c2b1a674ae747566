"""An array that only grows at its end, so that a reader on another thread can hold on to what it was given."""

import numpy as np

from gradlab.instruments.records import Doubles


class Growing:
    """Rows of numbers; appending never moves or changes what :meth:`rows` has handed out."""

    def __init__(self, columns: int, capacity: int = 1024) -> None:
        self._table = np.empty((columns, capacity))
        self._length = 0

    def append(self, *values: float) -> None:
        """Add one row."""
        if self._length == self._table.shape[1]:
            larger = np.empty((self._table.shape[0], 2 * self._length))
            larger[:, : self._length] = self._table
            self._table = larger  # readers keep the old one
        self._table[:, self._length] = values
        self._length += 1

    def columns(self) -> Doubles:
        """Return ``(columns, rows so far)``, a view that later rows leave alone."""
        return self._table[:, : self._length]
