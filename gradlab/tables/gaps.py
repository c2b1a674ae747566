"""What stands for a missing value in a table."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradlab.tables.known import known
from gradlab.tables.numerals import as_number
from gradlab.tables.wording import folded

# Compared without capitals and blanks.
ANYWHERE = frozenset(known("gaps"))
AMONG_NUMBERS = frozenset(known("gaps_among_numbers"))


@dataclass(frozen=True)
class Gaps:
    """Tells values from gaps.

    Attributes:
        own: the signs that the experiment names, folded.
        numbers: those of them that are numbers: −999 is also meant where a column says −999.0.
    """

    own: frozenset[str] = frozenset()
    numbers: tuple[float, ...] = ()

    @classmethod
    def of(cls, signs: tuple[str, ...]) -> "Gaps":
        """Return those of the key ``data.gaps``."""
        values = [value for value in map(as_number, signs) if value is not None]
        return cls(frozenset(map(folded, signs)), tuple(values))

    def anywhere(self, text: str) -> bool:
        """Whether a text is a gap in any column."""
        return folded(text) in ANYWHERE or folded(text) in self.own

    def among_numbers(self, text: str) -> bool:
        """Whether a text is a gap in a column of numbers, but perhaps a word elsewhere."""
        return folded(text) in AMONG_NUMBERS

    def among(self, numbers: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return which numbers stand for a gap."""
        return np.isin(numbers, self.numbers)
