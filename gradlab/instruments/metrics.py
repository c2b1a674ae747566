"""Precision, recall and F1 from a confusion matrix: cheap enough for every epoch."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gradlab.instruments.records import Counts, Doubles


class PerClass(NamedTuple):
    """One number per class; 0 where a share is undefined.

    Attributes:
        precision: of the rows predicted as this class, the share that is.
        recall: of the rows of this class, the share predicted as it.
        f1: the harmonic mean of the two.
        support: how many rows the class has.
    """

    precision: Doubles
    recall: Doubles
    f1: Doubles
    support: Counts


class ClassMetrics(NamedTuple):
    """One number each for the whole matrix; 0 where undefined.

    ``precision``, ``recall`` and ``f1`` are those of the positive class (1) with two classes, and the
    plain (macro) averages over all classes otherwise.
    """

    accuracy: float
    precision: float
    recall: float
    f1: float


def per_class(counts: Counts) -> PerClass:
    """Measure each class of ``counts[true, predicted]``, shape ``(classes, classes)``.

    F1 is 2·TP / (2·TP + FP + FN), see C. J. van Rijsbergen, *Information Retrieval* (1979), chapter 7.
    """
    right = np.diagonal(counts)
    support = counts.sum(axis=1)
    predicted = counts.sum(axis=0)
    return PerClass(
        precision=shares(right, predicted),
        recall=shares(right, support),
        f1=shares(2 * right, support + predicted),
        support=support,
    )


def summary(counts: Counts) -> ClassMetrics:
    """Measure the whole of ``counts[true, predicted]``, shape ``(classes, classes)``."""
    accuracy = float(shares(np.trace(counts), counts.sum()))
    *measures, _ = per_class(counts)
    # With two classes only the positive one counts: that is what people mean by "the" precision.
    chosen = slice(1, 2) if len(counts) == 2 else slice(None)
    return ClassMetrics(
        accuracy, *(float(np.mean(measure[chosen])) if len(counts) else 0.0 for measure in measures)
    )


def shares(part: NDArray[np.int64], whole: NDArray[np.int64]) -> Doubles:
    """Return ``part / whole``, broadcast as numpy does, and 0 where ``whole`` is 0."""
    part, whole = np.broadcast_arrays(part, whole)
    return np.divide(part, whole, out=np.zeros(part.shape), where=whole != 0)


def r_squared(true: Doubles, predicted: Doubles) -> float:
    """Return the coefficient of determination, 1 − (residual sum of squares) / (total sum of squares).

    1 is perfect, 0 no better than always guessing the mean. Where all true values are equal it is
    undefined: then 1 for a perfect prediction and 0 otherwise, as scikit-learn has it.
    """
    residual = float(np.square(true - predicted).sum())
    total = float(np.square(true - true.mean()).sum())
    if total == 0:
        return 1.0 if residual == 0 else 0.0
    return 1 - residual / total
