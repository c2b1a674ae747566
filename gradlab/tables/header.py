"""Finds the names of the columns, and tells whether the first line holds names at all."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from gradlab.errors import InputError
from gradlab.language import listed, tr
from gradlab.tables.delimited import Chunk
from gradlab.tables.remarks import Level, Remark, Remedy
from gradlab.tables.wording import first_few, quoted

KEY = "data.header"
GAPS = frozenset({"", "?", ".", "-", "na", "n/a", "nan", "null", "none", "#n/a"})
_ROWS = 50  # enough to tell numbers from words
_MOSTLY = 0.9  # the rest may be typing errors and signs for missing values
_SHOWN = 4
_NUMBER = re.compile(
    r"[+\-\u2212]?\s?[$€£¥]?\s?(\d[\d.,'\u2019 \u00a0\u202f]*|[.,]\d+)(e[+-]?\d+)?\s?[%$€£¥]?", re.IGNORECASE
)
_DATE = re.compile(r"(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})([T ]\d{1,2}:\d{2}.*)?")


class _Kind(Enum):
    NUMBER = auto()
    DATE = auto()
    WORD = auto()


class _First(Enum):
    """What the first line holds."""

    NAMES = auto()
    EXAMPLE = auto()
    UNSURE = auto()


@dataclass(frozen=True)
class Heading:
    """Where the table begins in its file, and how wide it is.

    Attributes:
        line: of the names; of the first example where there are none.
        has_names: whether that line holds names.
        cells: of the line.
        width: the number of columns.
        needed: how many cells a row must have at least; those after them are empty everywhere at the beginning.
        remarks: what was guessed, and what is wrong.
    """

    line: int
    has_names: bool
    cells: tuple[str, ...]
    width: int
    needed: int
    remarks: tuple[Remark, ...] = ()


def find_heading(head: Chunk, setting: str, gaps: Sequence[str]) -> Heading:
    """Return where the names are, by the first rows of a table.

    Raises:
        InputError: if there is nothing in them.
    """
    rows = [[cell.strip() for cell in row] for row in head.cells if any(row)]
    lines = [line for row, line in zip(head.cells, head.lines, strict=True) if any(row)]
    if not rows:
        raise InputError(
            tr("has only empty cells at its beginning; allowed: the names of the columns there"), "data.path"
        )
    signs = frozenset(map(str.casefold, gaps)) | GAPS
    place = 0 if setting == "no" else _names_row(rows, signs)
    title = () if place == 0 else (_title(rows[0], lines[0], lines[place]),)
    first, below = rows[place], rows[place + 1 :]
    found = _first_line(first, below, signs) if setting == "auto" else None
    said = _said(found, first, lines[place])
    has_names = setting == "yes" if found is None else found is not _First.EXAMPLE
    width, needed = (len(first), _filled_width(first)) if has_names else _usual_width(rows)
    return Heading(lines[place], has_names, tuple(first), width, needed, (*title, *said))


def _names_row(rows: list[list[str]], gaps: frozenset[str]) -> int:
    """Return which row seems to hold the names: there may be a title above them, alone in its row."""
    if _usual_width(rows)[1] < 2 or _filled(rows[0]) != 1:
        return 0
    place = next((place for place, row in enumerate(rows) if _filled(row) > 1), 0)
    is_title = len(rows[0]) == 1 or _first_line(rows[place], rows[place + 1 :], gaps) is _First.NAMES
    return place if is_title else 0  # a row of names in which all but one are missing


def _filled(row: list[str]) -> int:
    return sum(map(bool, row))


def _filled_width(row: Sequence[str]) -> int:
    """Return the number of cells up to the last that is not empty."""
    return next((place for place in range(len(row), 0, -1) if row[place - 1]), 0)


def _usual_width(rows: list[list[str]]) -> tuple[int, int]:
    """Return how many cells most rows have, and how many of these are not empty everywhere at the end."""
    width = Counter(map(len, rows)).most_common(1)[0][0]
    return width, max(_filled_width(row) for row in rows if len(row) == width)


def _first_line(first: list[str], below: list[list[str]], gaps: frozenset[str]) -> _First:
    columns = []
    for place, cell in enumerate(first):
        kind = _kind(_below(place, below), gaps)
        if not _like(cell, kind, gaps):
            return _First.NAMES  # at once: a table may have very many columns
        columns += [(cell, kind)] if kind else []
    alike = [cell for cell, kind in columns if kind is not _Kind.WORD and cell.casefold() not in gaps]
    if not alike:
        return _words_only(first, below, columns != [] and all(kind is _Kind.WORD for _, kind in columns))
    return _First.UNSURE if _could_be_names(alike) else _First.EXAMPLE


def _below(place: int, rows: list[list[str]]) -> list[str]:
    return [row[place] for row in rows[:_ROWS] if place < len(row)]


def _kind(cells: list[str], gaps: frozenset[str]) -> _Kind | None:
    given = [cell for cell in cells if cell.casefold() not in gaps]
    if not given:
        return None
    if _mostly(_DATE, given):
        return _Kind.DATE
    return _Kind.NUMBER if _mostly(_NUMBER, given) else _Kind.WORD


def _mostly(pattern: re.Pattern[str], cells: list[str]) -> bool:
    return sum(pattern.fullmatch(cell) is not None for cell in cells) >= _MOSTLY * len(cells)


def _like(cell: str, kind: _Kind | None, gaps: frozenset[str]) -> bool:
    """Return whether a cell may stand in a column of such a kind."""
    if kind in (None, _Kind.WORD) or cell.casefold() in gaps:
        return True
    return (_DATE if kind is _Kind.DATE else _NUMBER).fullmatch(cell) is not None


def _could_be_names(cells: list[str]) -> bool:
    """Return whether numbers can be names, as years can: whole and all different."""
    return all(cell.isdecimal() for cell in cells) and len(set(cells)) == len(cells)


def _words_only(first: list[str], below: list[list[str]], only_words: bool) -> _First:
    """Tell words that are names from words that are an example: names do not stand in their columns once more."""
    again = all(cell in {row[place] for row in below if place < len(row)} for place, cell in enumerate(first))
    return _First.UNSURE if only_words and again else _First.NAMES


def _said(found: _First | None, first: list[str], line: int) -> tuple[Remark, ...]:
    shown = listed([*(quoted(cell) for cell in first[:_SHOWN]), *(["…"] if len(first) > _SHOWN else [])])
    yes = Remedy(tr("Line {line} holds the names").format(line=line), {KEY: "yes"})
    no = Remedy(tr("Line {line} is an example").format(line=line), {KEY: "no"})
    if found is _First.EXAMPLE:
        text = tr(
            "line {line} looks like an example, not like names ({cells}): it was taken as one, and the columns "
            "are called after their places"
        )
        return (
            Remark(text.format(line=line, cells=shown), Level.NOTICE, KEY, lines=(line,), remedies=(yes,)),
        )
    if found is _First.UNSURE:
        text = tr(
            "line {line} can hold the names of the columns or an example ({cells}); "
            'allowed: data.header = "yes" or "no"'
        )
        return (Remark(text.format(line=line, cells=shown), key=KEY, lines=(line,), remedies=(yes, no)),)
    return ()


def _title(row: list[str], line: int, names: int) -> Remark:
    text = tr(
        "line {line}, {text}, does not hold the names of the columns, which must come first; "
        "they seem to be in line {names}: delete what is above them"
    ).format(line=line, text=quoted(next(filter(None, row))), names=names)
    return Remark(text, lines=(line,))


def named(
    heading: Heading, kept: Sequence[int]
) -> tuple[tuple[str, ...], frozenset[str], tuple[Remark, ...]]:
    """Return the names of the columns that are kept, which of them were made, and what is to be said.

    All are different and none is empty. Those that were made are called after their places, from 1.
    """
    given = [
        heading.cells[place] if heading.has_names and place < len(heading.cells) else "" for place in kept
    ]
    plain = [" ".join(name.split()) if "\n" in name or "\r" in name else name for name in given]
    names = list(_different(plain, kept))
    made = frozenset(name for name, before in zip(names, plain, strict=True) if not before)
    return tuple(names), made, (*_repeated(plain, heading), *_nameless(plain, kept, heading))


def _different(given: list[str], kept: Sequence[int]) -> Iterator[str]:
    taken = set(given) - {""}
    seen: set[str] = set()
    for name, place in zip(given, kept, strict=True):
        wanted = name or f"column {place + 1}"
        fresh = wanted
        number = 2
        while fresh in seen or (fresh in taken and fresh != name):
            fresh, number = f"{wanted} ({number})", number + 1
        seen.add(fresh)
        yield fresh


def _repeated(names: list[str], heading: Heading) -> tuple[Remark, ...]:
    counts = Counter(filter(None, names))
    repeated = [quoted(name) for name, count in counts.items() if count > 1]
    if not repeated or any(remark.key == KEY for remark in heading.remarks):
        return ()
    text = tr("several columns have the same name: {names}").format(names=first_few(repeated))
    return (Remark(text, lines=(heading.line,)),)


def _nameless(names: list[str], kept: Sequence[int], heading: Heading) -> tuple[Remark, ...]:
    """Say which columns have values but no name; a first one is what pandas writes, and is told of elsewhere."""
    places = [place + 1 for place, name in zip(kept, names, strict=True) if not name and place > 0]
    if not places or not heading.has_names:
        return ()
    text = tr("without a name in line {line}: column {columns}; they are called after their places").format(
        line=heading.line, columns=first_few(places)
    )
    return (Remark(text, Level.NOTICE, lines=(heading.line,)),)
