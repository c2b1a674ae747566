"""What a table looks like to GradLab: the columns with their roles and kinds, and all there is to say of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from gradlab.experiment.sections.data import Data
from gradlab.language import listed
from gradlab.tables.columns import Column
from gradlab.tables.grid import FileLayout, Grid
from gradlab.tables.kinds import Kind, Role
from gradlab.tables.positive import order_of_classes
from gradlab.tables.reading import read_grid
from gradlab.tables.remarks import Level, Remark
from gradlab.tables.table import Looks, OwnTable, understand

__all__ = ["ColumnSurvey", "Kind", "Role", "Survey", "survey"]

READING = ("path", "sheet", "header", "separator", "encoding", "decimal", "thousands")
EXAMPLES = 3
LONGEST_EXAMPLE = 24


@dataclass(frozen=True)
class ColumnSurvey:
    """One column of a table.

    Attributes:
        name: as in the file, or made where it has none.
        role: input, to predict, or left out.
        kind: what it holds.
        gaps: how many rows have no value there.
        different: how many different values it has.
        example: a range (``1.5 – 8.2``) or the first few words, as people read it.
    """

    name: str
    role: Role
    kind: Kind
    gaps: int
    different: int
    example: str


@dataclass(frozen=True)
class Survey:
    """All that is known of a table before training.

    Attributes:
        layout: how the file was read.
        decimal, thousands: the signs that numbers were read with; ``thousands`` is empty where there are none.
        columns: in the file's order, those left out included.
        rows: how many rows there are to train on and hold out.
        left_out: how many rows are left out because of gaps.
        preview: the first rows, as texts, ``preview[row][column]``.
        preview_lines: the lines of the file that they begin in.
        task: ``classification`` or ``regression``; empty while it cannot be known.
        classes: the names of the classes in order; the second of two is the positive one.
        remarks: errors first, then notices.
    """

    layout: FileLayout
    decimal: str
    thousands: str
    columns: tuple[ColumnSurvey, ...]
    rows: int
    left_out: int
    preview: tuple[tuple[str, ...], ...]
    preview_lines: tuple[int, ...]
    task: str
    classes: tuple[str, ...]
    remarks: tuple[Remark, ...]


def survey(data: Data, preview_rows: int = 50) -> Survey:
    """Look at the table ``data.path``, as the other settings say.

    Raises:
        InputError: where no table can be made of the file at all; one line without the file's name.
    """
    grid, seen = _grid(data)
    table = understand(grid, data, seen)
    classes, remarks = _classes(table, data)
    rows = len(grid.lines)
    kept = rows if data.missing == "refuse" else int(table.kept.sum())
    return Survey(
        layout=grid.layout,
        decimal=table.signs.decimal,
        thousands=table.signs.thousands,
        columns=tuple(map(_surveyed, table.columns)),
        rows=kept,
        left_out=rows - kept,
        preview=tuple(zip(*(column[:preview_rows] for column in grid.columns), strict=True)),
        preview_lines=tuple(grid.lines[:preview_rows].tolist()),
        task=table.targets.task,
        classes=classes,
        remarks=tuple(sorted((*table.remarks, *remarks), key=lambda remark: remark.level is not Level.ERROR)),
    )


def _grid(data: Data) -> tuple[Grid, Looks]:
    """Return the grid, read anew only where the file or the way of reading it has changed; and what was seen."""
    try:
        facts = Path(data.path).stat()
    except (OSError, ValueError):
        return read_grid(data), {}  # says what is wrong
    reading = data.model_copy(
        update={key: field.default for key, field in Data.model_fields.items() if key not in READING}
    )
    return _read_once(reading.model_dump_json(), facts.st_mtime_ns, facts.st_size)


@lru_cache(maxsize=1)
def _read_once(reading: str, changed: int, size: int) -> tuple[Grid, Looks]:
    return read_grid(Data.model_validate_json(reading)), {}


def _classes(table: OwnTable, data: Data) -> tuple[tuple[str, ...], tuple[Remark, ...]]:
    """Return the classes in the order in which they are numbered."""
    targets = table.targets
    if not targets.task:
        return (), ()
    names = targets.class_names
    counts = [] if targets.classes is None else np.bincount(targets.classes, minlength=len(names)).tolist()
    order, remarks = order_of_classes(names, counts, data)
    return tuple(names[place] for place in order), remarks


def _surveyed(column: Column) -> ColumnSurvey:
    different, example = _of_numbers(column) if column.numbers is not None else _of_words(column)
    return ColumnSurvey(column.name, column.role, column.kind, int(column.gaps.sum()), different, example)


def _of_numbers(column: Column) -> tuple[int, str]:
    assert column.numbers is not None
    different = np.unique(column.numbers[~np.isnan(column.numbers)])
    if not len(different):
        return 0, ""
    if len(different) == 1:
        return 1, _number(different[0])
    return len(different), f"{_number(different[0])} – {_number(different[-1])}"


def _number(value: float) -> str:
    """Return a number as people read it: all of its whole digits, and few others."""
    if 1 <= abs(value) < 1e15:
        return f"{value:.4f}".rstrip("0").rstrip(".")
    return f"{value:.4g}"


def _of_words(column: Column) -> tuple[int, str]:
    return len(column.words), listed(_shortened(column.words[:EXAMPLES])) + (
        " …" if len(column.words) > EXAMPLES else ""
    )


def _shortened(words: Iterable[str]) -> Iterable[str]:
    for word in words:
        line = " ".join(word.split())
        yield line if len(line) <= LONGEST_EXAMPLE else f"{line[: LONGEST_EXAMPLE - 1]}…"
