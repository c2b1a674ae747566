from collections.abc import Iterator

from typing_extensions import override

from gradlab.diagnosis import signs
from gradlab.diagnosis.advising import advice, fitting_init, possible, short, standardized
from gradlab.diagnosis.curve_rule import CurveRule
from gradlab.diagnosis.finding import Finding
from gradlab.diagnosis.rules.base import RULES
from gradlab.instruments.records.evidence import Evidence
from gradlab.language import mark

WORSE = 2.0  # times a constant guess's loss
MUCH_WORSE = 5.0


@RULES.register
class BadStart(CurveRule):
    """Before training the network is sure of itself, and wrong."""

    name = "bad_start"
    rank = 130
    english_label = mark("A bad start")
    leads_to = ("blew_up", "not_learning", "oscillating")
    lesson = "vanishing/5"
    key = "model.init"

    @override
    def find(self, evidence: Evidence) -> Iterator[Finding]:
        start = signs.first_level(evidence)
        # The outputs of an untrained network are near 0, and numbers that are not standardized may be far from it.
        if not start > WORSE or (
            evidence.data.task == "regression" and not evidence.experiment.data.standardize_target
        ):
            return
        lasts = evidence.blew_up is not None or (
            signs.has_shown(evidence, 20, 1) and signs.level(evidence) > 1.5
        )
        yield self.says(
            evidence,
            mark(
                "A bad start: before training the loss was {first}, and always guessing the same would give "
                "{guess}. The initial weights make the network sure of wrong answers."
            ),
            words={"first": short(signs.first_loss(evidence)), "guess": short(signs.guess(evidence))},
            numbers={"first_loss": signs.first_loss(evidence), "guess_loss": signs.guess(evidence)},
            confidence=0.9 if start > MUCH_WORSE else 0.6,
            level="warning" if start > MUCH_WORSE and lasts else "info",
            advice=possible(
                evidence,
                standardized(),
                fitting_init(evidence),
                advice(mark("Use PyTorch's initial weights."), {"model.init": "default"}),
            ),
            since=0,
        )
