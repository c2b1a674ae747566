from collections.abc import Iterator

from typing_extensions import override

from gradlab.diagnosis.exact_rule import ExactRule
from gradlab.diagnosis.finding import Advice, Change, Finding
from gradlab.diagnosis.rules.base import RULES
from gradlab.instruments.records.evidence import Evidence, Numbers
from gradlab.language import mark

BY_SAMPLES = Advice(
    mark("Weigh the batches by their rows, as one big batch would."), (Change("gradients.scale", "samples"),)
)
DROPPED = Advice(
    mark("Or leave out the last batches of an epoch that do not fill an update."),
    (Change("gradients.tail", "drop"),),
)


@RULES.register
class SmallTail(ExactRule):
    """Batches of unequal size, or too few of them, are divided by the same number."""

    name = "small_tail"
    level = "warning"
    rank = 50
    english_label = mark("The last batches are not weighed by their rows")
    leads_to = ("oscillating",)
    lesson = "accumulating/3"
    seen_in = "gradients"

    @override
    def find(self, evidence: Evidence) -> Iterator[Finding]:
        seen = evidence.unequal
        if seen is None or seen.latest < evidence.update:
            return
        yield self.says(
            seen,
            _text(seen.numbers),
            words={
                "update": str(seen.since),
                "error": f"{seen.numbers.get('error', 0):.0%}",
                "batches": f"{seen.numbers['batches']:.0f}",
                "wanted": f"{seen.numbers['accumulate']:.0f}",
                "fewest": f"{seen.numbers['fewest_rows']:.0f}",
                "most": f"{seen.numbers['most_rows']:.0f}",
            },
            advice=(BY_SAMPLES, DROPPED) if _is_partial(seen.numbers) else (BY_SAMPLES,),
            key="gradients.scale",
        )


def _is_partial(numbers: Numbers) -> bool:
    return numbers["batches"] < numbers["accumulate"]


def _text(numbers: Numbers) -> str:
    if _is_partial(numbers):
        return mark(
            "Update {update} has {batches} of {wanted} batches, of {fewest} to {most} rows, and yet each "
            "counts 1/{wanted}: its gradient is {error} off the one in which every row counts the same."
        )
    return mark(
        "In update {update} batches of {fewest} to {most} rows count the same: its gradient is {error} off "
        "the one in which every row does."
    )
