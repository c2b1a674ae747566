"""Reads a sheet of a workbook of Excel, LibreOffice and the like: its cells as texts."""

from dataclasses import dataclass
from pathlib import PurePath

from gradlab.errors import InputError
from gradlab.language import listed, tr
from gradlab.tables.delimited import Chunk
from gradlab.tables.remarks import Level, Remark, Remedy
from gradlab.tables.wording import first_few, meant, quoted
from gradlab.tables.workbook_formats import Book, open_book

KEY = "data.sheet"
ENDINGS = frozenset(
    {".xlsx", ".xlsm", ".xlsb", ".xls", ".xla", ".xlam", ".xltx", ".xltm", ".xlt", ".ods", ".ots"}
)
NAMED_SHEETS = 20
OFFERED_SHEETS = 5


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
    try:
        return _sheet(open_book(content), wanted, file_name)
    except InputError:
        raise
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":  # of Rust
            raise
        raise _unreadable(error) from None


def _unreadable(error: BaseException) -> InputError:
    if type(error).__name__ == "PasswordError" or "encrypted" in str(error):
        text = tr("is a workbook with a password; open it, and save it without the password")
    else:
        text = tr(
            "is a damaged workbook, or of a kind that cannot be read; open it in the program that it is for, "
            "and save it again, as .xlsx or CSV"
        )
    return InputError(text, "data.path")


def _sheet(book: Book, wanted: str, file_name: str) -> Sheet:
    names = book.names
    chosen = _chosen(names, wanted)
    filled = {} if chosen else _filled(book)
    if not chosen and not filled:
        raise InputError(
            tr("is a workbook without anything in it; allowed: a sheet with a table"), "data.path"
        )
    name = chosen or next(iter(filled))
    rows = filled.get(name) or book.rows(name)
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


def _filled(book: Book) -> dict[str, Chunk]:
    """Return the sheets that hold something."""
    every = {name: book.rows(name) for name in book.offered}
    return {name: rows for name, rows in every.items() if any(map(any, rows.cells))}


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
