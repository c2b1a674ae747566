from collections.abc import Iterator

from typing_extensions import override

from gradlab.diagnosis import signs
from gradlab.diagnosis.advising import lower_rate, normalized, percent, possible, short
from gradlab.diagnosis.curve_rule import CurveRule
from gradlab.diagnosis.finding import Finding
from gradlab.diagnosis.rules.base import RULES
from gradlab.instruments.records.evidence import Evidence
from gradlab.language import mark

SAME = 0.99  # of the validation rows get the same answer
NO_GUESS = 0.9  # the largest class is no larger than that
STANDS_STILL = -4.0  # log10 of std(Δw) / std(w)


@RULES.register
class Collapsed(CurveRule):
    """The network gives every row the same answer, and nothing moves it any more."""

    name = "collapsed"
    rank = 190
    english_label = mark("The network has collapsed")
    leads_to = ("not_learning", "rate_too_low", "class_ignored", "layer_not_training")
    lesson = "vanishing/4"
    key = "optimizer.lr"

    @override
    def find(self, evidence: Evidence) -> Iterator[Finding]:
        if not _has_collapsed(evidence):
            return
        share, now = signs.constant_share(evidence), signs.loss_now(evidence)
        yield self.says(
            evidence,
            mark(
                "The network has collapsed: it gives {share}% of all rows the same answer, the loss is "
                "{now}, no better than a constant guess ({guess}), and no gradient leads out of it."
            ),
            words={"share": percent(share), "now": short(now), "guess": short(signs.guess(evidence))},
            numbers={"share": share, "loss": now, "guess_loss": signs.guess(evidence)},
            confidence=0.8,
            advice=possible(
                evidence,
                normalized(),
                lower_rate(evidence),
            ),
        )


def _has_collapsed(evidence: Evidence) -> bool:
    counts = evidence.counts
    if counts is None or not signs.has_shown(evidence, 30, 3) or len(signs.with_matrix(evidence)) < 2:
        return False
    if signs.is_mostly_dropped(evidence):
        return False
    return (
        signs.constant_share(evidence) >= SAME
        and signs.accuracies(counts)[1] < NO_GUESS
        and signs.level(evidence) > 0.9
        and _is_cut_off(evidence)
    )


def _is_cut_off(evidence: Evidence) -> bool:
    """Return whether a layer lets no gradient through: otherwise it is only slow, and steps are too short."""
    return (
        signs.worst_inactive(evidence)[0] > 0.9
        or signs.worst_saturated(evidence)[0] > 0.9
        or signs.fading(evidence) < 1e-3
        or signs.is_symmetric(evidence)
    )
