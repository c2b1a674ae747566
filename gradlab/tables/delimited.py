"""Takes the text of a table apart into rows of cells, and says where quotation marks do not fit."""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from gradlab.errors import InputError
from gradlab.language import tr
from gradlab.tables.decoding import UTF_8
from gradlab.tables.wording import quoted

# If several fit equally well, the first wins: the later ones are more often part of a number or a text.
SEPARATORS = ("\t", ";", "|", ",")
NAMES = {"\t": "tab", " ": "space"}  # as data.separator says it
_SIGNS = {name: sign for sign, name in NAMES.items()}
ROWS_AT_ONCE = 500  # so few that Python's collector need not look through them: twice as fast as 5,000
_LOOKED_AT_ROWS = 500
_LOOKED_AT_LETTERS = 1_000_000  # of very long rows fewer are looked at,
_FEWEST_ROWS = 20  # but some
_SEP_LINE = re.compile(r"""\s*"?sep=(?P<sign>[^\w"\r\n])(?P=sign)*"?[;,\s]*""", re.IGNORECASE)


class QuotesError(InputError):
    """Quotation marks do not fit together."""


@dataclass(frozen=True)
class Chunk:
    """Some rows of a table, blank ones included.

    Attributes:
        cells: the cells of each row; none of a blank line.
        lines: the line of the file that each begins in, from 1.
        done: which share of the file was read by then.
    """

    cells: list[list[str]]
    lines: list[int]
    done: float = 1.0


@dataclass(frozen=True)
class Delimited:
    """A text of rows, whose separator is known.

    Attributes:
        utf_8: the text.
        sign: the sign between columns; a blank stands for any number of them.
        above: how many lines come before the table: Excel's ``sep=;``.
    """

    utf_8: bytes
    sign: str
    above: int

    @property
    def separator(self) -> str:
        """What ``data.separator`` calls the sign."""
        return NAMES.get(self.sign, self.sign)

    def head(self) -> Chunk:
        """Return the first rows, to look at; quotation marks that do not fit are passed over."""
        lines = _first_lines(self.utf_8, self.above)
        reader = csv.reader(lines, delimiter=self.sign, skipinitialspace=True)
        rows = _collected(_until_error(reader), lambda: reader.line_num, self.above, len(lines) + 1)
        return next(rows, Chunk([], []))

    def rows(self) -> Iterator[Chunk]:
        """Yield all rows, many at a time.

        Raises:
            QuotesError: where quotation marks do not fit together.
        """
        raw = io.BytesIO(self.utf_8)
        text = _opened(raw)  # kept, since it closes ``raw`` with itself
        reader = csv.reader(
            islice(text, self.above, None), delimiter=self.sign, skipinitialspace=True, strict=True
        )
        line = self.above + 1
        try:
            for rows in _collected(reader, lambda: reader.line_num, self.above, ROWS_AT_ONCE):
                yield replace(rows, done=raw.tell() / len(self.utf_8))
                line = self.above + reader.line_num + 1
        except csv.Error:
            raise _misfit(self, line) from None

    def tolerant(self) -> "Delimited":
        """Return the same without the blanks between a closing quotation mark and the separator."""
        sign = re.escape(self.sign.encode())
        return Delimited(
            re.sub(rb'"[ \t]+(?=[\r\n]|\Z|' + sign + rb")", b'"', self.utf_8), self.sign, self.above
        )


def delimited(utf_8: bytes, separator: str) -> Delimited:
    """Find out what separates the columns, unless ``separator`` is something else than ``auto``."""
    first = next(_lines(utf_8, 0), "")
    told = _SEP_LINE.fullmatch(first)
    above = 1 if told else 0
    if separator != "auto":
        return _with(utf_8, _SIGNS.get(separator, separator), above)
    return _with(utf_8, told["sign"] if told else _guess(utf_8), above)


def _with(utf_8: bytes, sign: str, above: int) -> Delimited:
    plain = utf_8.replace(b"\t", b" ") if sign == " " else utf_8
    return Delimited(plain, sign, above)


def splits_evenly(text: Delimited, sign: str) -> bool:
    """Return whether another sign would split all of the first rows into as many columns, two or more."""
    head = _with(text.utf_8, sign, text.above).head()
    return head.cells != [] and _columns(head.cells)[0] > 1 and _fit(head.cells) == len(_filled(head.cells))


