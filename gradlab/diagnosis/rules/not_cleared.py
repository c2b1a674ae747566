from collections.abc import Iterator

from typing_extensions import override

from gradlab.diagnosis.finding import Advice, Change, Finding
from gradlab.diagnosis.rules.base import RULES, Rule
from gradlab.instruments.records.evidence import Evidence
from gradlab.language import mark

ADVICE = Advice(mark("Zero the gradients before every update."), (Change("gradients.zero", "every_update"),))


@RULES.register
class NotCleared(Rule):
    """The gradients of earlier updates are still in the buffer."""

    name = "not_cleared"
    kind = "exact"
    level = "problem"
    rank = 20
    english_label = mark("Gradients are not cleared")
    leads_to = ("blew_up", "exploding", "rate_too_high", "oscillating", "not_learning", "collapsed")
    lesson = "why-zero"
    seen_in = "gradients"

    @override
    def find(self, evidence: Evidence) -> Iterator[Finding]:
        seen = evidence.left_over
        if seen is None or seen.latest < evidence.update:
            return
        yield Finding(
            id=self.name,
            level=self.level,
            english=mark(
                "Gradients are not cleared: since update {update} the buffer still holds those of earlier "
                "updates when a new one begins. Old directions are used again and again."
            ),
            words={"update": str(seen.since)},
            evidence=seen.numbers,
            since_update=seen.since,
            epoch=seen.epoch,
            advice=(ADVICE,),
            key="gradients.zero",
            lesson=self.lesson,
        )
