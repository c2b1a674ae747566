from collections.abc import Iterator

import numpy as np
from typing_extensions import override

from gradlab.diagnosis import signs
from gradlab.diagnosis.advising import advice, possible, short
from gradlab.diagnosis.curve_rule import CurveRule, update_at
from gradlab.diagnosis.finding import Advice, Finding
from gradlab.diagnosis.rules.base import RULES
from gradlab.instruments.records.arrays import Doubles
from gradlab.instruments.records.evidence import Evidence
from gradlab.language import mark

LEAST_EPOCHS = 6
SINCE_BEST = 3  # epochs without a new best
ROSE = 1.1  # times the lowest validation loss
CLEARLY = 1.2
# In parts of a constant guess's loss, or of 1 if that is less: a loss near 0 doubles for nothing.
RISE, CLEAR_RISE = 0.05, 0.12
GAP, CLEAR_GAP = 0.1, 0.3  # between validation and training


@RULES.register
class Overfitting(CurveRule):
    """The training rows are learned by heart: what is learned no longer holds for others."""

    name = "overfitting"
    rank = 200
    english_label = mark("Overfitting")
    leads_to = ("past_best",)
    lesson = "overfitting/1"
    key = "training.patience"

    @override
    def find(self, evidence: Evidence) -> Iterator[Finding]:
        epochs, losses = signs.val_losses(evidence)
        if not _can_be_judged(evidence, losses):
            return
        smooth = smoothed(losses)
        best = int(np.argmin(smooth))
        now = float(losses[-3:].min())  # batch normalization makes single epochs stand out
        low, train = float(smooth[best]), float(signs.train_losses(evidence)[-3:].mean())
        unit = min(signs.guess(evidence), 1.0)
        if not _rises(evidence, best, low, now, train):
            return
        is_clear = now > CLEARLY * low and now - low > CLEAR_RISE * unit and now - train > CLEAR_GAP * unit
        yield self.says(
            evidence,
            mark(
                "The training rows are learned by heart: since epoch {best} the validation loss has risen "
                "from {low} to {now}, while the training loss fell to {train}."
            ),
            words={
                "best": str(int(epochs[best])),
                "low": short(low),
                "now": short(now),
                "train": short(train),
            },
            numbers={
                "best_epoch": epochs[best],
                "lowest_val_loss": low,
                "val_loss": now,
                "train_loss": train,
            },
            confidence=0.9 if is_clear else 0.6,
            level="warning" if is_clear else "info",
            advice=_to_try(evidence, int(epochs[best])),
            since=update_at(evidence, epochs[best]),
        )


def _can_be_judged(evidence: Evidence, losses: Doubles) -> bool:
    """Return whether there is a course to judge; a run that stopped early took its best weights back."""
    stopped = evidence.stop_reason == "early_stopping" and evidence.experiment.training.restore_best
    return (
        len(losses) >= LEAST_EPOCHS
        and len(losses) == len(signs.train_losses(evidence))
        and bool(np.isfinite(losses).all())
        and not stopped
        and not _is_stopping(evidence)
    )


def _is_stopping(evidence: Evidence) -> bool:
    """Return whether early stopping is waiting for a gain: it takes care of this."""
    training = evidence.experiment.training
    return bool(training.patience) and training.restore_best and evidence.stop_reason != "finished"


def _rises(
    evidence: Evidence,
    best: int,
    low: float,
    now: float,
    train: float,
) -> bool:
    losses, unit = signs.train_losses(evidence), min(signs.guess(evidence), 1.0)
    return bool(
        len(losses) - 1 - best >= SINCE_BEST
        and now > ROSE * low
        and now - low > RISE * unit
        and now - train > GAP * unit
        and train < losses[best]
        and low < 1.1 * signs.guess(evidence)
    )


def smoothed(values: Doubles) -> Doubles:
    """Return the medians of each value and its neighbours, up to two on either side."""
    return np.array([np.median(values[max(place - 2, 0) : place + 3]) for place in range(len(values))])


def _to_try(evidence: Evidence, best: int) -> tuple[Advice, ...]:
    patience = max(3, min(10, best // 2 + 2))
    return possible(
        evidence,
        advice(
            mark("Stop after {patience} epochs without a gain, and take the best weights back."),
            {"training.patience": patience, "training.restore_best": True, "training.min_delta": 0.0},
            patience=str(patience),
        ),
        advice(mark("Switch half of the units off at random (dropout)."), {"model.dropout": 0.5}),
        advice(mark("Pull the weights towards 0 (weight decay)."), {"optimizer.weight_decay": 0.01}),
        advice(mark("Train on more rows, if there are any.")),
    )