def _guess(utf_8: bytes) -> str:
    """Return the sign that splits most of the first rows into as many cells as the row of the names."""
    fits = {sign: _fit(Delimited(utf_8, sign, 0).head().cells) for sign in SEPARATORS}
    best = max(SEPARATORS, key=fits.__getitem__)
    return best if fits[best] > 0 else ","


def _fit(rows: list[list[str]]) -> float:
    """Return how many rows have the usual number of cells; half of it where the first has another one."""
    filled = _filled(rows)
    if not filled:
        return 0
    columns, count = _columns(filled)
    if columns < 2:  # all other columns may be empty below their names
        return count / 4 if {len(row) for row in filled} == {_width(filled[0])} != {1} else 0
    return count if _width(filled[0]) == columns else count / 2


def _filled(rows: list[list[str]]) -> list[list[str]]:
    return [row for row in rows if any(row)]


def _columns(rows: list[list[str]]) -> tuple[int, int]:
    """Return the most frequent number of cells, and how many rows have it."""
    return Counter(map(_width, rows)).most_common(1)[0]


def _width(row: list[str]) -> int:
    """Return the number of cells up to the last that is not empty."""
    return next((place for place in range(len(row), 0, -1) if row[place - 1].strip()), 0)


def _first_lines(utf_8: bytes, above: int) -> list[str]:
    lines, rows, letters = [], 0, 0
    for line in _lines(utf_8, above):
        lines.append(line)
        rows, letters = rows + (not line.isspace()), letters + len(line)
        if rows >= _LOOKED_AT_ROWS or (letters > _LOOKED_AT_LETTERS and rows >= _FEWEST_ROWS):
            break
    return lines


def _lines(utf_8: bytes, above: int) -> Iterator[str]:
    return islice(_opened(io.BytesIO(utf_8)), above, None)


def _opened(raw: io.BytesIO) -> io.TextIOWrapper:
    r"""Return a text whose lines end in ``\n``, ``\r\n`` or ``\r``, ends included, and in no other sign."""
    return io.TextIOWrapper(raw, encoding=UTF_8, newline="")


def _until_error(reader: Iterator[list[str]]) -> Iterator[list[str]]:
    try:
        yield from reader
    except csv.Error:
        return


def _collected(
    reader: Iterator[list[str]], line_now: Callable[[], int], above: int, at_once: int
) -> Iterator[Chunk]:
    """Yield the rows, some at once, each with its first line: the one after the end of the row before."""
    begin = above + 1
    while True:
        cells, lines = [], []
        for row in islice(reader, at_once):
            cells.append(row)
            lines.append(begin)
            begin = above + line_now() + 1
        if not cells:
            return
        yield Chunk(cells, lines)


def _misfit(text: Delimited, line: int) -> QuotesError:
    """Look for the cell that is wrong, from a line on up to which all was right."""
    after = "".join(_lines(text.utf_8, line - 1))
    sign = re.escape(text.sign)
    cell = re.compile(rf' *(?:"[^"]*(?:""[^"]*)*"|[^"{sign}\r\n][^{sign}\r\n]*|)(?:{sign}|\r\n?|\n|\Z)')
    place = 0
    while place < len(after) and (found := cell.match(after, place)):
        place = found.end()
        if len(found[0]) > csv.field_size_limit():
            return _too_long(line + _line_ends(after[: found.start()]))
    return _open_quote(after[place:], line + _line_ends(after[:place]))


def _open_quote(rest: str, line: int) -> QuotesError:
    cell = rest.splitlines()[0] if rest else ""
    return QuotesError(
        tr(
            "a quotation mark in line {line} is not closed where its cell ends ({text}); close it, "
            "delete it, or write it twice if it belongs to the text"
        ).format(line=line, text=quoted(cell.strip())),
        "data.path",
    )


def _too_long(line: int) -> QuotesError:
    return QuotesError(
        tr("a cell that begins in line {line} has more than {most} letters; allowed: fewer").format(
            line=line, most=csv.field_size_limit()
        ),
        "data.path",
    )


def _line_ends(text: str) -> int:
    return len(re.findall(r"\r\n?|\n", text))
