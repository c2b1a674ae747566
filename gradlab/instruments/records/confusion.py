"""The model's answers for the validation rows after each epoch, and which classes it confuses."""

from bisect import bisect_left
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradlab.instruments.records.arrays import Counts, Floats
from gradlab.instruments.records.record import Record
from gradlab.instruments.records.table import Table


@dataclass(frozen=True)
class Answers:
    """The model's answers for the validation rows after an epoch; arrays have one value per row.

    Attributes:
        scores: of class 1 where there are two classes: a threshold decides; else of the true class.
        predicted: class numbers; None where a threshold decides.
    """

    epoch: int
    scores: Floats
    predicted: NDArray[np.uint16] | None = None

    def classes(self, threshold: float) -> Counts:
        """Return the predicted class of each row: with two classes, 1 from ``threshold`` on."""
        if self.predicted is None:
            return (self.scores >= np.float32(threshold)).astype(np.int64)
        return self.predicted.astype(np.int64)


@dataclass(frozen=True)
class Confusion(Record):
    """The answers after all epochs that are kept.

    Attributes:
        epoch: the epoch of the model's weights: the newest, or the best where its weights were restored.
        rows: the numbers of the validation rows in the data set; ``true`` their class numbers.
        answers: oldest first. To save memory, perhaps only those of every ``every``-th epoch and of the first, the
            best and the newest.
        is_best_back: whether the weights of the best epoch were restored at the end.
    """

    epoch: int
    class_names: tuple[str, ...]
    rows: Counts
    true: Counts
    answers: tuple[Answers, ...]
    every: int = 1
    is_best_back: bool = False

    def at(self, epoch: int) -> Answers:
        """Return the answers after an epoch that is kept."""
        return self.answers[bisect_left(self.answers, epoch, key=lambda answers: answers.epoch)]

    def counts(self, answers: Answers, threshold: float) -> Counts:
        """Return the confusion matrix ``[true, predicted]``."""
        classes = len(self.class_names)
        pairs = self.true * classes + answers.classes(threshold)
        counts: Counts = np.bincount(pairs, minlength=classes * classes)
        return counts.reshape(classes, classes)

    def rows_of(self, answers: Answers, threshold: float, true: int, predicted: int) -> Counts:
        """Return the numbers in the data set of the rows that a cell of the matrix counts."""
        in_cell: NDArray[np.bool_] = (self.true == true) & (answers.classes(threshold) == predicted)
        return self.rows[in_cell]


def counts_table(names: tuple[str, ...], counts: Counts) -> Table:
    """Return a confusion matrix as one row per true class, one column per predicted class."""
    rows = ([name, *row] for name, row in zip(names, counts.tolist(), strict=True))
    return Table(("true \\ predicted", *names), rows)
