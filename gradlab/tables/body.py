"""The rows of a table below its names, put together column by column."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gradlab.language import tr, trn
from gradlab.tables.delimited import Chunk
from gradlab.tables.header import Heading
from gradlab.tables.remarks import Level, Remark
from gradlab.tables.wording import in_lines

Progress = Callable[[float], None]
_FEW = 0.5  # a column with fewer different texts, for its first rows, keeps each of them once,
_MANY = 10_000  # until there are more than so many


@dataclass
class Body:
    """The rows below the names, column by column, as they come.

    Attributes:
        heading: where they begin, and how many columns there are.
        columns: the cells, ``columns[column][row]``; no column as long as there is no row.
        lines: pieces of the lines that the rows begin in.
        uneven: line and number of cells of each row that does not fit.
        emptied: lines of rows that hold separators only.
        pools: for each column its texts, as long as they are few.
    """

    heading: Heading
    columns: list[list[str]] = field(default_factory=list)
    lines: list[NDArray[np.int64]] = field(default_factory=list)
    uneven: list[tuple[int, int]] = field(default_factory=list)
    emptied: list[int] = field(default_factory=list)
    pools: list[dict[str, str] | None] = field(default_factory=list)

    def add_all(self, pieces: Iterable[Chunk], progress: Progress) -> "Body":
        """Add many rows, tell how far that is, and return itself."""
        for rows in pieces:
            self.add(rows)
            progress(rows.done)
        return self

    def add(self, rows: Chunk) -> None:
        """Add rows, but for those above the table, blank ones, and those that do not fit."""
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
            if pool and len(pool) > _MANY:
                self.pools[place] = None

    def all_lines(self) -> NDArray[np.int64]:
        """Return the line that each row begins in, ``(rows,)``."""
        return np.concatenate(self.lines) if self.lines else np.zeros(0, dtype=np.int64)


def uneven(body: Body) -> tuple[Remark, ...]:
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


def emptied(body: Body, lines: NDArray[np.int64]) -> tuple[Remark, ...]:
    """Say which rows inside the table have separators and nothing else."""
    inside = tuple(line for line in body.emptied if len(lines) and line < lines[-1])
    if not inside:
        return ()
    text = trn("an empty row was left out: {lines}", "empty rows were left out: {lines}", len(inside))
    return (Remark(text.format(lines=in_lines(inside)), Level.NOTICE, lines=inside),)
