"""The formats of workbooks, each with the library that reads it: sheets of cells as texts."""

import io
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from gradlab.tables.delimited import Chunk
from gradlab.tables.workbook_checks import check_archive

if TYPE_CHECKING:
    from xlrd.sheet import Cell

OLD_SIGN = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_EXACT = 1e15  # up to here a workbook keeps every digit of a whole number


class Book(Protocol):
    """A workbook.

    Attributes:
        names: of all sheets.
        offered: the sheets that can hold a table, those that are hidden last.
    """

    names: tuple[str, ...]
    offered: tuple[str, ...]

    def rows(self, name: str) -> Chunk:
        """Return the rows of a sheet from the first that is not empty on; the lines are the sheet's own."""


def open_book(content: bytes) -> Book:
    """Open a workbook of any format.

    Raises:
        InputError: if it is too large.
        Exception: of many kinds, as the libraries have them, if it is damaged or has a password.
    """
    return OldBook(content) if content.startswith(OLD_SIGN) else NewBook(content)


class NewBook:
    """A workbook of today's Excel or of LibreOffice: an archive. Cells with an error come as empty ones."""

    def __init__(self, content: bytes) -> None:
        from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

        check_archive(content)
        self._book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        self.names = tuple(self._book.sheet_names)
        sheets = [sheet for sheet in self._book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
        sheets.sort(key=lambda sheet: sheet.visible != SheetVisibleEnum.Visible)
        self.offered = tuple(sheet.name for sheet in sheets)

    def rows(self, name: str) -> Chunk:
        """Return the rows of a sheet."""
        sheet = self._book.get_sheet_by_name(name)
        first = sheet.start[0] + 1 if sheet.start else 1
        cells = [[_TEXT[type(value)](value) for value in row] for row in sheet.to_python()]
        return Chunk(cells, list(range(first, first + len(cells))))


class OldBook:
    """A workbook of Excel up to 2003, which has no checksums: the library is in Python, which survives damage."""

    def __init__(self, content: bytes) -> None:
        import xlrd

        self._book = xlrd.open_workbook(file_contents=content, ragged_rows=True, logfile=io.StringIO())
        self.names = tuple(self._book.sheet_names())
        sheets = sorted(self._book.sheets(), key=lambda sheet: sheet.visibility != 0)
        self.offered = tuple(sheet.name for sheet in sheets)

    def rows(self, name: str) -> Chunk:
        """Return the rows of a sheet."""
        sheet = self._book.sheet_by_name(name)
        rows = [[self._text(cell) for cell in sheet.row(row)] for row in range(sheet.nrows)]
        first = next((place for place, row in enumerate(rows) if any(row)), len(rows))
        width = max(map(len, rows[first:]), default=0)
        cells = [row + [""] * (width - len(row)) for row in rows[first:]]
        return Chunk(cells, list(range(first + 1, len(rows) + 1)))

    def _text(self, cell: "Cell") -> str:
        import xlrd

        if cell.ctype == xlrd.XL_CELL_ERROR:
            return str(xlrd.error_text_from_code.get(cell.value, ""))
        if cell.ctype == xlrd.XL_CELL_BOOLEAN:
            return _TEXT[bool](cell.value)
        if cell.ctype == xlrd.XL_CELL_DATE:
            moment = xlrd.xldate_as_datetime(cell.value, self._book.datemode)
            return _moment(moment) if cell.value >= 1 else moment.time().isoformat()
        return _number(cell.value) if cell.ctype == xlrd.XL_CELL_NUMBER else str(cell.value).strip()


def _number(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) <= _EXACT else repr(value)


def _moment(value: datetime) -> str:
    return value.isoformat(" ") if value.time() != time() else value.date().isoformat()


def _duration(value: timedelta) -> str:
    seconds = value.total_seconds()
    sign, rest = "-" if seconds < 0 else "", abs(seconds)
    return f"{sign}{int(rest // 3600)}:{int(rest // 60 % 60):02}:{int(rest % 60):02}"


_TEXT: dict[type, Callable[[Any], str]] = {
    str: str.strip,
    float: _number,
    int: str,
    bool: lambda value: "TRUE" if value else "FALSE",
    datetime: _moment,
    date: date.isoformat,
    time: time.isoformat,
    timedelta: _duration,
}
