"""Columns that only count the rows: a network learns them by heart, and they say nothing of new rows."""

import re

import numpy as np

from gradlab.tables.columns import Column
from gradlab.tables.kinds import Kind
from gradlab.tables.known import known
from gradlab.tables.looks import Doubles

LEAST_ROWS = 5
_NAMES = "|".join(map(re.escape, known("row_numbers")))
_NAME = re.compile(rf"(?:.*[\s_.-])?(?:{_NAMES})", re.IGNORECASE)
_CAMEL = re.compile(r".*[a-z](?:Id|ID|Nr|No)")


def counts_rows(column: Column) -> bool:
    """Whether a column of numbers only counts the rows, or is sorted and called like a number of the row."""
    values = column.numbers
    if column.kind is not Kind.NUMBER or values is None or len(values) < LEAST_ROWS or column.gaps.any():
        return False
    if not bool(np.all(values == np.rint(values))):
        return False
    return _is_consecutive(values) or (_is_called_so(column.name) and bool(np.all(np.diff(values) > 0)))


def _is_consecutive(values: Doubles) -> bool:
    return bool(values[1] - values[0] == 1 and np.all(np.diff(values) == 1))


def _is_called_so(name: str) -> bool:
    return bool(_NAME.fullmatch(name.strip()) or _CAMEL.fullmatch(name.strip()))
