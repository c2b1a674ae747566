from collections.abc import Iterator

import numpy as np
from typing_extensions import override

from gradlab.diagnosis.advising import balanced, lower_threshold, percent, possible
from gradlab.diagnosis.curve_rule import CurveRule
from gradlab.diagnosis.finding import Finding
from gradlab.diagnosis.rules.base import RULES
from gradlab.instruments.records.evidence import Evidence
from gradlab.language import mark, shown_name

RATIO = 10  # rows of the largest class for one of the smallest


@RULES.register
class Imbalanced(CurveRule):
    """A class is so rare that a network can leave it out and still be right nearly always."""

    name = "imbalanced"
    seen_in = "confusion"
    judged_by = "val_f1"
    level = "info"
    rank = 105
    english_label = mark("The classes are imbalanced")
    leads_to = ("class_ignored", "not_learning")
    lesson = "accuracy-paradox/1"
    key = "training.class_weights"

    @override
    def find(self, evidence: Evidence) -> Iterator[Finding]:
        counts, data = evidence.data.train_counts, evidence.data
        if len(counts) < 2 or data.is_played or data.task != "classification" or not counts.min() > 0:
            return
        rare, common = int(np.argmin(counts)), int(np.argmax(counts))
        ratio, share = counts[common] / counts[rare], counts[common] / counts.sum()
        if ratio <= RATIO:
            return
        yield self.says(
            evidence,
            mark(
                "The classes are imbalanced: {many} training rows are {common}, and {few} are {rare}. Always "
                "guessing {common} is right in {share}% of the cases, so look at precision and recall, not "
                "at accuracy."
            ),
            words={
                "many": str(counts[common]),
                "few": str(counts[rare]),
                "common": shown_name(data.class_names[common]),
                "rare": shown_name(data.class_names[rare]),
                "share": percent(share),
            },
            numbers={"ratio": ratio, "accuracy_of_constant_guess": share, "rows_of_rarest": counts[rare]},
            confidence=1.0,
            advice=possible(
                evidence,
                balanced(),
                lower_threshold(evidence),
            ),
            since=0,
        )
