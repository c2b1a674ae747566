"""A table as texts: what a file holds before anybody decides what its columns are."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradlab.tables.remarks import Remark


@dataclass(frozen=True)
class FileLayout:
    """How a file was read: as the experiment says, or as was guessed.

    Attributes:
        encoding: the text's encoding, by Python's name; empty for a workbook.
        separator: the sign between columns, as ``data.separator`` names it (``tab``, ``space``); empty for a
            workbook.
        has_header: whether the first line holds the names.
        sheet: the name of the sheet; empty for a text file.
        sheets: the names of all sheets of the workbook.
    """

    encoding: str = ""
    separator: str = ""
    has_header: bool = True
    sheet: str = ""
    sheets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Grid:
    """All cells of a table, column by column, blank rows and empty nameless columns left away.

    Attributes:
        names: one per column, all different, none empty. A column without a name in the file is called after its
            place, and is in ``unnamed``.
        columns: the cells as text, stripped of blanks, ``columns[column][row]``; an empty cell is ``""``.
        lines: the line of the file (row of the sheet) that each row begins in, from 1, ``(rows,)``.
        layout: how the file was read.
        unnamed: the names that were made; all of them where the file has no header.
        remarks: what was guessed, and what is wrong, so far.
    """

    names: tuple[str, ...]
    columns: tuple[Sequence[str], ...]
    lines: NDArray[np.int64]
    layout: FileLayout
    unnamed: frozenset[str] = frozenset()
    remarks: tuple[Remark, ...] = ()
