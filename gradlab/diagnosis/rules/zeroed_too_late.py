from collections.abc import Iterator

from typing_extensions import override

from gradlab.diagnosis.finding import Advice, Change, Finding
from gradlab.diagnosis.rules.base import RULES, Rule
from gradlab.experiment.schema import Experiment
from gradlab.instruments.records.evidence import Evidence
from gradlab.language import mark

EVERY_UPDATE = Advice(
    mark("Zero the gradients before every update."), (Change("gradients.zero", "every_update"),)
)
ADD_UP_CHUNKS = Advice(mark("Let the chunks of a batch add up."), (Change("gradients.zero_chunks", False),))


@RULES.register
class ZeroedTooLate(Rule):
    """What a backward pass has added is emptied before the optimizer uses it."""

    name = "zeroed_too_late"
    kind = "exact"
    level = "problem"
    rank = 30
    english_label = mark("Gradients are emptied before they are used")
    leads_to = (
        "not_learning",
        "layer_not_training",
        "rate_too_low",
        "collapsed",
        "vanishing",
        "saddle",
        "minimum",
        "class_ignored",
        "oscillating",
        "batch_size",
        "bad_start",
    )
    lesson = "where-zero-grad/2"
    seen_in = "gradients"

    @override
    def find(self, evidence: Evidence) -> Iterator[Finding]:
        seen = evidence.lost
        if seen is None or seen.latest < evidence.update:
            return
        gradients = evidence.experiment.gradients
        share = seen.numbers["share"]
        advice, lesson = [], self.lesson
        if gradients.zero != "every_update":
            advice.append(EVERY_UPDATE)
        if gradients.zero_chunks and gradients.zero != "after_backward":
            advice.append(ADD_UP_CHUNKS)
        if len(advice) > 1:
            advice = [Advice(EVERY_UPDATE.english, EVERY_UPDATE.changes + ADD_UP_CHUNKS.changes)]
        if gradients.zero == "every_batch":
            lesson = "where-zero-grad/4"
        elif gradients.zero == "every_epoch":
            lesson = "where-zero-grad/3"
        elif gradients.zero_chunks and gradients.zero != "after_backward":
            lesson = "through-time/3"
        yield Finding(
            id=self.name,
            level=self.level,
            english=ALL if share == 1 else PART,
            words={
                "update": str(seen.since),
                "share": f"{share:.0%}",
                "lost": f"{seen.numbers['lost_passes']:.0f}",
                "passes": f"{seen.numbers['passes']:.0f}",
            },
            evidence=seen.numbers,
            since_update=seen.since,
            epoch=seen.epoch,
            advice=tuple(advice),
            key="gradients.zero" if advice[0] is not ADD_UP_CHUNKS else "gradients.zero_chunks",
            lesson=lesson,
        )

    @override
    def foresee(self, experiment: Experiment) -> Iterator[Finding]:
        zero, count = experiment.gradients.zero, experiment.gradients.accumulate
        if zero == "after_backward":
            text = mark(
                "The gradients are zeroed between the backward pass and the step: nothing of them ever "
                "reaches the optimizer."
            )
            yield self._coming(text, {}, self.lesson)
        elif zero == "every_batch" and count > 1:
            text = mark(
                "The gradients are zeroed before every batch: of the {count} batches of an update only the "
                "last one counts."
            )
            yield self._coming(text, {"count": str(count)}, "where-zero-grad/4")

    def _coming(self, text: str, words: dict[str, str], lesson: str) -> Finding:
        return Finding(
            self.name, self.level, text, words, advice=(EVERY_UPDATE,), key="gradients.zero", lesson=lesson
        )


ALL = mark(
    "The gradients are emptied before the optimizer can use them: since update {update} nothing of what is "
    "computed reaches the weights."
)
PART = mark(
    "The gradients are emptied before the optimizer uses them: in update {update} {lost} of {passes} backward "
    "passes are lost, {share} of the gradient."
)
