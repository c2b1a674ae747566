"""Reads a file into a grid of texts."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import PurePath

import numpy as np
from numpy.typing import NDArray

from gradlab.content.file_kinds import WORKBOOK, kind_of, refuse_other_kinds
from gradlab.content.opening import read_file
from gradlab.errors import InputError
from gradlab.experiment.sections.data import Data
from gradlab.language import mark, tr, trn
from gradlab.tables.decoding import decode
from gradlab.tables.delimited import NAMES, SEPARATORS, Delimited, QuotesError, Rows, delimited, splits_evenly
from gradlab.tables.grid import Grid, Layout
from gradlab.tables.header import Heading, find_heading, named
from gradlab.tables.remarks import Level, Remark, Remedy
from gradlab.tables.wording import in_lines, quoted
from gradlab.tables.workbook import read_workbook

Progress = Callable[[float], None]
SEPARATOR = "data.separator"
_LABELS = {
    "\t": mark("Separated by tabs"),
    ";": mark("Separated by semicolons"),
    "|": mark("Separated by vertical bars"),
    ",": mark("Separated by commas"),
    " ": mark("Separated by blanks"),
}
_FEW = 0.5  # a column with fewer different texts, for its rows, keeps each of them once


def read_grid(data: Data, progress: Progress = lambda done: None) -> Grid:
    """Read the file ``data.path`` as its other settings say, and guess what they leave open.

    Args:
        data: which file, and how to read it.
        progress: called now and then with the share that is read.

    Raises:
        InputError: where no table can be made of the file at all; one line without the file's name.
    """
    if not data.path:
        raise InputError(
            tr("data.path is empty; allowed: the path of a table, as CSV or as a workbook"), "data.path"
        )
    content = read_file(data.path)
    name = PurePath(data.path).name
    kind = kind_of(content, name)
    refuse_other_kinds(kind)
    return _from_workbook(content, data, name) if kind is WORKBOOK else _from_text(content, data, progress)


def _from_workbook(content: bytes, data: Data, name: str) -> Grid:
    sheet = read_workbook(content, data.sheet, name)
    heading = find_heading(_beginning(sheet.rows), data.header, data.gaps)
    body = _Body(heading)
    body.add(sheet.rows)
    layout = Layout(has_header=heading.has_names, sheet=sheet.name, sheets=sheet.others)
    return _grid(body, layout, sheet.remarks)


def _beginning(rows: Rows, count: int = 500) -> Rows:
    return Rows(rows.cells[:count], rows.lines[:count])


def _from_text(content: bytes, data: Data, progress: Progress) -> Grid:
    decoded = decode(content, data.encoding)
    _check_filled(decoded.utf_8)
    text = delimited(decoded.utf_8, data.separator)
    heading = find_heading(text.head(), data.header, data.gaps)
    body = _body(text, heading, progress)
    layout = Layout(decoded.encoding, text.separator, heading.has_names)
    return _grid(body, layout, decoded.remarks, _other_separators(text) if len(body.columns) < 2 else ())


def _check_filled(utf_8: bytes) -> None:
    if not utf_8.strip():
        raise InputError(
            tr("is empty; allowed: a table with the names of the columns in the first line"), "data.path"
        )


def _body(text: Delimited, heading: Heading, progress: Progress) -> "_Body":
    try:
        return _Body(heading).add_all(text.rows(), progress)
    except QuotesError:
        tolerant = text.tolerant()
        if tolerant.utf_8 == text.utf_8:
            raise
        return _Body(heading).add_all(tolerant.rows(), progress)


@dataclass
class _Body:
    """The rows below the names, column by column, as they come."""

    heading: Heading
    columns: list[list[str]] = field(default_factory=list)
    lines: list[NDArray[np.int64]] = field(default_factory=list)
    uneven: list[tuple[int, int]] = field(default_factory=list)
    emptied: list[int] = field(default_factory=list)
    pools: list[dict[str, str] | None] = field(default_factory=list)

    def add_all(self, pieces: Iterable[Rows], progress: Progress) -> "_Body":
        for rows in pieces:
            self.add(rows)
            progress(rows.done)
        return self

    def add(self, rows: Rows) -> None:
        begin = (bisect_right if self.heading.has_names else bisect_left)(rows.lines, self.heading.line)
        cells, lines = rows.cells[begin:], rows.lines[begin:]
        if not all(map(any, cells)):
            cells, lines = self._filled(cells, lines)
        if set(map(len, cells)) - {self.heading.width}:
            cells, lines = self._even(cells, lines)
        if cells:
            self.lines.append(np.array(lines, dtype=np.int64))
            self._append(zip(*cells, strict=True))

    def _filled(self, cells: list[list[str]], lines: list[int]) -> tuple[list[list[str]], list[int]]:
        """Leave blank rows away, and note those that have separators only: somebody emptied them."""
        self.emptied += [
            line for row, line in zip(cells, lines, strict=True) if len(row) > 1 and not any(row)
        ]
        kept = [(row, line) for row, line in zip(cells, lines, strict=True) if any(row)]
        return [row for row, _ in kept], [line for _, line in kept]

    def _even(self, cells: list[list[str]], lines: list[int]) -> tuple[list[list[str]], list[int]]:
        """Make all rows as wide as the names where only empty cells are too many or too few; note the others."""
        width, needed = self.heading.width, self.heading.needed
        kept: list[tuple[list[str], int]] = []
        for row, line in zip(cells, lines, strict=True):
            if len(row) < needed or any(map(str.strip, row[width:])):
                self.uneven.append((line, len(row)))
            else:
                kept.append((row[:width] + [""] * (width - len(row)), line))
        return [row for row, _ in kept], [line for _, line in kept]

    def _append(self, columns: Iterable[Sequence[str]]) -> None:
        if not self.columns:
            self.columns = [[] for _ in range(self.heading.width)]
        for place, column in enumerate(columns):
            texts = list(map(str.strip, column))
            if len(self.pools) == place:
                self.pools.append({} if len(set(texts)) < _FEW * len(texts) else None)
            pool = self.pools[place]
            self.columns[place] += texts if pool is None else map(pool.setdefault, texts, texts)

    def all_lines(self) -> NDArray[np.int64]:
        return np.concatenate(self.lines) if self.lines else np.zeros(0, dtype=np.int64)


def _grid(
    body: _Body, layout: Layout, remarks: Sequence[Remark], other_separators: Sequence[Remedy] = ()
) -> Grid:
    heading = body.heading
    uneven = _uneven(body)
    if not body.lines:
        wrong = uneven[0].text if uneven else tr("there is no row below the names of the columns")
        raise InputError(wrong, "data.path")
    cells = heading.cells if heading.has_names else ()
    columns = body.columns
    kept = [place for place in range(heading.width) if any(cells[place : place + 1]) or any(columns[place])]
    names, made, said = named(heading, kept)
    lines = body.all_lines()
    every = chain(
        heading.remarks,
        said,
        _one_column(names, layout, other_separators) if len(kept) < 2 else (),
        uneven,
        remarks,
        _emptied(body, lines),
    )
    return Grid(names, tuple(columns[place] for place in kept), lines, layout, made, tuple(every))


def _uneven(body: _Body) -> tuple[Remark, ...]:
    """Say which rows have too many or too few cells; where most do, it is the names that do not fit."""
    if not body.uneven:
        return ()
    lines, counts = zip(*body.uneven, strict=True)
    heading = body.heading
    if heading.has_names and len(lines) > sum(map(len, body.lines)):
        text = tr(
            "line {line} has {names} names, but most rows have another number of cells: {count} in line {other}; "
            "allowed: a name for every column"
        ).format(line=heading.line, names=heading.needed, count=counts[0], other=lines[0])
    else:
        text = tr(
            "the wrong number of cells in {lines} (first {count}); allowed: {allowed}, as in line {line}"
        ).format(lines=in_lines(lines), count=counts[0], allowed=heading.needed, line=heading.line)
    return (Remark(text, lines=lines),)


def _emptied(body: _Body, lines: NDArray[np.int64]) -> tuple[Remark, ...]:
    inside = tuple(line for line in body.emptied if len(lines) and line < lines[-1])
    if not inside:
        return ()
    text = trn("an empty row was left out: {lines}", "empty rows were left out: {lines}", len(inside))
    return (Remark(text.format(lines=in_lines(inside)), Level.NOTICE, lines=inside),)


def _one_column(
    names: Sequence[str], layout: Layout, other_separators: Sequence[Remedy]
) -> tuple[Remark, ...]:
    if other_separators:
        text = tr(
            'there is only one column, {name}; allowed: two or more, as with data.separator = "{value}"'
        )
    elif layout.sheets:
        text = tr("there is only one column, {name}; allowed: two or more")
    else:
        text = tr(
            "there is only one column, {name}; allowed: two or more, separated by commas, semicolons, tabs or |"
        )
    value = next((remedy.changes[SEPARATOR] for remedy in other_separators), "")
    said = text.format(name=quoted(names[0] if names else ""), value=value)
    return (Remark(said, key=SEPARATOR if value else "data.path", remedies=tuple(other_separators)),)


def _other_separators(text: Delimited) -> list[Remedy]:
    """Return the signs that would split all of the first rows into as many columns."""
    signs = [sign for sign in (*SEPARATORS, " ") if sign != text.sign and splits_evenly(text, sign)]
    return [Remedy(tr(_LABELS[sign]), {SEPARATOR: NAMES.get(sign, sign)}) for sign in signs]
