"""Looks whether a workbook can be opened at all: the library that reads them takes all memory for some.

It makes room for every cell up to the farthest one, and follows the chain of sectors of an old workbook to its
end, which a damaged one need not have.
"""

import io
import re
import zipfile
from math import prod

import numpy as np
from numpy.typing import NDArray

from gradlab.errors import InputError
from gradlab.language import tr

MOST_UNPACKED = 2_000_000_000  # bytes; a small archive can hold more than fits into a machine
MOST_CELLS = 30_000_000  # of which each takes some 32 bytes
_DIMENSION = re.compile(rb'<dimension ref="(?:[A-Z]+\d+:)?([A-Z]+)(\d+)"')
_FILLED = re.compile(rb'<c r="([A-Z]+)(\d+)"(?:[^>]*[^>/])?>')


def check_workbook(content: bytes) -> None:
    """Refuse what would take all memory.

    Raises:
        InputError: says which sheet is too large.
        ValueError: if it is damaged.
    """
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_archive(archive)
    elif not _chains_end(content):
        raise ValueError("sectors in a circle")


def _check_archive(archive: zipfile.ZipFile) -> None:
    size = sum(part.file_size for part in archive.infolist())
    if size > MOST_UNPACKED:
        raise InputError(
            tr("is a workbook with {size:.0f} MB in it; allowed: up to {most:.0f} MB").format(
                size=size / 1e6, most=MOST_UNPACKED / 1e6
            ),
            "data.path",
        )
    for name in archive.namelist():
        if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name):
            _check_reach(archive, name)


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


def _chains_end(content: bytes) -> bool:
    """Return whether no chain of sectors of an old workbook runs in a circle; see [MS-CFB], 2.2 to 2.5."""
    if content[30:32] not in (b"\x09\0", b"\x0c\0"):
        return False
    size = 1 << content[30]
    sectors = np.frombuffer(content[size:][: (len(content) - size) // size * size], "<u4").reshape(
        -1, size // 4
    )
    header = np.frombuffer(content[:512], "<u4")
    listed = _sectors_of_table(sectors, header)
    if listed is None or not len(listed):
        return False
    table = sectors[listed].ravel()
    return _without_circle(table) and _without_circle(_small_table(sectors, table, int(header[15])))


def _sectors_of_table(sectors: NDArray[np.uint32], header: NDArray[np.uint32]) -> NDArray[np.uint32] | None:
    """Return where the table of chains stands: 109 places in the header, more in a chain; None if endless."""
    listed, more = [header[19:128]], int(header[17])
    for _ in range(len(sectors) + 1):
        if more >= len(sectors):
            every = np.concatenate(listed)
            return every[every < len(sectors)]
        listed.append(sectors[more, :-1])
        more = int(sectors[more, -1])
    return None


def _small_table(sectors: NDArray[np.uint32], table: NDArray[np.uint32], first: int) -> NDArray[np.uint32]:
    """Return the table of chains of small sectors, whose own chain begins at ``first``."""
    places = []
    while first < min(len(sectors), len(table)):
        places.append(first)
        first = int(table[first])
    return sectors[places].ravel() if places else np.zeros(0, np.uint32)


def _without_circle(table: NDArray[np.uint32]) -> bool:
    """Return whether everything that follows from one place of a table to the next comes to an end."""
    end = len(table)
    after = np.append(np.minimum(table, end), end).astype(np.int64)
    for _ in range(end.bit_length()):  # twice as far each time
        after = after[after]
    return bool(np.all(after == end))
