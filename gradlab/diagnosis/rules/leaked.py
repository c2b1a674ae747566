from collections.abc import Iterator

from typing_extensions import override

from gradlab.diagnosis.finding import Advice, Change, Finding, Level
from gradlab.diagnosis.rules.base import RULES, Rule
from gradlab.experiment.schema import Experiment
from gradlab.instruments.records.evidence import DataFacts, Evidence
from gradlab.language import mark

NO_LEAK = Advice(mark("Let no training row into the validation rows."), (Change("data.leak", 0.0),))
MANY = 0.1  # of the validation rows; a few equal rows are in many honest data sets


@RULES.register
class Leaked(Rule):
    """Rows of the validation set are also trained on."""

    name = "leaked"
    kind = "exact"
    level = "problem"
    rank = 60
    english_label = mark("Validation rows were trained on")
    leads_to = ("overfitting",)
    lesson = "leakage/1"
    seen_in = "data"

    @override
    def find(self, evidence: Evidence) -> Iterator[Finding]:
        data = evidence.data
        if data.is_played or not data.equal_rows:
            return
        yield Finding(
            id=self.name,
            level=_level(data),
            english=_text(data),
            words={
                "copies": f"{data.copied_rows:,}",
                "equal": f"{data.equal_rows:,}",
                "rows": f"{data.validation_rows:,}",
                "share": f"{_share(data):.0%}",
            },
            evidence={
                "copied_rows": float(data.copied_rows),
                "equal_rows": float(data.equal_rows),
                "validation_rows": float(data.validation_rows),
                "share": _share(data),
            },
            advice=_advice(evidence.experiment, data),
            key="data.leak" if evidence.experiment.data.leak else "",
            lesson=self.lesson,
        )

    @override
    def foresee(self, experiment: Experiment) -> Iterator[Finding]:
        if experiment.data.leak and experiment.data.holds_out:
            yield Finding(
                id=self.name,
                level=self.level,
                english=mark(
                    "{share} of the validation rows will be copies of training rows: they cannot tell how the "
                    "model does on rows that it has not seen."
                ),
                words={"share": f"{experiment.data.leak:.0%}"},
                evidence={"share": experiment.data.leak},
                advice=(NO_LEAK,),
                key="data.leak",
                lesson=self.lesson,
            )


def _share(data: DataFacts) -> float:
    return data.equal_rows / data.validation_rows


def _level(data: DataFacts) -> Level:
    if data.copied_rows:
        return "problem"
    return "warning" if _share(data) >= MANY else "info"


def _text(data: DataFacts) -> str:
    if data.copied_rows:
        return mark(
            "{copies} of {rows} validation rows are training rows ({share}): the validation numbers look "
            "better than they are."
        )
    return mark(
        "{equal} of {rows} validation rows equal a training row in all inputs and in the target ({share})."
    )


def _advice(experiment: Experiment, data: DataFacts) -> tuple[Advice, ...]:
    if experiment.data.leak:
        return (NO_LEAK,)
    if _share(data) >= MANY:
        return (Advice(mark("Take repeated rows out of the data before they are split.")),)
    return ()
