from collections.abc import Iterator

from typing_extensions import override

from gradlab.diagnosis import signs
from gradlab.diagnosis.advising import advice, lower_rate, normalized, possible, short, standardized
from gradlab.diagnosis.curve_rule import CurveRule
from gradlab.diagnosis.finding import Advice, Finding
from gradlab.diagnosis.rules.base import RULES
from gradlab.instruments.records.evidence import Evidence
from gradlab.language import mark

MOST = 0.5  # of a layer's answers
HARMS = 0.4  # of a constant guess's loss


@RULES.register
class SaturatedUnits(CurveRule):
    """Units at the flat ends of tanh or sigmoid, where there is hardly a slope to follow."""

    name = "saturated_units"
    seen_in = "activations"
    rank = 170
    english_label = mark("Saturated units")
    leads_to = (
        "vanishing",
        "not_learning",
        "collapsed",
        "rate_too_low",
        "oscillating",
        "class_ignored",
        "bad_start",
        "layer_not_training",
    )
    lesson = "vanishing/3"
    key = "model.init"

    @override
    def find(self, evidence: Evidence) -> Iterator[Finding]:
        share, place = signs.worst_saturated(evidence)
        if not share > MOST or not evidence.update:
            return
        name = evidence.layers[place].name
        at_start = float(evidence.probes[0].saturated[place])
        yield self.says(
            evidence,
            mark(
                "{share}% of the answers of {layer} are at the flat ends of {activation}, where there is "
                "hardly a slope to follow. Before training it was {before}%. The loss is {now}."
            ),
            words={
                "share": f"{100 * share:.0f}",
                "layer": name,
                "activation": evidence.layers[place].activation or evidence.experiment.model.activation,
                "before": f"{100 * at_start:.0f}",
                "now": short(signs.loss_now(evidence)),
            },
            numbers={"saturated": share, "saturated_before": at_start, "loss": signs.loss_now(evidence)},
            confidence=0.9 if share > 0.9 else 0.7,
            level="warning" if signs.level(evidence) > HARMS else "info",
            advice=_to_try(evidence, born_flat=at_start > MOST),
            layer=name,
            since=_since(evidence, place),
        )


def _since(evidence: Evidence, place: int) -> int:
    return next(probe.update for probe in evidence.probes if probe.saturated[place] > MOST)


def _to_try(evidence: Evidence, *, born_flat: bool) -> tuple[Advice, ...]:
    standard = standardized()
    biases = advice(mark("Add nothing to the biases."), {"model.bias": 0.0})
    init = advice(
        mark("Use Xavier's initial weights: they keep the signal's size."), {"model.init": "xavier"}
    )
    normal = normalized()
    if born_flat:
        return possible(evidence, standard, biases, init, normal)
    return possible(evidence, standard, lower_rate(evidence), init, normal)
