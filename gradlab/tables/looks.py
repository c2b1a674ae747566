"""A first look at a column: are its texts numbers, and what do they show of the table's signs?

Most columns are plain numbers, and those are read as a whole. In others every different text is taken apart once.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gradlab.tables.gaps import AMONG_NUMBERS, ANYWHERE, Gaps
from gradlab.tables.numerals import (
    grammar,
    is_infinite,
    is_known_unit,
    is_ordinal,
    numeral,
    plain,
)
from gradlab.tables.signs import Evidence, Signs, SignSighting, Use, places_of_evidence

Doubles = NDArray[np.float64]
Flags = NDArray[np.bool_]

_PLAIN_LETTERS = b"0123456789.+-eE\n"
_LEADING_ZERO = re.compile(r"\n[+-]?0\d")  # a literal first sign is found ten times as fast as a line's start
# Spellings that need no folding: what is written otherwise is found in the second way of reading.
_USUAL_GAPS = frozenset(
    {*ANYWHERE, *AMONG_NUMBERS, *(sign.upper() for sign in ANYWHERE), "NaN", "None", "Null"}
)


@dataclass(frozen=True)
class Numbers:
    """A column of numbers.

    Attributes:
        values: ``(rows,)``; NaN where there is none.
        gaps: where the column says that there is none.
        wrong: where it says something that is no number.
        strange_unit: where a number has another unit than most, or none.
        unit: what all of them carry; empty if they are bare.
        bracketed: the first row with a negative number in brackets; None if there is none.
        leading_zero: the first row with a zero before other digits, as in a code; None if there is none.
    """

    values: Doubles
    gaps: Flags
    wrong: Flags
    strange_unit: Flags
    unit: str = ""
    bracketed: int | None = None
    leading_zero: int | None = None


class PlainLook:
    """A column that Python reads as numbers, points before decimals."""

    def __init__(self, texts: Sequence[str], values: Doubles, joined: str) -> None:
        self.texts = texts
        self.values = values
        self.is_numbers = True
        self.places: dict[tuple[Use, str], int] = places_of_evidence(joined) if "." in joined else {}
        self.leading_zero = _leading_zero(joined)

    def evidence(self, name: str, lines: NDArray[np.int64]) -> Evidence:
        """Return the numbers that show how a sign is used."""
        return {use: SignSighting(self.texts[row], name, int(lines[row])) for use, row in self.places.items()}

    def numbers(self, signs: Signs, gaps: Gaps) -> Numbers:
        """Return the column, read with these signs."""
        if self.places and (signs.decimal != "." or "." in signs.thousands):
            return FormattedLook(self.texts, gaps).numbers(signs, gaps)
        gap = np.isnan(self.values) | gaps.among(self.values)
        none = np.zeros(len(gap), dtype=np.bool_)
        return Numbers(np.where(gap, np.nan, self.values), gap, none, none, leading_zero=self.leading_zero)


@dataclass
class FormattedLook:
    """A column whose texts have to be looked at one by one: words, or numbers as people write them."""

    texts: Sequence[str]
    gaps: Gaps

    @cached_property
    def different(self) -> list[str]:
        """The different texts, in order of appearance."""
        return list(dict.fromkeys(self.texts))

    @cached_property
    def places(self) -> NDArray[np.int64]:
        """The place of each row's text among the different ones."""
        place = {text: place for place, text in enumerate(self.different)}
        return np.fromiter(map(place.__getitem__, self.texts), np.int64, len(self.texts))

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """How many rows have each of the different texts."""
        return np.bincount(self.places, minlength=len(self.different))

    @cached_property
    def gap(self) -> Flags:
        """Which different texts are gaps in any column."""
        return _flags(self.gaps.anywhere(text) for text in self.different)

    @cached_property
    def number_gap(self) -> Flags:
        """Which different texts are gaps in a column of numbers."""
        return self.gap | _flags(self.gaps.among_numbers(text) for text in self.different)

    @cached_property
    def parts(self) -> "_Parts":
        """The different texts, taken apart."""
        return _Parts.of(self.different)

    @cached_property
    def numeric(self) -> Flags:
        """Which different texts are numbers, in any way of writing them."""
        return self._rated[0]

    @cached_property
    def _rated(self) -> tuple[Flags, str]:
        parts, value = self.parts, ~self.number_gap
        found = parts.found & value
        units = sorted(set(parts.units[found].tolist()))
        alike = len(units) == 1 and found.sum() == value.sum() and not is_ordinal(units[0])
        if not alike:
            units = _usable(units)
            found &= np.isin(parts.units, np.array(units, dtype=np.str_))
        if not (found & ~parts.bracketed).any():  # footnotes, not what somebody owes
            found &= ~parts.bracketed
        rows = {unit: int(self.counts[found & (parts.units == unit)].sum()) for unit in units}
        most = max(rows, key=rows.__getitem__) if rows else ""
        return found, most

    @cached_property
    def is_numbers(self) -> bool:
        """Whether at least half of the values are numbers."""
        values = int(self.counts[~self.number_gap].sum())
        numbers = int(self.counts[self.numeric].sum())
        return numbers > 0 and 2 * numbers >= values

    def evidence(self, name: str, lines: NDArray[np.int64]) -> Evidence:
        """Return the numbers that show how a sign is used."""
        chosen = np.flatnonzero(self.numeric)
        cores = "\n".join(self.parts.cores[place] for place in chosen)
        seen = {}
        for use, place in places_of_evidence(cores).items():
            row = int(np.argmax(self.places == chosen[place]))
            seen[use] = SignSighting(self.texts[row], name, int(lines[row]))
        return seen

    def numbers(self, signs: Signs, gaps: Gaps) -> Numbers:
        """Return the column, read with these signs."""
        numeric, unit = self._rated
        pattern = grammar(signs.decimal, signs.thousands)
        cores = self.parts.cores
        good = np.zeros(len(cores), dtype=np.bool_)
        for place in np.flatnonzero(numeric):
            good[place] = bool(pattern.fullmatch(cores[place])) or is_infinite(cores[place])
        values = np.full(len(cores), np.nan)
        values[good] = _converted([cores[place] for place in np.flatnonzero(good)], signs)
        values[self.parts.negative] *= -1
        gap = self.number_gap | (good & gaps.among(values))
        values[gap] = np.nan
        bracketed = np.flatnonzero((good & self.parts.bracketed)[self.places])
        other = good & ~gap & (self.parts.units != unit)
        return Numbers(
            values[self.places],
            gap[self.places],
            (~good & ~gap)[self.places],
            other[self.places],
            unit,
            int(bracketed[0]) if len(bracketed) else None,
            self._leading_zero(good),
        )

    def _leading_zero(self, good: Flags) -> int | None:
        for place in np.flatnonzero(good):
            if _leading_zero(self.parts.cores[place]) is not None:
                return int(np.argmax(self.places == place))
        return None


