from collections.abc import Iterator

from typing_extensions import override

from gradlab.diagnosis.exact_rule import ExactRule
from gradlab.diagnosis.finding import Advice, Change, Finding
from gradlab.diagnosis.rules.base import RULES
from gradlab.experiment.schema import Experiment
from gradlab.instruments.records.evidence import Evidence
from gradlab.language import mark

ADVICE = Advice(mark("Zero the gradients before every update."), (Change("gradients.zero", "every_update"),))
COMING = {
    "never": mark("The gradients are never zeroed: every update uses those of all updates before it again."),
    "every_epoch": mark(
        "The gradients are zeroed once per epoch: within an epoch every update uses those of the updates "
        "before it again."
    ),
}


@RULES.register
class NotCleared(ExactRule):
    """The gradients of earlier updates are still in the buffer."""

    name = "not_cleared"
    level = "problem"
    rank = 20
    english_label = mark("Gradients are not cleared")
    leads_to = (
        "blew_up",
        "exploding",
        "rate_too_high",
        "oscillating",
        "not_learning",
        "collapsed",
        "dead_units",
        "saturated_units",
        "overfitting",
        "past_best",
        "class_ignored",
        "batch_size",
        "layer_not_training",
        "vanishing",
    )
    lesson = "why-zero/2"
    seen_in = "gradients"

    @override
    def find(self, evidence: Evidence) -> Iterator[Finding]:
        seen = evidence.left_over
        if seen is None or seen.latest < evidence.update:
            return
        yield self.says(
            seen,
            mark(
                "Gradients are not cleared: since update {update} the optimizer also uses what earlier "
                "updates left in the buffer, in that update {share} of all of it. Old directions are used "
                "again and again."
            ),
            words={"update": str(seen.since), "share": f"{seen.numbers.get('share', 0):.0%}"},
            advice=(ADVICE,),
            key="gradients.zero",
        )

    @override
    def foresee(self, experiment: Experiment) -> Iterator[Finding]:
        if text := COMING.get(experiment.gradients.zero):
            yield Finding(
                self.name, self.level, text, advice=(ADVICE,), key="gradients.zero", lesson=self.lesson
            )
