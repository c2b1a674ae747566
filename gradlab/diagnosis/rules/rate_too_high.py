from collections.abc import Iterator

import numpy as np
from typing_extensions import override

from gradlab.diagnosis import signs
from gradlab.diagnosis.advising import clipped, lower_rate, possible, short, usual_rate
from gradlab.diagnosis.curve_rule import CurveRule
from gradlab.diagnosis.finding import Advice, Finding
from gradlab.diagnosis.rules.base import RULES
from gradlab.instruments.records.evidence import Evidence
from gradlab.language import mark

GREW = 1.5  # times a constant guess's loss, and the loss before training
LARGE_STEP = -1.3  # log10 of std(Δw) / std(w): weights move by a twentieth at once
TOO_LARGE = -0.5
FAR_ABOVE = 5.0  # times the optimizer's usual rate
LEAST = 5  # updates
AT_ONCE = 20
BROKEN_START = 50.0  # a gradient, or a loss, so large beside a constant guess's is no matter of the rate
CHANGED = 0.4  # of a layer's units went dead or flat while it trained


@RULES.register
class RateTooHigh(CurveRule):
    """Steps so long that they jump over the valley."""

    name = "rate_too_high"
    level = "problem"
    rank = 110
    english_label = mark("The learning rate is too high")
    leads_to = (
        "blew_up",
        "exploding",
        "dead_units",
        "saturated_units",
        "oscillating",
        "not_learning",
        "collapsed",
        "vanishing",
        "class_ignored",
        "past_best",
        "overfitting",
        "layer_not_training",
        "bad_start",
    )
    lesson = "learning-rates/1"
    key = "optimizer.lr"

    @override
    def find(self, evidence: Evidence) -> Iterator[Finding]:
        if evidence.update < LEAST and evidence.blew_up is None:
            return
        if evidence.experiment.optimizer.lr == 0 or _started_broken(evidence):
            return
        if _grew(evidence):
            yield self._of_growth(evidence)
        elif _is_broken_by_steps(evidence):
            yield self._of_units(evidence)
        elif _is_thrown_about(evidence):
            yield self._of_steps(evidence)

    def _of_growth(self, evidence: Evidence) -> Finding:
        now, guess = _height(evidence), signs.guess(evidence)
        return self.says(
            evidence,
            mark(
                "The steps are too long: the loss grew to {now}, where always guessing the same would give "
                "{guess}. A learning rate of {lr} jumps over the valley, and further up on the other side."
            ),
            words={"now": short(now), "guess": short(guess), "lr": short(evidence.experiment.optimizer.lr)},
            numbers={"loss": now, "guess_loss": guess, **_numbers(evidence)},
            confidence=0.95 if evidence.blew_up or now > 5 * guess else 0.8,
            advice=_to_try(evidence),
            since=_since(evidence),
        )

    def _of_units(self, evidence: Evidence) -> Finding:
        share, place = max(signs.worst_inactive(evidence), signs.worst_saturated(evidence), key=_known)
        return self.says(
            evidence,
            mark(
                "The steps were too long: with a learning rate of {lr}, {share}% of the units of {layer} "
                "were thrown to where they pass on no gradient, and the loss stays at {now}."
            ),
            words={
                "lr": short(evidence.experiment.optimizer.lr),
                "share": f"{100 * share:.0f}",
                "layer": evidence.layers[place].name,
                "now": short(signs.loss_now(evidence)),
            },
            numbers={"share": share, "loss": signs.loss_now(evidence), **_numbers(evidence)},
            confidence=0.85,
            advice=_to_try(evidence),
            layer=evidence.layers[place].name,
            since=1,
        )

    def _of_steps(self, evidence: Evidence) -> Finding:
        step = signs.usual_step(evidence)
        return self.says(
            evidence,
            mark(
                "The steps are too long: an update moves the weights by {step} of their own size, and the "
                "loss stays at {now}. About 0.01 is usual."
            ),
            words={"step": short(10**step), "now": short(signs.loss_now(evidence))},
            numbers={"loss": signs.loss_now(evidence), **_numbers(evidence)},
            confidence=0.75,
            advice=_to_try(evidence),
            since=1,
        )


def _height(evidence: Evidence) -> float:
    """Return the latest loss; before the first epoch is over, that of the latest update."""
    if signs.epochs_done(evidence) or evidence.updates is None:
        return signs.loss_now(evidence)
    return float(evidence.updates.loss[-1])


def _known(worst: tuple[float, int]) -> float:
    return worst[0] if worst[0] == worst[0] else -1.0


def _started_broken(evidence: Evidence) -> bool:
    """Return whether the weights were bad before any step was made."""
    limit = BROKEN_START * signs.guess(evidence)
    return (
        signs.first_grad_norm(evidence) > limit
        or signs.first_level(evidence) > BROKEN_START / 2
        or signs.worst_inactive(evidence, at_start=True)[0] > 0.9
        or signs.worst_saturated(evidence, at_start=True)[0] > 0.9
        or signs.is_symmetric(evidence)
        or signs.is_mostly_dropped(evidence)
    )


def _grew(evidence: Evidence) -> bool:
    now = signs.level(evidence) * signs.guess(evidence)
    latest = evidence.updates.loss[-5:] if evidence.updates is not None else np.empty(0)
    limit = GREW * max(signs.guess(evidence), signs.first_loss(evidence))
    blew = evidence.blew_up is not None and bool(len(latest)) and float(latest.max()) > limit
    # From usual weights and a usual gradient, nothing but the steps gets there so soon.
    at_once = evidence.blew_up is not None and 1 <= evidence.update < AT_ONCE and limit > 0
    return now > limit or blew or at_once


def _is_broken_by_steps(evidence: Evidence) -> bool:
    if not signs.level(evidence) > 0.15 or not _steps_are_large(evidence):
        return False
    return any(
        worst(evidence)[0] > 0.6 and worst(evidence)[0] - worst(evidence, at_start=True)[0] > CHANGED
        for worst in (signs.worst_inactive, signs.worst_saturated)
    )


def _is_thrown_about(evidence: Evidence) -> bool:
    if not signs.has_shown(evidence) or not signs.level(evidence) > 0.8:
        return False
    huge = signs.usual_step(evidence) > TOO_LARGE and _has_size(evidence)
    return huge or (_steps_are_large(evidence) and _is_far_above(evidence))


def _has_size(evidence: Evidence) -> bool:
    """Return whether steps can be measured by the weights: those of a single layer may have to be near 0."""
    return len(signs.with_matrix(evidence)) > 1 or signs.level(evidence) > 1.05


def _steps_are_large(evidence: Evidence) -> bool:
    return signs.largest_early_step(evidence) > LARGE_STEP or _is_far_above(evidence)


def _is_far_above(evidence: Evidence) -> bool:
    return evidence.experiment.optimizer.lr >= FAR_ABOVE * usual_rate(evidence)


def _numbers(evidence: Evidence) -> dict[str, float]:
    return {
        "lr": evidence.experiment.optimizer.lr,
        "first_loss": signs.first_loss(evidence),
        "log10_update_ratio": signs.largest_early_step(evidence),
    }


def _since(evidence: Evidence) -> int:
    """Return the first known update whose loss was too large."""
    updates, limit = evidence.updates, GREW * signs.guess(evidence)
    assert updates is not None
    high = np.flatnonzero(updates.loss > limit)
    return int(updates.update[high[0]]) if len(high) else evidence.update


def _to_try(evidence: Evidence) -> tuple[Advice, ...]:
    return possible(evidence, lower_rate(evidence), clipped())
