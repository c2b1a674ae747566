from collections.abc import Callable


class Columns:
    """Assigns measurements to the columns of a table so that any number of them fits.

    When all columns are in use, neighbours are merged in pairs; from then on twice as many measurements share one.

    Attributes:
        filled: the number of columns in use; the latest measurement is in the last of them.
    """

    def __init__(self, count: int, merge_pairs: Callable[[int], None]) -> None:
        """Start with ``count`` empty columns, an even number.

        ``merge_pairs(n)`` must merge the first 2 n columns of the table into the first n.
        """
        self.filled = 0
        self._count = count
        self._merge_pairs = merge_pairs
        self._per_column = 1
        self._in_latest = 0

    def advance(self) -> bool:
        """Advance to the next measurement; return whether it is the first one in its column."""
        is_first = self._in_latest == 0
        if is_first:
            if self.filled == self._count:
                self.filled //= 2
                self._merge_pairs(self.filled)
                self._per_column *= 2
            self.filled += 1
        self._in_latest = (self._in_latest + 1) % self._per_column
        return is_first

    @property
    def latest(self) -> int:
        """The column of the latest measurement."""
        return self.filled - 1

    def close(self) -> None:
        """Make the next measurement start a new column, even if the latest has room left."""
        self._in_latest = 0
