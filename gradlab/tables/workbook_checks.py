"""Looks whether a workbook is whole and fits into memory: its archive, and every cell up to the farthest."""

import io
import re
import zipfile
from math import prod
from xml.parsers import expat

from gradlab.errors import InputError
from gradlab.language import tr

MOST_UNPACKED = 2_000_000_000  # bytes; a small archive can hold more than fits into a machine
MOST_CELLS = 30_000_000  # of which each takes some 32 bytes
_DIMENSION = re.compile(rb'<dimension ref="(?:[A-Z]+\d+:)?([A-Z]+)(\d+)"')
_FILLED = re.compile(rb'<c r="([A-Z]+)(\d+)"(?:[^>]*[^>/])?>')


def check_archive(content: bytes) -> None:
    """Refuse what would take all memory, or for ever.

    Raises:
        InputError: says what is too large.
        BadZipFile: if it is damaged.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        _check_size(archive)
        _check_whole(archive)
        for name in archive.namelist():
            if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name):
                _check_reach(archive, name)


def _check_size(archive: zipfile.ZipFile) -> None:
    size = sum(part.file_size for part in archive.infolist())
    if size > MOST_UNPACKED:
        raise InputError(
            tr("is a workbook with {size:.0f} MB in it; allowed: up to {most:.0f} MB").format(
                size=size / 1e6, most=MOST_UNPACKED / 1e6
            ),
            "data.path",
        )


def _check_whole(archive: zipfile.ZipFile) -> None:
    """Refuse parts that are no XML: the reader would look for their end for ever."""
    for name in archive.namelist():
        if name.endswith(".xml"):
            with archive.open(name) as part:
                try:
                    expat.ParserCreate().ParseFile(part)
                except expat.ExpatError as error:
                    raise zipfile.BadZipFile(f"{name}: {error}") from None


def _check_reach(archive: zipfile.ZipFile, name: str) -> None:
    """Refuse a sheet with a value far away, as after a slip of the mouse; that of mere formats does not matter."""
    with archive.open(name) as sheet:
        told = _DIMENSION.search(sheet.read(4096))
    if told and prod(_place(told)) <= MOST_CELLS:
        return
    places = [_place(found) for found in _FILLED.finditer(archive.read(name))]
    columns = max((column for column, _ in places), default=0)
    rows = max((row for _, row in places), default=0)
    if columns * rows > MOST_CELLS:
        raise InputError(
            tr(
                "is a workbook with a sheet of {rows} rows and {columns} columns; allowed: up to {most} cells, so "
                "delete what stands far from the table"
            ).format(rows=rows, columns=columns, most=MOST_CELLS),
            "data.path",
        )


def _place(found: re.Match[bytes]) -> tuple[int, int]:
    """Return column and row of a reference such as ``AB12``, from 1."""
    column = 0
    for letter in found[1]:
        column = column * 26 + letter - ord("A") + 1
    return column, int(found[2])
