"""Reads a file into a grid of texts."""

import csv
import io
from pathlib import Path

import numpy as np

from gradlab.errors import InputError
from gradlab.experiment.sections.data import Data
from gradlab.language import tr
from gradlab.tables.grid import Grid, Layout


def read_grid(data: Data) -> Grid:
    """Read the file ``data.path`` as its other settings say, and guess what they leave open.

    Raises:
        InputError: where no table can be made of the file at all; one line without the file's name.
    """
    try:
        text = Path(data.path).read_bytes().decode("utf-8-sig")
    except (OSError, ValueError) as error:
        raise InputError(tr("cannot be read: {reason}").format(reason=error), "data.path") from None
    first = text.partition("\n")[0]
    separator = max("\t", ";", ",", key=first.count)
    rows, lines = [], []
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=separator, strict=True, skipinitialspace=True
    )
    line = 1
    for row in reader:
        if any(row):
            rows.append(row)
            lines.append(line)
        line = reader.line_num + 1
    columns = [list(map(str.strip, column)) for column in zip(*rows, strict=True)]
    names = [column[0] or f"column {place}" for place, column in enumerate(columns, 1)]
    return Grid(
        tuple(names),
        tuple(column[1:] for column in columns),
        np.array(lines[1:], dtype=np.int64),
        Layout("utf-8", "tab" if separator == "\t" else separator),
        frozenset(name for name, column in zip(names, columns, strict=True) if not column[0]),
    )
