"""What a table looks like to GradLab: the columns with their roles and kinds, and all there is to say of them."""

from dataclasses import dataclass
from enum import Enum, auto

from gradlab.experiment.sections.data import Data
from gradlab.tables.grid import Layout
from gradlab.tables.remarks import Remark


class Kind(Enum):
    """What a column holds."""

    NUMBER = auto()
    CATEGORY = auto()
    DATE = auto()
    TEXT = auto()
    EMPTY = auto()


class Role(Enum):
    """What a column is for."""

    INPUT = auto()
    TARGET = auto()
    LEFT_OUT = auto()


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

    layout: Layout
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
    raise NotImplementedError
