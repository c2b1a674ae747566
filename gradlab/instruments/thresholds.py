"""Precision, recall, true and false positive rate at every threshold."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gradlab.instruments.metrics import shares
from gradlab.instruments.records import Counts, Doubles, Floats


class Tradeoff(NamedTuple):
    """One value per threshold, from the strictest, at which nothing is predicted positive, down.

    Attributes:
        thresholds: infinity, then each score that occurs.
        precision: of the rows predicted positive, the share that is; 1 where none is predicted.
        recall: of the positive rows, the share predicted positive; also called true positive rate.
        false_positive_rate: of the negative rows, the share predicted positive.
        average_precision: Σ (Rₙ − Rₙ₋₁)·Pₙ, as scikit-learn defines it.
        area: under the ROC curve: the chance that a positive row has a higher score than a negative one,
            see J. A. Hanley and B. J. McNeil, *The Meaning and Use of the Area under a ROC Curve* (1982).
    """

    thresholds: Doubles
    precision: Doubles
    recall: Doubles
    false_positive_rate: Doubles
    average_precision: float
    area: float


def tradeoff(true: Counts, scores: Floats) -> Tradeoff:
    """Measure every threshold on rows of class 0 or 1 with scores of class 1, both ``(rows,)``.

    A score that is not a number is above no threshold. Shares of nothing are 0.
    """
    known = np.nan_to_num(scores.astype(np.float64), nan=-np.inf, posinf=np.inf, neginf=-np.inf)
    order = np.argsort(-known, kind="stable")
    sorted_scores = known[order]
    ends = np.flatnonzero(np.append(sorted_scores[1:] != sorted_scores[:-1], True)) if len(order) else order
    hits = np.append(0, np.cumsum(true[order])[ends])
    alarms = np.append(0, ends + 1) - hits
    precision = shares(hits, hits + alarms)
    precision[0] = 1
    recall, rate = (shares(part, part[-1:]) for part in (hits, alarms))
    return Tradeoff(
        thresholds=np.append(np.inf, sorted_scores[ends]),
        precision=precision,
        recall=recall,
        false_positive_rate=rate,
        average_precision=float((np.diff(recall) * precision[1:]).sum()),
        area=float(np.trapezoid(recall, rate)),
    )


def tidy_threshold(thresholds: Doubles, place: int) -> float:
    """Return the number in 0 … 1 with the fewest decimals that predicts the same as ``thresholds[place]``."""
    high = min(float(thresholds[place]), 1.0)
    low = float(thresholds[place + 1]) if place + 1 < len(thresholds) else -np.inf
    for decimals in range(1, 8):
        rounded = np.floor(high * 10**decimals) / 10**decimals
        if low < np.float32(rounded) <= high:  # scores and thresholds are compared in single precision
            return max(float(rounded), 0.0)
    return max(high, 0.0)


def spread_out(x: Doubles, y: Doubles, steps: int) -> NDArray[np.int64]:
    """Return the places of points along a curve that are at least 1/``steps`` apart; both ends are among them."""
    way = np.cumsum(np.append(0, np.abs(np.diff(x)) + np.abs(np.diff(y))))
    kept = np.unique(np.floor(way * steps), return_index=True)[1]
    return np.union1d(kept, len(x) - 1)