@dataclass(frozen=True)
class _Parts:
    """Different texts, taken apart.

    Attributes:
        found: which of them are numbers at all.
        cores, units: those of numbers; empty for others.
        negative, bracketed: as in :class:`~gradlab.tables.numerals.Numeral`.
    """

    found: Flags
    cores: list[str]
    units: NDArray[np.str_]
    negative: Flags
    bracketed: Flags

    @classmethod
    def of(cls, texts: list[str]) -> "_Parts":
        parts = [numeral(plain(text)) for text in texts]
        return cls(
            _flags(part is not None for part in parts),
            [part.core if part else "" for part in parts],
            np.array([part.unit if part else "" for part in parts], dtype=np.str_),
            _flags(part is not None and part.negative for part in parts),
            _flags(part is not None and part.bracketed for part in parts),
        )


def _leading_zero(joined: str) -> int | None:
    """Return the first line with a number that begins with a zero and another digit."""
    found = _LEADING_ZERO.search("\n" + joined)
    return joined.count("\n", 0, found.start()) if found else None


def _usable(units: list[str]) -> list[str]:
    """Return the units that numbers of one column may mix; with 9g and 9i, a letter is no unit but a name."""
    usable = [unit for unit in units if not unit or is_known_unit(unit)]
    letters = [unit for unit in units if len(unit) == 1 and unit.isalpha()]
    named = not set(letters) <= set(usable)
    return [unit for unit in usable if not (named and unit in letters)]


Look = PlainLook | FormattedLook


def look_at(texts: Sequence[str], gaps: Gaps) -> Look:
    """Look at the texts of a column, not empty."""
    usual = _USUAL_GAPS | gaps.own
    kept = [text for text in texts if text not in usual]
    joined = "\n".join(kept)
    if kept and not joined.encode(errors="replace").translate(None, _PLAIN_LETTERS):
        if len(kept) < len(texts):
            kept = [text if text not in usual else "nan" for text in texts]
            joined = "\n".join(kept)
        try:
            return PlainLook(texts, np.fromiter(map(float, kept), np.float64, len(kept)), joined)
        except ValueError:
            pass  # letters that numbers have, but no number: 1-2
    return FormattedLook(texts, gaps)


def _converted(cores: list[str], signs: Signs) -> Doubles:
    table = str.maketrans({**dict.fromkeys(signs.thousands), signs.decimal: ".", "∞": "inf"})
    return np.array([float(core.translate(table)) for core in cores], dtype=np.float64)


def _flags(values: object) -> Flags:
    return np.fromiter(values, np.bool_)  # type: ignore[call-overload, no-any-return]
