from collections.abc import Iterator

from typing_extensions import override

from gradlab.diagnosis.exact_rule import ExactRule
from gradlab.diagnosis.finding import Advice, Change, Finding
from gradlab.diagnosis.rules.base import RULES
from gradlab.experiment.schema import Experiment
from gradlab.experiment.sections.gradients import Gradients
from gradlab.instruments.records.evidence import Evidence
from gradlab.language import mark

EVERY_UPDATE = Advice(
    mark("Zero the gradients before every update."), (Change("gradients.zero", "every_update"),)
)
ADD_UP_CHUNKS = Advice(mark("Let the chunks of a batch add up."), (Change("gradients.zero_chunks", False),))
LESSONS = {"every_batch": "where-zero-grad/4", "every_epoch": "where-zero-grad/3"}


@RULES.register
class ZeroedTooLate(ExactRule):
    """What a backward pass has added is emptied before the optimizer uses it."""

    name = "zeroed_too_late"
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
        advice = _advice(gradients)
        yield self.says(
            seen,
            ALL if share == 1 else PART,
            words={
                "update": str(seen.since),
                "share": f"{share:.0%}",
                "lost": f"{seen.numbers['lost_passes']:.0f}",
                "passes": f"{seen.numbers['passes']:.0f}",
            },
            advice=(advice,),
            key="gradients.zero_chunks" if advice is ADD_UP_CHUNKS else "gradients.zero",
            lesson=_lesson(gradients),
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
            yield self._coming(text, {"count": str(count)}, LESSONS[zero])

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


def _advice(gradients: Gradients) -> Advice:
    """Return what puts all places right at which the gradient is emptied too early."""
    if gradients.zero == "every_update":
        return ADD_UP_CHUNKS
    if not _loses_chunks(gradients):
        return EVERY_UPDATE
    return Advice(EVERY_UPDATE.english, EVERY_UPDATE.changes + ADD_UP_CHUNKS.changes)


def _lesson(gradients: Gradients) -> str:
    """Return the lesson's step about it; empty for the usual one."""
    if gradients.zero in LESSONS:
        return LESSONS[gradients.zero]
    return "through-time/3" if _loses_chunks(gradients) else ""


def _loses_chunks(gradients: Gradients) -> bool:
    return gradients.zero_chunks and gradients.zero != "after_backward"
