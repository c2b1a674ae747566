"""Reads a table from the text of a CSV file; errors say exactly what is wrong, and where.

The delimiter, comma, semicolon or tab, is detected. If it is not the comma, a comma may be the decimal mark:
``3,5`` is then a number. Spaces around a field are ignored. Errors do not name the file: the data source does.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from gradlab.errors import InputError
from gradlab.language import listed, tr, trn

# If several fit equally well, the first wins: the later ones are more often part of a number or a name.
DELIMITERS = ("\t", ";", ",")
MISSING = frozenset({"", "?", "NA", "N/A", "nan", "NaN", "NAN"})
PREVIEW = 1000
NAMED = 5

_LARGEST = float(np.finfo(np.float32).max)
_NUMBER = re.compile(r"[+-]?((\d+\.?\d*|\.\d+)(e[+-]?\d+)?|inf(inity)?)", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes:
        texts: its fields, one per row.
        numbers: the fields as numbers, ``(rows,)``, also finite as float32; None if any is not a number.
        first_word: the first row whose field is not a number; None if there is none.
    """

    name: str
    texts: tuple[str, ...]
    numbers: NDArray[np.float64] | None = None
    first_word: int | None = None


@dataclass(frozen=True)
class CsvTable:
    """A checked table: at least two columns with different names, at least one row, no value missing.

    Attributes:
        lines: the line of the file that each row begins in, counted from 1.
    """

    columns: tuple[Column, ...]
    lines: tuple[int, ...]


@dataclass(frozen=True)
class _Row:
    line: int
    fields: list[str]


def parse_table(text: str) -> CsvTable:
    """Parse a table: a line with names, then one row per line.

    A quoted field may hold delimiters and line ends. Blank lines at the end are ignored.

    Raises:
        InputError: says what is wrong, and in which lines.
    """
    delimiter = _delimiter(text)
    header, *rows = _without_blank_end(list(_rows(text, delimiter))) or [_Row(1, [])]
    _check_names(header.fields)
    _check_rows(header.fields, rows)
    lines = tuple(row.line for row in rows)
    columns = zip(*(row.fields for row in rows), strict=True)
    return CsvTable(
        tuple(
            _column(name, texts, lines, decimal_comma=delimiter != ",")
            for name, texts in zip(header.fields, columns, strict=True)
        ),
        lines,
    )


def in_lines(lines: Sequence[int]) -> str:
    """Return ``line 3`` or ``lines 3, 4, 7, 8, 9 and 12 more``."""
    return trn("line {lines}", "lines {lines}", len(lines)).format(lines=first_few(lines))


def first_few(things: Sequence[object], named: int = NAMED) -> str:
    """Return the first few things in words, and how many more there are."""
    first = listed(str(thing) for thing in things[:named])
    if len(things) <= named:
        return first
    return tr("{first} and {count} more").format(first=first, count=len(things) - named)


def _rows(text: str, delimiter: str) -> Iterator[_Row]:
    # newline="" leaves line ends inside quotes as they are, and counts \r\n as one.
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=delimiter, strict=True, skipinitialspace=True
    )
    line = 1
    try:
        for fields in reader:
            yield _Row(line, [field.strip() for field in fields])
            line = reader.line_num + 1
    except csv.Error as error:
        raise InputError(
            tr("line {line} has quotation marks that do not fit together ({reason})").format(
                line=line, reason=error
            )
        ) from None


def _delimiter(text: str) -> str:
    """Return the delimiter that splits the most rows into as many fields as the header line."""
    fits = {delimiter: _fit(text, delimiter) for delimiter in DELIMITERS}
    best = max(DELIMITERS, key=fits.__getitem__)
    return best if fits[best] >= 0 else ","


