"""What there is to say of a table: what is wrong, what was guessed, and what to do about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any


class Level(Enum):
    """How much a remark matters.

    Attributes:
        ERROR: nothing can be trained on before it is settled.
        NOTICE: people should know; training goes ahead.
    """

    ERROR = auto()
    NOTICE = auto()


@dataclass(frozen=True)
class Remedy:
    """One way to settle a remark.

    Attributes:
        label: what it does, for a button: ``Leave “Cabin” out``.
        changes: dotted key → value, to be put into the experiment: ``{"data.ignore": ("Cabin",)}``. Lists are
            given whole, what was in them before included.
    """

    label: str
    changes: Mapping[str, Any]


@dataclass(frozen=True)
class Remark:
    """One thing to say of a table, in one line and without the file's name.

    Attributes:
        text: the sentence; an error also says what is allowed.
        level: whether it keeps the table from being used.
        key: the dotted key of the setting concerned; ``data.path`` where it is about the file.
        column: the name of the column that it is about; empty for the whole table.
        lines: the lines of the file (rows of a sheet) that it is about, from 1; empty for all.
        remedies: what can be done about it here, the best first.
    """

    text: str
    level: Level = Level.ERROR
    key: str = "data.path"
    column: str = ""
    lines: tuple[int, ...] = ()
    remedies: tuple[Remedy, ...] = ()
