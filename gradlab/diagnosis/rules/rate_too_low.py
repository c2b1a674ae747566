from collections.abc import Iterator
from math import isnan

import numpy as np
from typing_extensions import override

from gradlab.diagnosis import signs
from gradlab.diagnosis.advising import advice, higher_rate, percent, possible, short, usual_rate
from gradlab.diagnosis.curve_rule import CurveRule
from gradlab.diagnosis.finding import Advice, Finding
from gradlab.diagnosis.rules.base import RULES
from gradlab.instruments.records.arrays import Doubles
from gradlab.instruments.records.evidence import Evidence
from gradlab.language import mark

SMALL_STEP = -3.2  # log10 of std(Δw) / std(w); 0.01 is usual
SHORT_STEP = -2.9
FAR_BELOW = 0.01  # of the optimizer's usual rate
MUCH_LEFT = 0.6  # of a constant guess's loss
HEALTHY = 3e-3  # the first layer's gradient beside the last's, at least
MANY_UPDATES = 500  # most small networks have learned by then
FEW_UPDATES = 60
SOME_LEFT = 0.25  # of a constant guess's loss
STILL_FALLING = 0.03  # of the loss, in the last quarter of the epochs


MEASURED = mark(
    "The steps are too short: the gradient is there, but an update moves the weights by only {step} of their "
    "own size. The loss went from {first} to {now} in {updates} updates."
)
WITHOUT_MEASURE = mark(
    "The steps are too short: the gradient is there, but with a learning rate of {lr} the loss went from "
    "{first} to {now} in {updates} updates."
)


@RULES.register
class RateTooLow(CurveRule):
    """Steps so short that nothing comes of them."""

    name = "rate_too_low"
    rank = 120
    english_label = mark("The learning rate is too low")
    leads_to = ("not_learning", "collapsed", "class_ignored")
    lesson = "zero-gradient/5"
    key = "optimizer.lr"

    @override
    def find(self, evidence: Evidence) -> Iterator[Finding]:
        if _crawls(evidence):
            yield self._of_steps(evidence)
        elif _ended_early(evidence) or _was_slow(evidence):
            yield self._of_ending(evidence)

    def _of_steps(self, evidence: Evidence) -> Finding:
        step = 10 ** signs.usual_step(evidence)
        now, first = signs.loss_now(evidence), signs.first_loss(evidence)
        return self.says(
            evidence,
            WITHOUT_MEASURE if isnan(step) else MEASURED,
            words={
                "step": "" if isnan(step) else short(step),
                "lr": short(evidence.experiment.optimizer.lr),
                "first": short(first, 2),
                "now": short(now, 2),
                "updates": str(evidence.update),
            },
            numbers={
                "log10_update_ratio": signs.usual_step(evidence),
                "lr": evidence.experiment.optimizer.lr,
                "first_loss": first,
                "loss": now,
                "first_to_last_gradient": signs.fading(evidence),
            },
            confidence=0.9 if signs.usual_step(evidence) < -4 else 0.75,
            advice=possible(evidence, higher_rate(evidence)),
            since=1,
        )

    def _of_ending(self, evidence: Evidence) -> Finding:
        losses, training = _course(evidence), evidence.experiment.training
        window = _window(losses)
        fell = max(1 - losses[-1] / losses[-1 - window], 0.0)
        more = max(training.epochs * 5, -(-MANY_UPDATES * (len(losses) - 1) // evidence.update))
        stops = advice(
            mark("Stop only after more epochs without a gain, and count any gain."), _patience(evidence)
        )
        epochs = advice(mark("Train for {epochs} epochs."), {"training.epochs": more}, epochs=str(more))
        return self.says(
            evidence,
            mark(
                "The run ended while there was more to gain: after {updates} updates the loss is {now}. Over "
                "the last epochs ({epochs}) it fell by {fell}%."
            ),
            words={
                "updates": str(evidence.update),
                "now": short(losses[-1]),
                "fell": percent(fell),
                "epochs": str(window),
            },
            numbers={"fell": fell, "loss": losses[-1], "updates": evidence.update},
            confidence=0.6,
            level="info",
            advice=possible(evidence, *_in_order(evidence, stops, epochs)),
        )


def _in_order(evidence: Evidence, stops: Advice, epochs: Advice) -> tuple[Advice | None, ...]:
    if evidence.stop_reason == "early_stopping":
        return stops, higher_rate(evidence)
    if signs.usual_step(evidence) < SHORT_STEP:
        return higher_rate(evidence), epochs
    return epochs, higher_rate(evidence)


def _patience(evidence: Evidence) -> dict[str, object]:
    return {
        "training.patience": max(10, 3 * evidence.experiment.training.patience),
        "training.min_delta": 0.0,
    }


def _crawls(evidence: Evidence) -> bool:
    return (
        signs.has_shown(evidence)
        and evidence.blew_up is None
        and evidence.experiment.optimizer.lr > 0
        and not _is_warming_up(evidence)
        and (signs.usual_step(evidence) < SMALL_STEP or _is_far_below(evidence))
        and signs.level(evidence) > MUCH_LEFT
        and _gradient_is_healthy(evidence)
    )


def _is_far_below(evidence: Evidence) -> bool:
    """Return whether the rate is low, where steps have no measure: a single weight has no deviation."""
    rate = evidence.experiment.optimizer.lr
    return isnan(signs.usual_step(evidence)) and rate < FAR_BELOW * usual_rate(evidence)


def _gradient_is_healthy(evidence: Evidence) -> bool:
    """Return whether short steps are not the consequence of a gradient that does not arrive."""
    return (
        not signs.fading(evidence) < HEALTHY
        and not signs.worst_inactive(evidence)[0] > 0.9
        and not signs.worst_saturated(evidence)[0] > 0.9
        and not signs.is_symmetric(evidence)
    )


def _is_warming_up(evidence: Evidence) -> bool:
    updates = evidence.updates
    return updates is not None and not evidence.stop_reason and updates.lr[-1] > 1.02 * updates.lr[0]


def _was_slow(evidence: Evidence) -> bool:
    """Return whether steps were rather short, and more was to be had."""
    losses = _course(evidence)
    return (
        evidence.stop_reason == "finished"
        and len(losses) > 2
        and signs.usual_step(evidence) < SHORT_STEP
        and signs.level(evidence) > 0.2
        and bool(losses[-1] < losses[-2] * 0.99)
        and _gradient_is_healthy(evidence)
    )


def _ended_early(evidence: Evidence) -> bool:
    """Return whether the loss fell clearly up to the end, and not only from one noisy epoch to the next."""
    if evidence.stop_reason not in ("finished", "early_stopping") or evidence.update < 4:
        return False
    losses = _course(evidence)
    if len(losses) < 2 or not SOME_LEFT < signs.level(evidence) < signs.first_level(evidence):
        return False
    falls = losses[-1] < losses[-1 - _window(losses)] * (1 - STILL_FALLING)
    return bool(losses[-1] <= losses.min() * 1.01 and (falls or evidence.update < FEW_UPDATES))


def _course(evidence: Evidence) -> Doubles:
    """Return the loss before training, and the training loss of each epoch."""
    return np.append(signs.first_loss(evidence), signs.train_losses(evidence))


def _window(losses: Doubles) -> int:
    """Return over how many epochs a fall counts: the last quarter."""
    return max((len(losses) - 1) // 4, 1)
