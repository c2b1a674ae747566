from collections.abc import Iterator

from typing_extensions import override

from gradlab.diagnosis import signs
from gradlab.diagnosis.advising import advice, fitting_init, lower_rate, normalized, possible, short, wider
from gradlab.diagnosis.curve_rule import CurveRule
from gradlab.diagnosis.finding import Advice, Finding
from gradlab.diagnosis.rules.base import RULES
from gradlab.instruments.records.evidence import Evidence
from gradlab.language import mark

MOST = 0.5  # of a layer's units
NEARLY_ALL = 0.9
FEW = 4  # units of a layer: all of them die easily


@RULES.register
class DeadUnits(CurveRule):
    """Units that answer 0 to every row: no gradient passes through them, and they never come back."""

    name = "dead_units"
    seen_in = "activations"
    rank = 160
    english_label = mark("Dead units")
    leads_to = ("not_learning", "collapsed", "rate_too_low", "class_ignored", "layer_not_training")
    lesson = "vanishing/4"
    key = "model.activation"

    @override
    def find(self, evidence: Evidence) -> Iterator[Finding]:
        share, place = signs.worst_inactive(evidence)
        if not share > MOST or not evidence.update or _says_little(evidence):
            return
        layer, probe = evidence.layers[place], evidence.probes[-1]
        at_start = float(evidence.probes[0].inactive[place])
        yield self.says(
            evidence,
            mark(
                "{share}% of the units of {layer} are dead: they answer 0 to every row, so no gradient "
                "passes through them. Before training it was {before}%. The loss is {now}."
            ),
            words={
                "share": f"{100 * share:.0f}",
                "layer": layer.name,
                "before": f"{100 * at_start:.0f}",
                "now": short(signs.loss_now(evidence)),
            },
            numbers={"inactive": share, "inactive_before": at_start, "loss": signs.loss_now(evidence)},
            confidence=0.9 if share > NEARLY_ALL else 0.7,
            level="warning" if _does_harm(evidence, share) else "info",
            advice=_to_try(evidence, born_dead=at_start > MOST),
            layer=layer.name,
            since=_since(evidence, place) or probe.update,
        )


def _says_little(evidence: Evidence) -> bool:
    return signs.is_symmetric(evidence) or signs.is_mostly_dropped(evidence)


def _does_harm(evidence: Evidence, share: float) -> bool:
    """Return whether the loss is as high as if the dead units were missed: healthy layers have some, too."""
    if share > NEARLY_ALL:
        return signs.level(evidence) > 0.15
    return signs.has_shown(evidence, 100, 4) and signs.level(evidence) > 0.8


def _since(evidence: Evidence, place: int) -> int:
    return next((probe.update for probe in evidence.probes if probe.inactive[place] > MOST), 0)


def _to_try(evidence: Evidence, *, born_dead: bool) -> tuple[Advice, ...]:
    leaky = advice(mark("Use leaky ReLU: its units cannot die."), {"model.activation": "leaky_relu"})
    normal = normalized()
    biases = (
        advice(mark("Add nothing to the biases."), {"model.bias": 0.0})
        if evidence.experiment.model.bias < 0
        else None
    )
    few = wider(evidence) if min(evidence.experiment.model.hidden, default=FEW) < FEW else None
    if born_dead:
        return possible(evidence, biases, few, fitting_init(evidence), leaky, normal)
    return possible(evidence, few, lower_rate(evidence), leaky, normal)
