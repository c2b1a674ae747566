from collections.abc import Iterator

import numpy as np
from typing_extensions import override

from gradlab.diagnosis import signs
from gradlab.diagnosis.advising import advice, possible, short
from gradlab.diagnosis.curve_rule import CurveRule
from gradlab.diagnosis.finding import Finding
from gradlab.diagnosis.rules.base import RULES
from gradlab.instruments.records.evidence import Evidence
from gradlab.language import mark

LEVEL = 1e-4  # of the first gradient
UPDATES = 20  # the latest
LEARNED = 0.6  # of a constant guess's loss


@RULES.register
class Minimum(CurveRule):
    """The gradient is 0 because there is nothing left to gain."""

    name = "minimum"
    level = "info"
    rank = 320
    english_label = mark("At a minimum")
    leads_to = ("past_best",)
    lesson = "zero-gradient/1"
    key = "training.epochs"

    @override
    def find(self, evidence: Evidence) -> Iterator[Finding]:
        first, updates = signs.first_grad_norm(evidence), evidence.updates
        if updates is None or evidence.update < UPDATES or evidence.blew_up is not None:
            return
        latest = updates.grad_norm[-UPDATES:]
        if not (np.isfinite(latest).all() and (latest < LEVEL * first).all()) or not _is_low(evidence):
            return
        yield self.says(
            evidence,
            mark(
                "At a minimum: the gradient has shrunk from {first} to {norm}, and the loss stays at {now}. "
                "There is nothing left to gain; the training can end."
            ),
            words={"first": short(first), "norm": short(latest[-1]), "now": short(updates.loss[-1])},
            numbers={"first_grad_norm": first, "grad_norm": latest[-1], "loss": updates.loss[-1]},
            confidence=0.9,
            advice=possible(evidence, advice(mark("Train for fewer epochs."), _fewer(evidence))),
            since=int(updates.update[-UPDATES:][0]),
        )


def _fewer(evidence: Evidence) -> dict[str, object]:
    return {"training.epochs": max(signs.epochs_done(evidence) // 2, 1)}


def _is_low(evidence: Evidence) -> bool:
    if evidence.data.has_targets:
        return signs.level(evidence) < LEARNED
    return signs.loss_now(evidence) < 0.1 * signs.first_loss(evidence)
