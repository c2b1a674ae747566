from collections.abc import Iterator

import numpy as np
from typing_extensions import override

from gradlab.diagnosis import signs
from gradlab.diagnosis.advising import advice, possible, short
from gradlab.diagnosis.curve_rule import CurveRule, update_at
from gradlab.diagnosis.finding import Finding
from gradlab.diagnosis.rules.base import RULES
from gradlab.instruments.records.arrays import Doubles
from gradlab.instruments.records.evidence import Evidence
from gradlab.language import mark

EPOCHS = 10  # without a gain
GAIN = 0.01  # of the validation loss
SMALLEST_GAIN = 0.002  # of a constant guess's loss: near 0, one percent is nothing


@RULES.register
class PastBest(CurveRule):
    """The best epoch was a while ago: the weights in force are not the best ones."""

    name = "past_best"
    level = "info"
    rank = 210
    english_label = mark("The best epoch is past")
    lesson = "overfitting/3"
    key = "training.patience"

    @override
    def find(self, evidence: Evidence) -> Iterator[Finding]:
        epochs, losses = signs.val_losses(evidence)
        training = evidence.experiment.training
        if (
            len(losses) <= EPOCHS
            or not np.isfinite(losses).all()
            or (training.patience and training.restore_best)
        ):
            return
        best = _best(losses, SMALLEST_GAIN * signs.guess(evidence))
        waited = int(epochs[-1] - epochs[best])
        if waited < EPOCHS or not signs.level(evidence) < signs.STUCK:
            return
        yield self.says(
            evidence,
            mark(
                "The validation loss has not got better for {waited} epochs: it was {low} in epoch {best}, "
                "and is {now}. The best weights are not those in force."
            ),
            words={
                "waited": str(waited),
                "best": str(int(epochs[best])),
                "low": short(losses[best]),
                "now": short(losses[-1]),
            },
            numbers={
                "best_epoch": epochs[best],
                "lowest_val_loss": losses[best],
                "val_loss": losses[-1],
                "epochs_since": waited,
            },
            confidence=0.8,
            advice=possible(
                evidence,
                advice(
                    mark("Stop after {patience} epochs without a gain, and take the best weights back."),
                    {"training.patience": EPOCHS, "training.restore_best": True},
                    patience=str(EPOCHS),
                ),
            ),
            since=update_at(evidence, epochs[best]),
        )


def _best(losses: Doubles, least: float) -> int:
    """Return the place of the latest loss that was better than all before it by a gain that counts."""
    best = 0
    for place, loss in enumerate(losses):
        if loss < losses[best] * (1 - GAIN) - least:
            best = place
    return best
