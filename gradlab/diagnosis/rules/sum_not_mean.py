from collections.abc import Iterator

from typing_extensions import override

from gradlab.diagnosis.exact_rule import ExactRule
from gradlab.diagnosis.finding import Advice, Change, Finding, Level
from gradlab.diagnosis.rules.base import RULES
from gradlab.experiment.schema import Experiment
from gradlab.instruments.records.evidence import Evidence
from gradlab.language import mark
from gradlab.training.optimizers.base import OPTIMIZERS

BY_SAMPLES = Advice(
    mark("Weigh the batches by their rows, as one big batch would."), (Change("gradients.scale", "samples"),)
)


@RULES.register
class SumNotMean(ExactRule):
    """The batches of an update are added up without dividing."""

    name = "sum_not_mean"
    level = "warning"
    rank = 40
    english_label = mark("Batches are added up without dividing")
    leads_to = (
        "blew_up",
        "exploding",
        "rate_too_high",
        "oscillating",
        "collapsed",
        "dead_units",
        "saturated_units",
        "not_learning",
        "class_ignored",
        "layer_not_training",
        "vanishing",
    )
    lesson = "accumulating/2"
    seen_in = "gradients"

    @override
    def find(self, evidence: Evidence) -> Iterator[Finding]:
        seen = evidence.summed
        if seen is None or seen.latest < evidence.update:
            return
        count = int(seen.numbers["batches"])
        yield self.says(
            seen,
            _text(evidence.experiment),
            words={"count": str(count)},
            advice=_advice(evidence.experiment, count),
            key="gradients.scale",
            level=_level(evidence.experiment),
        )

    @override
    def foresee(self, experiment: Experiment) -> Iterator[Finding]:
        count = experiment.gradients.accumulate
        kept = experiment.gradients.zero not in ("every_batch", "after_backward")
        if experiment.gradients.scale == "sum" and count > 1 and kept:
            yield Finding(
                id=self.name,
                level=_level(experiment),
                english=_text(experiment),
                words={"count": str(count)},
                evidence={"batches": float(count)},
                advice=_advice(experiment, count),
                key="gradients.scale",
                lesson=self.lesson,
            )


def _level(experiment: Experiment) -> Level:
    return "info" if OPTIMIZERS[experiment.optimizer.kind].scales_steps else "warning"


def _text(experiment: Experiment) -> str:
    if OPTIMIZERS[experiment.optimizer.kind].scales_steps:
        return mark(
            "The {count} batches of an update are added up without dividing: the gradient is {count} times as "
            "long as that of one big batch. This optimizer hardly minds, since it scales its steps."
        )
    return mark(
        "The {count} batches of an update are added up without dividing: the gradient, and so the step, is "
        "{count} times as long as that of one big batch."
    )


def _advice(experiment: Experiment, count: int) -> tuple[Advice, ...]:
    rate = float(f"{experiment.optimizer.lr / count:.6g}")
    slower = Advice(
        mark("Or divide the learning rate by {count}."),
        (Change("optimizer.lr", rate),),
        {"count": str(count)},
    )
    return (BY_SAMPLES,) if OPTIMIZERS[experiment.optimizer.kind].scales_steps else (BY_SAMPLES, slower)
