from collections.abc import Iterator

import numpy as np
from typing_extensions import override

from gradlab.diagnosis import signs
from gradlab.diagnosis.advising import MOST_MOMENTUM, advice, lower_rate, possible, short
from gradlab.diagnosis.curve_rule import CurveRule, update_at
from gradlab.diagnosis.finding import Advice, Finding
from gradlab.diagnosis.rules.base import RULES
from gradlab.instruments.records.arrays import Doubles
from gradlab.instruments.records.evidence import Evidence
from gradlab.language import mark

EPOCHS = 8  # the latest
TURNS = 0.4  # of them, at least
SWING = 0.15  # of the mean loss, from one epoch to the next
MUCH_LEFT = 0.3  # of a constant guess's loss


@RULES.register
class Oscillating(CurveRule):
    """The loss goes up and down without getting anywhere."""

    name = "oscillating"
    rank = 180
    english_label = mark("The loss oscillates")
    leads_to = ("not_learning", "past_best")
    lesson = "never-zeroed/1"
    key = "optimizer.lr"

    @override
    def find(self, evidence: Evidence) -> Iterator[Finding]:
        losses = signs.train_losses(evidence)[-EPOCHS:]
        if len(losses) < EPOCHS or not np.isfinite(losses).all() or not losses.mean() > 0:
            return
        swing, turns = swings(losses)
        if not _level(evidence) > MUCH_LEFT or swing < SWING or turns < TURNS:
            return
        yield self.says(
            evidence,
            mark(
                "The loss swings: over the last {epochs} epochs it went up and down between {low} and {high}, "
                "by {swing}% from one epoch to the next."
            ),
            words={
                "epochs": str(EPOCHS),
                "low": short(losses.min()),
                "high": short(losses.max()),
                "swing": f"{100 * swing:.0f}",
            },
            numbers={"swing": swing, "turns": turns, "lowest": losses.min(), "highest": losses.max()},
            confidence=0.7,
            advice=_to_try(evidence),
            since=update_at(evidence, signs.epochs_done(evidence) - EPOCHS),
        )


def _level(evidence: Evidence) -> float:
    return float(signs.lower_losses(evidence)[-EPOCHS:].mean()) / signs.guess(evidence)


def swings(losses: Doubles) -> tuple[float, float]:
    """Return the median step between epochs beside the mean, and the share of epochs in which it turned."""
    steps = np.diff(losses)
    turned = steps[1:] * steps[:-1] < 0
    return float(np.median(np.abs(steps)) / losses.mean()), float(turned.mean())


def _to_try(evidence: Evidence) -> tuple[Advice, ...]:
    optimizer, training = evidence.experiment.optimizer, evidence.experiment.training
    forgets_nothing = optimizer.momentum > MOST_MOMENTUM
    larger = advice(
        mark("Use batches of {size} rows: their gradients agree more."),
        {"training.batch_size": min(training.batch_size * 8, 1_000_000)},
        size=str(training.batch_size * 8),
    )
    small = training.batch_size * evidence.experiment.gradients.accumulate < 8
    return possible(
        evidence,
        *(
            (larger, lower_rate(evidence))
            if small and not forgets_nothing
            else (lower_rate(evidence), larger)
        ),
    )
