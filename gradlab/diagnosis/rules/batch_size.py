from collections.abc import Iterator

from typing_extensions import override

from gradlab.diagnosis import signs
from gradlab.diagnosis.advising import advice, possible
from gradlab.diagnosis.curve_rule import CurveRule
from gradlab.diagnosis.finding import Advice, Finding
from gradlab.diagnosis.rules.base import RULES
from gradlab.instruments.records.evidence import Evidence
from gradlab.language import mark

TIMES = 10.0
LEAST_UPDATES = 50


@RULES.register
class BatchSize(CurveRule):
    """A batch is far smaller, or far larger, than the noise of the gradient asks for."""

    name = "batch_size"
    seen_in = "flow"
    level = "info"
    rank = 310
    english_label = mark("The batch size does not fit the noise")
    lesson = "epochs/3"
    key = "training.batch_size"

    @override
    def find(self, evidence: Evidence) -> Iterator[Finding]:
        scale, rows = evidence.noise_scale, _rows(evidence)
        if not scale > 0 or evidence.update < LEAST_UPDATES or not signs.level(evidence) < 1:
            return
        if rows * TIMES < scale:
            yield self._of_small(evidence, rows, scale)
        elif rows > TIMES * scale:
            yield self._of_large(evidence, rows, scale)

    def _of_small(self, evidence: Evidence, rows: int, scale: float) -> Finding:
        batches = evidence.experiment.gradients.accumulate * 4
        text = mark(
            "An update uses {rows} rows, and only about {scale} rows would give a clear direction: the "
            "steps are mostly noise."
        )
        wanted = advice(
            mark("Accumulate {batches} batches before each update."),
            {"gradients.accumulate": batches},
            batches=str(batches),
        )
        return self._about(evidence, text, rows, scale, wanted)

    def _of_large(self, evidence: Evidence, rows: int, scale: float) -> Finding:
        size = max(evidence.experiment.training.batch_size // 4, 1)
        text = mark(
            "An update uses {rows} rows, although about {scale} rows already give a clear direction: "
            "smaller batches would make more updates of the same work."
        )
        wanted = advice(mark("Use batches of {size} rows."), {"training.batch_size": size}, size=str(size))
        return self._about(evidence, text, rows, scale, wanted)

    def _about(self, evidence: Evidence, text: str, rows: int, scale: float, wanted: Advice) -> Finding:
        return self.says(
            evidence,
            text,
            words={"rows": str(rows), "scale": f"{scale:.0f}"},
            numbers={"rows": rows, "noise_scale": scale},
            confidence=0.6,
            advice=possible(evidence, wanted),
        )


def _rows(evidence: Evidence) -> int:
    rows = evidence.experiment.training.batch_size * evidence.experiment.gradients.accumulate
    return min(rows, evidence.data.train_rows) if evidence.data.train_rows else rows
