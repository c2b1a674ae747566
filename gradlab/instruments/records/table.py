from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np


class Table(NamedTuple):
    """A header and rows of exact numbers in the data's own units; None is an empty cell."""

    header: tuple[str, ...]
    rows: Iterable[Sequence[object]]


def plain(values: "np.ndarray[Any, Any]") -> list[Any]:
    """Return Python numbers with the fewest digits that read back exactly."""
    # Converted to a Python float, a float32 would show digits that it never had.
    numbers: list[Any] = (values.astype(str) if values.dtype == np.float32 else values).tolist()
    return numbers