def _fit(text: str, delimiter: str) -> int:
    """Count the rows that fit the header; return -1 if the delimiter does not even split that."""
    fit = -1
    try:
        rows = _rows(text, delimiter)
        names = next(rows, _Row(1, [])).fields
        if len(names) > 1:
            fit = 0
            for row in islice(rows, PREVIEW):
                fit += len(row.fields) == len(names)
    except InputError:
        pass  # it fits up to here; the real reading reports what is wrong
    return fit


def _without_blank_end(rows: list[_Row]) -> list[_Row]:
    while rows and rows[-1].fields in ([], [""]):
        rows.pop()
    return rows


def _check_names(names: list[str]) -> None:
    if not any(names):
        raise InputError(tr("the first line is empty; it must hold the names of the columns"))
    if len(names) == 1:
        raise InputError(
            tr(
                'there is only one column, "{name}"; allowed: two or more, separated by commas, '
                "semicolons or tabs"
            ).format(name=names[0])
        )
    unnamed = [place for place, name in enumerate(names, 1) if not name]
    if unnamed:
        raise InputError(
            tr("the first line must name every column; without a name: column {columns}").format(
                columns=first_few(unnamed)
            )
        )
    repeated = [f'"{name}"' for name in dict.fromkeys(names) if names.count(name) > 1]
    if repeated:
        raise InputError(tr("several columns have the same name: {names}").format(names=first_few(repeated)))


def _check_rows(names: list[str], rows: list[_Row]) -> None:
    if not rows:
        raise InputError(tr("there is no row below the names of the columns"))
    uneven = [row for row in rows if len(row.fields) != len(names)]
    if uneven:
        raise InputError(
            tr(
                "the wrong number of fields in {lines} (first {count}); allowed: {allowed}, as in the "
                "first line"
            ).format(
                lines=in_lines([row.line for row in uneven]), count=len(uneven[0].fields), allowed=len(names)
            )
        )
    gaps = [row for row in rows if not MISSING.isdisjoint(row.fields)]
    if gaps:
        column = next(name for name, field in zip(names, gaps[0].fields, strict=True) if field in MISSING)
        raise InputError(
            tr(
                'a value is missing in {lines} (first in column "{column}"); every row needs a value in '
                "every column: fill it in or delete the row"
            ).format(lines=in_lines([row.line for row in gaps]), column=column)
        )


def _column(name: str, texts: tuple[str, ...], lines: tuple[int, ...], *, decimal_comma: bool) -> Column:
    plain = tuple(text.replace(",", ".") for text in texts) if decimal_comma else texts
    first_word = next((place for place, text in enumerate(plain) if not _NUMBER.fullmatch(text)), None)
    if first_word is not None:
        return Column(name, texts, first_word=first_word)
    if plain != texts:
        _check_decimal_marks(name, texts, lines)
    numbers = np.array([float(text) for text in plain])
    _check_finite(name, numbers, lines)
    return Column(name, texts, numbers)


def _check_finite(name: str, numbers: NDArray[np.float64], lines: tuple[int, ...]) -> None:
    excessive = [line for line, number in zip(lines, numbers, strict=True) if not abs(number) <= _LARGEST]
    if excessive:
        raise InputError(
            tr(
                'column "{name}" holds an infinite or too large number in {lines}; allowed: up to {most:.1e}'
            ).format(name=name, lines=in_lines(excessive), most=_LARGEST)
        )


def _check_decimal_marks(name: str, texts: tuple[str, ...], lines: tuple[int, ...]) -> None:
    """Refuse 3,5 next to 1.234: read in the same way, one of them would silently be wrong."""
    comma = next(place for place, text in enumerate(texts) if "," in text)
    point = next((place for place, text in enumerate(texts) if "." in text), None)
    if point is not None:
        raise InputError(
            tr(
                'column "{name}" mixes decimal commas and points: {one} in line {line}, {other} in line '
                "{other_line}; use one of them"
            ).format(
                name=name, one=texts[comma], line=lines[comma], other=texts[point], other_line=lines[point]
            )
        )
