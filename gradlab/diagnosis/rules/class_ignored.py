from collections.abc import Iterator

import numpy as np
from typing_extensions import override

from gradlab.diagnosis import signs
from gradlab.diagnosis.advising import balanced, lower_threshold, percent, possible
from gradlab.diagnosis.curve_rule import CurveRule
from gradlab.diagnosis.finding import Finding
from gradlab.diagnosis.rules.base import RULES
from gradlab.instruments.records.evidence import Evidence
from gradlab.language import mark, shown_name

FEW = 0.3  # of a class are recognized
GOOD = 0.75  # accuracy
LEAST_ROWS = 8  # of the class, among those held out
LEAST_EPOCHS = 4
FALLS = 0.1  # of the loss, in an epoch: it has not learned yet what it will


@RULES.register
class ClassIgnored(CurveRule):
    """The accuracy looks good, and one class is hardly ever recognized: the accuracy paradox."""

    name = "class_ignored"
    seen_in = "confusion"
    judged_by = "val_f1"
    rank = 220
    english_label = mark("A class is ignored")
    leads_to = ("not_learning",)
    lesson = "accuracy-paradox/2"
    key = "training.class_weights"

    @override
    def find(self, evidence: Evidence) -> Iterator[Finding]:
        counts, data = evidence.counts, evidence.data
        if (
            counts is None
            or data.is_played
            or len(counts) < 2
            or not signs.has_shown(evidence, 20, LEAST_EPOCHS)
        ):
            return
        accuracy, constant, recalls = signs.accuracies(counts)
        rows = counts.sum(axis=1)
        known = np.where(rows >= LEAST_ROWS, recalls, np.inf)
        worst = int(np.argmin(known))
        if not known[worst] < FEW or accuracy < GOOD or _still_falls(evidence):
            return
        yield self.says(
            evidence,
            mark(
                "{name} is ignored: of {rows} such rows held out, {found} were recognized, although "
                "{accuracy}% of all answers are right. Always guessing the largest class is right in "
                "{constant}%."
            ),
            words={
                "name": shown_name(data.class_names[worst]),
                "rows": str(rows[worst]),
                "found": str(counts[worst, worst]),
                "accuracy": percent(accuracy),
                "constant": percent(constant),
            },
            numbers={
                "recall": recalls[worst],
                "rows": rows[worst],
                "accuracy": accuracy,
                "accuracy_of_constant_guess": constant,
            },
            confidence=0.9,
            advice=possible(
                evidence,
                balanced(),
                lower_threshold(evidence),
            ),
        )


def _still_falls(evidence: Evidence) -> bool:
    losses = signs.train_losses(evidence)
    return bool(losses[-1] < losses[-2] * (1 - FALLS))
