"""Reads a sheet of a workbook of Excel, LibreOffice and the like: its cells as texts."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from gradlab.errors import InputError
from gradlab.language import listed, tr
from gradlab.tables.delimited import Chunk
from gradlab.tables.remarks import Level, Remark, Remedy
from gradlab.tables.wording import first_few, meant, quoted

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

KEY = "data.sheet"
ENDINGS = frozenset(
    {".xlsx", ".xlsm", ".xlsb", ".xls", ".xla", ".xlam", ".xltx", ".xltm", ".xlt", ".ods", ".ots"}
)
MOST_UNPACKED = 2_000_000_000  # bytes; a small archive can hold more than fits into a machine
NAMED_SHEETS = 20
OFFERED_SHEETS = 5
_EXACT = 1e15  # up to here a workbook keeps every digit of a whole number


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook.

    Attributes:
        rows: its cells as texts; the lines are the sheet's own.
        name: its name.
        others: the names of all sheets.
        remarks: what is wrong, and what was guessed.
    """

    rows: Chunk
    name: str
    others: tuple[str, ...]
    remarks: tuple[Remark, ...]


def read_workbook(content: bytes, wanted: str, file_name: str) -> Sheet:
    """Read the sheet that is wanted, or else the first that holds something.

    Raises:
        InputError: where nothing can be read; one line without the file's name.
    """
    _check_size(content)
    try:
        return _sheet(_opened(content), wanted, file_name)
    except InputError:
        raise
    except BaseException as error:
        if (
            not isinstance(error, Exception) and type(error).__name__ != "PanicException"
        ):  # of the library, in Rust
            raise
        raise _unreadable(error) from None


def _check_size(content: bytes) -> None:
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = sum(part.file_size for part in archive.infolist())
    if size > MOST_UNPACKED:
        raise InputError(
            tr("is a workbook with {size:.0f} MB in it; allowed: up to {most:.0f} MB").format(
                size=size / 1e6, most=MOST_UNPACKED / 1e6
            ),
            "data.path",
        )


def _opened(content: bytes) -> "CalamineWorkbook":
    from python_calamine import CalamineWorkbook

    return CalamineWorkbook.from_filelike(io.BytesIO(content))


def _unreadable(error: BaseException) -> InputError:
    if type(error).__name__ == "PasswordError":
        text = tr("is a workbook with a password; open it, and save it without the password")
    else:
        text = tr(
            "is a damaged workbook, or of a kind that cannot be read; open it in the program that it is for, "
            "and save it again, as .xlsx or CSV"
        )
    return InputError(text, "data.path")


def _sheet(book: "CalamineWorkbook", wanted: str, file_name: str) -> Sheet:
    names = tuple(book.sheet_names)
    chosen = _chosen(names, wanted)
    filled = {} if chosen else _filled(book)
    if not chosen and not filled:
        raise InputError(
            tr("is a workbook without anything in it; allowed: a sheet with a table"), "data.path"
        )
    name = chosen or next(iter(filled))
    rows = filled.get(name) or _rows(book, name)
    if not any(map(any, rows.cells)):
        raise InputError(
            tr("sheet {name} is empty; allowed: one with a table").format(name=quoted(name)), KEY
        )
    remarks = (
        *(() if not wanted or chosen else (_unknown(names, wanted),)),
        *(() if wanted or len(filled) == 1 else (_several(name, list(filled)),)),
        *(() if PurePath(file_name).suffix.lower() in ENDINGS else (_renamed(name),)),
    )
    return Sheet(rows, name, names, remarks)


def _chosen(names: tuple[str, ...], wanted: str) -> str:
    """Return the name of the sheet that is wanted, capitals or not, or an empty text."""
    if wanted in names:
        return wanted
    return next((name for name in names if name.strip().casefold() == wanted.strip().casefold()), "")


def _filled(book: "CalamineWorkbook") -> dict[str, Chunk]:
    """Return the sheets that hold something, those that are shown first."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    sheets = [sheet for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    sheets.sort(key=lambda sheet: sheet.visible != SheetVisibleEnum.Visible)
    every = {sheet.name: _rows(book, sheet.name) for sheet in sheets}
    return {name: rows for name, rows in every.items() if any(map(any, rows.cells))}


def _rows(book: "CalamineWorkbook", name: str) -> Chunk:
    sheet = book.get_sheet_by_name(name)
    first = sheet.start[0] + 1 if sheet.start else 1
    cells = [[_TEXT[type(value)](value) for value in row] for row in sheet.to_python()]
    return Chunk(cells, list(range(first, first + len(cells))))


def _number(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) <= _EXACT else repr(value)


def _moment(value: datetime) -> str:
    return value.isoformat(" ") if value.time() != time() else value.date().isoformat()


def _duration(value: timedelta) -> str:
    seconds = value.total_seconds()
    sign, rest = "-" if seconds < 0 else "", abs(seconds)
    return f"{sign}{int(rest // 3600)}:{int(rest // 60 % 60):02}:{int(rest % 60):02}"


# Cells with an error, such as #N/A, come from the library as empty ones.
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


def _unknown(names: tuple[str, ...], wanted: str) -> Remark:
    text = tr("there is no sheet {wanted}{meant}; allowed: {allowed}").format(
        wanted=quoted(wanted),
        meant=meant(wanted, names),
        allowed=first_few([quoted(name) for name in names], NAMED_SHEETS),
    )
    return Remark(text, key=KEY, remedies=tuple(_take(name) for name in names[:OFFERED_SHEETS]))


def _several(name: str, filled: list[str]) -> Remark:
    others = [other for other in filled if other != name]
    text = tr("sheet {name} was read; there is something in {others} too").format(
        name=quoted(name), others=listed([quoted(other) for other in others[:OFFERED_SHEETS]])
    )
    return Remark(text, Level.NOTICE, KEY, remedies=tuple(_take(other) for other in others[:OFFERED_SHEETS]))


def _renamed(name: str) -> Remark:
    text = tr("it is a workbook, though its name does not say so: sheet {name} was read").format(
        name=quoted(name)
    )
    return Remark(text, Level.NOTICE)


def _take(name: str) -> Remedy:
    return Remedy(tr("Take sheet {name}").format(name=quoted(name)), {KEY: name})
