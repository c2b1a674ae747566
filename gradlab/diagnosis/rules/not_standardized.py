from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from gradlab.diagnosis.advising import possible, short, standardized
from gradlab.diagnosis.curve_rule import CurveRule
from gradlab.diagnosis.finding import Finding
from gradlab.diagnosis.rules.base import RULES
from gradlab.instruments.records.arrays import Doubles
from gradlab.instruments.records.evidence import Evidence
from gradlab.language import mark

FAR = 5.0  # a mean so far from 0, or a deviation so large
NARROW = 0.02  # a deviation so small beside the largest


@RULES.register
class NotStandardized(CurveRule):
    """Inputs of very different sizes, or far from 0: one learning rate does not fit all of them."""

    name = "not_standardized"
    seen_in = "data"
    level = "info"
    rank = 100
    english_label = mark("The inputs are not standardized")
    leads_to = (
        "rate_too_high",
        "rate_too_low",
        "exploding",
        "bad_start",
        "dead_units",
        "saturated_units",
        "vanishing",
        "blew_up",
        "oscillating",
        "not_learning",
        "collapsed",
        "class_ignored",
        "layer_not_training",
    )
    key = "data.standardize"

    @override
    def find(self, evidence: Evidence) -> Iterator[Finding]:
        data = evidence.data
        if evidence.experiment.data.standardize or not data.has_targets or data.is_played:
            return
        varies = np.isfinite(data.deviations) & (data.deviations > 0)  # a constant says nothing of scales
        if not varies.any():
            return
        place = _strangest(data.means, data.deviations, varies)
        mean, deviation = float(data.means[place]), float(data.deviations[place])
        if abs(mean) < FAR and deviation < FAR and deviation > NARROW * float(data.deviations[varies].max()):
            return
        name = data.input_names[place] if place < len(data.input_names) else ""
        yield self.says(
            evidence,
            mark(
                "The inputs are not standardized: {name} has a mean of {mean} and a deviation of {deviation}, "
                "where 0 and 1 suit a network best."
            ),
            words={
                "name": name or str(place + 1),
                "mean": short(mean),
                "deviation": short(deviation),
            },
            numbers={"mean": mean, "deviation": deviation, "feature": place + 1},
            confidence=0.8,
            advice=possible(evidence, standardized()),
            since=0,
        )


def _strangest(means: Doubles, deviations: Doubles, varies: NDArray[np.bool_]) -> int:
    """Return the place of the feature that is farthest from mean 0 and deviation 1."""
    with np.errstate(divide="ignore"):
        distance = np.abs(means) + np.abs(np.log(np.where(varies, deviations, 1.0))) + deviations
    return int(np.argmax(np.where(varies, distance, -np.inf)))
