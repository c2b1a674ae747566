"""How many rows of each class were predicted as which class, and the measures that follow."""

from functools import cached_property
from typing import NamedTuple

import numpy as np

from gradlab.instruments.metrics import PerClass, per_class, shares
from gradlab.instruments.records import Counts, Doubles
from gradlab.language import mark, shown_name


class ClassMeasure(NamedTuple):
    """One of the columns to the right of the matrix."""

    label: str
    short: str
    token: str
    help: str


MEASURES = (
    ClassMeasure(
        mark("Precision"),
        mark("Prec."),
        "series.precision",
        mark("Of the rows predicted as this class, the share that really is it."),
    ),
    ClassMeasure(
        mark("Recall"),
        mark("Rec."),
        "series.recall",
        mark("Of the rows that really are this class, the share that was found."),
    ),
    ClassMeasure(
        "F1",
        "F1",
        "series.f1",
        mark("Precision and recall in one number (their harmonic mean): high only if both are."),
    ),
    ClassMeasure(mark("Rows"), mark("Rows"), "", mark("How many validation rows really are this class.")),
)


class BinaryOutcome(NamedTuple):
    """The name of one of the four cells of two classes; class 1 is the positive one."""

    short: str
    long: str
    explanation: str


OUTCOMES = {
    (0, 0): BinaryOutcome("TN", mark("True negative"), mark("rightly not taken for “{positive}”.")),
    (0, 1): BinaryOutcome(
        "FP", mark("False positive"), mark("a false alarm, taken for “{positive}” but is not.")
    ),
    (1, 0): BinaryOutcome("FN", mark("False negative"), mark("a miss, is “{positive}” but was not found.")),
    (1, 1): BinaryOutcome("TP", mark("True positive"), mark("is “{positive}”, and was found.")),
}


class ClassCounts:
    """The counts with the shares and measures that follow from them.

    Attributes:
        names, shown_names: the classes, as the data names them and as people read them.
        matrix: how many rows, ``[true, predicted]``.
    """

    def __init__(self, names: tuple[str, ...] = (), counts: Counts | None = None) -> None:
        self.names = names
        self.shown_names = tuple(map(shown_name, names))
        self.matrix = np.zeros((0, 0), np.int64) if counts is None else counts

    def __len__(self) -> int:
        """Return how many classes there are."""
        return len(self.names)

    @cached_property
    def row_shares(self) -> Doubles:
        """The share of each true class that was predicted as each class."""
        return shares(self.matrix, self.matrix.sum(axis=1, keepdims=True))

    @cached_property
    def column_shares(self) -> Doubles:
        """The share of the rows predicted as each class that really are of each class."""
        return shares(self.matrix, self.matrix.sum(axis=0, keepdims=True))

    @cached_property
    def measures(self) -> PerClass:
        """The measures of each class, in the order of ``MEASURES``."""
        return per_class(self.matrix)

    def outcome(self, row: int, column: int) -> BinaryOutcome | None:
        """Return the name of a cell where there are two classes, else None."""
        return OUTCOMES[row, column] if len(self) == 2 else None
