from collections.abc import Iterator

import numpy as np
from typing_extensions import override

from gradlab.diagnosis import signs
from gradlab.diagnosis.advising import advice, fitting_init, possible, short
from gradlab.diagnosis.curve_rule import CurveRule
from gradlab.diagnosis.finding import Finding
from gradlab.diagnosis.rules.base import RULES
from gradlab.instruments.records.evidence import Evidence
from gradlab.language import mark

LEVEL = 1e-5  # of the first gradient
LEAST_UPDATES = 20
PASS_HEIGHT, PASS_WIDTH = 0.5, 1e-3  # of the surface called saddle


@RULES.register
class Saddle(CurveRule):
    """The gradient is 0, and yet this is no lowest place."""

    name = "saddle"
    level = "problem"
    rank = 135
    english_label = mark("On a saddle point")
    leads_to = (
        "not_learning",
        "collapsed",
        "dead_units",
        "vanishing",
        "rate_too_low",
        "class_ignored",
        "layer_not_training",
    )
    lesson = "zero-gradient/4"
    key = "model.init"

    @override
    def find(self, evidence: Evidence) -> Iterator[Finding]:
        if evidence.update < LEAST_UPDATES:
            return
        if _is_symmetric(evidence):
            yield self._of_symmetry(evidence)
        elif _is_on_the_pass(evidence):
            yield self._of_pass(evidence)

    def _of_symmetry(self, evidence: Evidence) -> Finding:
        assert evidence.updates is not None
        places = signs.with_matrix(evidence)
        zeros = float(evidence.updates.layer_zero_shares[-1, places[0]])
        return self.says(
            evidence,
            mark(
                "All weights are equal, so all units of a layer do the same, and no gradient tells them "
                "apart: that of {layer} is exactly 0. This is a saddle point, no minimum: the loss stays at "
                "{now}."
            ),
            words={"layer": evidence.layers[places[0]].name, "now": short(signs.loss_now(evidence))},
            numbers={
                "zero_share": zeros,
                "loss": signs.loss_now(evidence),
                "guess_loss": signs.guess(evidence),
            },
            confidence=0.95,
            advice=possible(evidence, fitting_init(evidence), advice(_DRAWN, {"model.init": "default"})),
            layer=evidence.layers[places[0]].name,
            since=int(evidence.updates.measured[0]),
        )

    def _of_pass(self, evidence: Evidence) -> Finding:
        assert evidence.updates is not None
        norm = float(evidence.updates.grad_norm[-1])
        return self.says(
            evidence,
            mark(
                "The gradient is {norm}, as in a valley, but the height is {now}: this is the middle of the "
                "pass, and it goes down on both sides."
            ),
            words={"norm": short(norm), "now": short(signs.loss_now(evidence))},
            numbers={"grad_norm": norm, "loss": signs.loss_now(evidence)},
            confidence=0.95,
            advice=possible(
                evidence,
                advice(mark("Add a little noise: it is enough to leave the pass."), {"data.noise": 0.01}),
            ),
        )


_DRAWN = mark("Draw the initial weights by chance.")


def _is_symmetric(evidence: Evidence) -> bool:
    places, updates = signs.with_matrix(evidence), evidence.updates
    if (
        not signs.is_symmetric(evidence)
        or updates is None
        or len(places) < 2
        or not signs.level(evidence) > 0.9
    ):
        return False
    return bool((updates.layer_norms[:, places[0]] == 0).all())


def _is_on_the_pass(evidence: Evidence) -> bool:
    model, updates = evidence.experiment.model, evidence.updates
    if model.kind != "surface" or model.surface != "saddle" or updates is None:
        return False
    heights = updates.loss[-LEAST_UPDATES:]
    return bool(
        (updates.grad_norm[-LEAST_UPDATES:] < LEVEL * max(signs.first_grad_norm(evidence), 1.0)).all()
        and (np.abs(heights - PASS_HEIGHT) < PASS_WIDTH).all()
    )
