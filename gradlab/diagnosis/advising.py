"""Makes things to try: only changes that a run's own settings allow, and that change something."""

from collections.abc import Iterator
from math import floor, log10

from pydantic import ValidationError

from gradlab.diagnosis.finding import Advice, Change
from gradlab.errors import InputError
from gradlab.experiment.relevance import means_something
from gradlab.experiment.registry import registry_of
from gradlab.experiment.schema import Experiment
from gradlab.experiment.settings import value_of
from gradlab.instruments.records.evidence import Evidence
from gradlab.language import mark

# Learning rates that suit most small networks.
USUAL_RATES = {"sgd": 0.1, "by_hand": 0.1, "adam": 0.005, "adamw": 0.005, "rmsprop": 0.003, "adagrad": 0.05}
USUAL_RATE = 0.01
FOR_NUMBERS = 0.3  # of it, where numbers are predicted: their losses have no limit
HIGHEST_RATE = 1000.0


def advice(english: str, changes: dict[str, object] | None = None, **words: str) -> Advice:
    """Return something to try."""
    return Advice(english, tuple(Change(key, value) for key, value in (changes or {}).items()), words)


def possible(evidence: Evidence, *offers: Advice | None) -> tuple[Advice, ...]:
    """Return the offers that can be followed in this run, and would change something; the others are left out."""
    return tuple(offer for offer in offers if offer is not None and _is_possible(evidence, offer))


def _is_possible(evidence: Evidence, offer: Advice) -> bool:
    experiment = evidence.experiment
    changed = applied(experiment, offer)
    return (
        changed is not None
        and (not offer.changes or changed != experiment)
        and all(means_something(changed, change.key, evidence.data.task) for change in offer.changes)
        and not any(_is_refused_later(evidence, changed, change.key) for change in offer.changes)
    )


def applied(experiment: Experiment, offer: Advice) -> Experiment | None:
    """Return the experiment with all changes made; None where they are not allowed."""
    try:
        for change in offer.changes:
            experiment = experiment.with_value(change.key, change.value)
    except (ValidationError, InputError):
        return None
    return experiment


def _is_refused_later(evidence: Evidence, changed: Experiment, key: str) -> bool:
    """Return whether a value is allowed in a file, and refused when the run is built."""
    if key == "model.batch_norm":
        size = changed.training.batch_size
        return size == 1 or evidence.data.train_rows % size == 1
    return key == "model.activation" and _is_recurrent(changed) and changed.model.activation != "tanh"


def _is_recurrent(experiment: Experiment) -> bool:
    return "chunk" in registry_of("gradlab.models")[experiment.model.kind].uses


def usual_rate(experiment: Experiment, *, numbers: bool = False) -> float:
    """Return a learning rate that suits the optimizer; a momentum of 0.9 takes ten steps at once."""
    optimizer = experiment.optimizer
    rate = USUAL_RATES.get(optimizer.kind, USUAL_RATE)
    if means_something(experiment, "optimizer.momentum"):
        rate *= max(1 - optimizer.momentum, 0.01)
    return rate * FOR_NUMBERS if numbers else rate


def lower_rate(evidence: Evidence) -> Advice | None:
    """Return a lower rate: the usual one, or a third where it is not above that."""
    old = evidence.experiment.optimizer.lr
    wanted = usual_rate(evidence.experiment, numbers=evidence.data.task == "regression")
    factor = step_between(old, wanted) if old >= 2 * wanted else 10.0
    new = rounded(old / factor)
    return advice(
        mark("Divide the learning rate by {factor}: {old} → {new}."),
        {"optimizer.lr": new},
        factor=short(factor),
        old=short(old),
        new=short(new),
    )


def higher_rate(evidence: Evidence) -> Advice | None:
    """Return a higher rate: the usual one, or three times as much where it is not below that."""
    old = evidence.experiment.optimizer.lr
    if not old:
        return advice(
            mark("Raise the learning rate from 0 to {new}."),
            {"optimizer.lr": usual_rate(evidence.experiment)},
            new=short(usual_rate(evidence.experiment)),
        )
    wanted = usual_rate(evidence.experiment, numbers=evidence.data.task == "regression")
    factor = step_between(wanted, old) if wanted >= 2 * old else 3.0
    new = min(rounded(old * factor), HIGHEST_RATE)
    return advice(
        mark("Multiply the learning rate by {factor}: {old} → {new}."),
        {"optimizer.lr": new},
        factor=short(factor),
        old=short(old),
        new=short(new),
    )


def step_between(above: float, below: float) -> float:
    """Return the ratio of two rates as one of 3, 10, 30, 100, … that comes closest."""
    exponent = round(2 * log10(above / below))
    power = 10.0 ** (exponent // 2)
    return max(power * 3 if exponent % 2 else power, 3.0)


def rounded(rate: float) -> float:
    """Return a rate with one digit, or two: as people write it."""
    if not rate:
        return rate
    return round(rate, 1 - floor(log10(abs(rate))))


def short(number: float) -> str:
    """Return a number with two or three digits, as people read it: 0.00004 rather than 4e-05."""
    if number == 0 or 1e-6 <= abs(number) < 1e6:
        digits = 3 if abs(number) >= 1 else 2
        return f"{number:.{max(digits - 1 - _place(number), 0)}f}".rstrip("0").rstrip(".") or "0" if abs(
            number
        ) < 1000 else f"{number:.0f}"
    return f"{number:.1e}".replace("e-0", "e-").replace("e+0", "e").replace("e+", "e")


def _place(number: float) -> int:
    return floor(log10(abs(number))) if number else 0


def percent(share: float) -> str:
    """Return a share in percent, without the sign."""
    return f"{100 * share:.0f}" if 0.01 <= share <= 0.99 else short(100 * share)


