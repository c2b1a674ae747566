from collections.abc import Iterator

from typing_extensions import override

from gradlab.diagnosis import signs
from gradlab.diagnosis.advising import advice, normalized, possible, short
from gradlab.diagnosis.curve_rule import CurveRule
from gradlab.diagnosis.finding import Finding
from gradlab.diagnosis.rules.base import RULES
from gradlab.instruments.records.evidence import Evidence
from gradlab.language import mark

WEAK = 0.05
FADED = 1e-3  # the first layer's gradient beside the last's
STUCK = 0.9  # of a constant guess's loss


@RULES.register
class Vanishing(CurveRule):
    """The gradient gets lost on its way to the first layers."""

    name = "vanishing"
    seen_in = "flow"
    level = "problem"
    rank = 140
    english_label = mark("The gradient vanishes")
    leads_to = (
        "not_learning",
        "collapsed",
        "dead_units",
        "rate_too_low",
        "class_ignored",
        "layer_not_training",
    )
    lesson = "vanishing/1"
    key = "model.activation"

    @override
    def find(self, evidence: Evidence) -> Iterator[Finding]:
        faded = signs.early_fading(evidence)
        if not _has_vanished(evidence):
            return
        places = signs.with_matrix(evidence)
        first, last = evidence.layers[places[0]].name, evidence.layers[places[-1]].name
        assert evidence.updates is not None
        yield self.says(
            evidence,
            mark(
                "The gradient vanishes on its way back: that of {first} is {faded} of that of {last}. The "
                "first layers hardly move, and the loss stays at {now}."
            ),
            words={
                "first": first,
                "last": last,
                "faded": short(min(faded, signs.fading(evidence)) or faded),
                "now": short(signs.loss_now(evidence)),
            },
            numbers={
                "first_to_last_gradient": signs.fading(evidence),
                "first_mean_abs_gradient": float(evidence.updates.layer_mean_abs[-1, places[0]]),
                "loss": signs.loss_now(evidence),
                "guess_loss": signs.guess(evidence),
            },
            confidence=0.9,
            advice=possible(
                evidence,
                advice(
                    mark("Use ReLU with He's initial weights: it passes gradients on as they are."),
                    {"model.activation": "relu", "model.init": "he"},
                ),
                advice(
                    mark("Use tanh with Xavier's initial weights."),
                    {"model.activation": "tanh", "model.init": "xavier"},
                ),
                normalized(),
            ),
            layer=first,
            since=int(evidence.updates.measured[0]),
        )


def _has_vanished(evidence: Evidence) -> bool:
    return (
        signs.has_shown(evidence, epochs=1)
        and signs.level(evidence) > STUCK
        and (_fades_away(evidence) or _hardly_arrives(evidence))
        and not signs.worst_inactive(evidence, at_start=True)[0] > 0.9
        and not signs.worst_saturated(evidence, at_start=True)[0] > 0.5
        and not signs.is_symmetric(evidence)
        and not signs.is_mostly_dropped(evidence)
    )


def _fades_away(evidence: Evidence) -> bool:
    return signs.early_fading(evidence) < 10 * FADED and signs.fading(evidence) < FADED


def _hardly_arrives(evidence: Evidence) -> bool:
    """Return whether the first layer gets little, and nothing was learned although steps are long enough."""
    return (
        signs.has_shown(evidence, 100, 3)
        and signs.best_level(evidence) > 0.97
        and signs.early_fading(evidence) < WEAK
        and signs.usual_step(evidence) > -3.3
    )
