from collections.abc import Iterator

from typing_extensions import override

from gradlab.diagnosis import signs
from gradlab.diagnosis.advising import clipped, fitting_init, lower_rate, possible, short
from gradlab.diagnosis.curve_rule import CurveRule
from gradlab.diagnosis.finding import Finding
from gradlab.diagnosis.rules.base import RULES
from gradlab.instruments.records.evidence import Evidence
from gradlab.language import mark

HUGE = 50.0  # times a constant guess's loss: the norm of a gradient
GREW = 100.0  # times the first one


@RULES.register
class Exploding(CurveRule):
    """Gradients so large that no step fits them."""

    name = "exploding"
    seen_in = "flow"
    level = "problem"
    rank = 150
    english_label = mark("The gradient explodes")
    leads_to = (
        "bad_start",
        "blew_up",
        "dead_units",
        "not_learning",
        "collapsed",
        "oscillating",
        "saturated_units",
        "vanishing",
        "layer_not_training",
    )
    lesson = "vanishing/5"
    key = "optimizer.clip_norm"

    @override
    def find(self, evidence: Evidence) -> Iterator[Finding]:
        updates, first = evidence.updates, signs.first_grad_norm(evidence)
        if updates is None or not signs.with_matrix(evidence) or signs.is_mostly_dropped(evidence):
            return
        limit = HUGE * signs.guess(evidence)
        largest = float(max(updates.grad_norm.max(), updates.first_grad_norm.max(initial=0.0)))
        if first > limit and evidence.update >= 1:
            yield self._of_start(evidence, first)
        elif largest > limit and largest > GREW * first and not signs.level(evidence) < 1:
            yield self._of_growth(evidence, first, largest)

    def _of_start(self, evidence: Evidence, first: float) -> Finding:
        is_lasting = evidence.blew_up is not None or signs.level(evidence) > 0.9
        return self.says(
            evidence,
            mark(
                "The gradient is huge from the start: its norm was {first} at the first update, where about 1 "
                "is usual. The initial weights make the signal grow from layer to layer, and the gradient on "
                "its way back."
            ),
            words={"first": short(first)},
            numbers={"first_grad_norm": first, "guess_loss": signs.guess(evidence)},
            confidence=0.9,
            level="problem" if is_lasting else "info",
            advice=possible(evidence, fitting_init(evidence), clipped(), lower_rate(evidence)),
            since=1,
        )

    def _of_growth(self, evidence: Evidence, first: float, largest: float) -> Finding:
        return self.says(
            evidence,
            mark("The gradient explodes: its norm grew from {first} to {largest}."),
            words={"first": short(first), "largest": short(largest)},
            numbers={"first_grad_norm": first, "largest_grad_norm": largest},
            confidence=0.9,
            advice=possible(evidence, lower_rate(evidence), clipped()),
            since=1,
        )
