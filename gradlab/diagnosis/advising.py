"""Makes things to try: only changes that a run's own settings allow, and that change something."""

from math import floor, log10

from pydantic import ValidationError

from gradlab.diagnosis.finding import Advice, Change
from gradlab.errors import InputError
from gradlab.experiment.registry import registry_of
from gradlab.experiment.relevance import means_something
from gradlab.experiment.schema import Experiment
from gradlab.instruments.records.evidence import Evidence
from gradlab.language import mark

# Learning rates that suit most deep networks of the lab's size; others take longer steps.
USUAL_RATES = {"sgd": 0.1, "by_hand": 0.1, "adam": 0.005, "adamw": 0.005, "rmsprop": 0.002, "adagrad": 0.03}
USUAL_RATE = 0.005
AS_LONG_AS_THE_GRADIENT = ("sgd", "by_hand")  # a large gradient makes a long step
FOR_NUMBERS = 0.2  # of the rate, where numbers are predicted: their gradients have no limit
DEEP = 3  # hidden layers
MOST_MOMENTUM = 0.95
WIDE = 32  # units
HIGHEST_RATE = 1000.0


CLIP = 1.0  # the norm of a gradient; about that long it is when training begins


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


def usual_rate(evidence: Evidence) -> float:
    """Return a learning rate that suits the optimizer and the network."""
    return _usual_rate(evidence.experiment, numbers=evidence.data.task == "regression")


def _usual_rate(experiment: Experiment, *, numbers: bool) -> float:
    optimizer = experiment.optimizer
    rate = USUAL_RATES.get(optimizer.kind, USUAL_RATE) * _for_depth(experiment)
    if means_something(experiment, "optimizer.momentum"):
        rate *= max(1 - optimizer.momentum, 0.01)  # a momentum of 0.9 takes ten steps at once
    return rate * FOR_NUMBERS if numbers and optimizer.kind in AS_LONG_AS_THE_GRADIENT else rate


def _for_depth(experiment: Experiment) -> float:
    """Return by how much steps may be longer than in a deep network."""
    model = experiment.model
    if not means_something(experiment, "model.hidden"):
        return 3.0
    if _is_recurrent(experiment):
        return 2.0
    if model.kind == "cnn" or len(model.hidden) >= DEEP:
        return 1.0
    return 3.0 if model.activation in ("tanh", "sigmoid") else 2.0


def lower_rate(evidence: Evidence) -> Advice | None:
    """Return a lower rate: the usual one, or a tenth where it is not above that."""
    experiment = evidence.experiment
    if means_something(experiment, "optimizer.momentum") and experiment.optimizer.momentum > MOST_MOMENTUM:
        return _less_momentum(evidence)
    old, wanted = experiment.optimizer.lr, usual_rate(evidence)
    new = rounded(wanted if old >= 2 * wanted else old / 10)
    if not new:
        return None
    return advice(
        mark("Divide the learning rate by {factor}: {old} → {new}."),
        {"optimizer.lr": new},
        factor=short(old / new),
        old=short(old),
        new=short(new),
    )


def _less_momentum(evidence: Evidence) -> Advice:
    calmer = evidence.experiment.with_value("optimizer.momentum", 0.9)
    new = min(rounded(_usual_rate(calmer, numbers=evidence.data.task == "regression")), calmer.optimizer.lr)
    return advice(
        mark("Use a momentum of 0.9, and a learning rate of {new}."),
        {"optimizer.momentum": 0.9, "optimizer.lr": new},
        new=short(new),
    )


def higher_rate(evidence: Evidence) -> Advice | None:
    """Return a higher rate: the usual one, or three times as much where it is not below that."""
    old, wanted = evidence.experiment.optimizer.lr, usual_rate(evidence)
    new = min(rounded(wanted if wanted >= 2 * old else old * 3), HIGHEST_RATE)
    if not old:
        return advice(mark("Raise the learning rate from 0 to {new}."), {"optimizer.lr": new}, new=short(new))
    return advice(
        mark("Multiply the learning rate by {factor}: {old} → {new}."),
        {"optimizer.lr": new},
        factor=short(new / old),
        old=short(old),
        new=short(new),
    )


def rounded(rate: float) -> float:
    """Return a rate with one digit, or two: as people write it."""
    if not rate:
        return rate
    return round(rate, 1 - floor(log10(abs(rate))))


def short(number: float, more: int = 0) -> str:
    """Return a number with two or three digits, or ``more``, as people read it: 0.00004 rather than 4e-05."""
    if number and not 1e-6 <= abs(number) < 1e6:
        return f"{number:.1e}".replace("e-0", "e-").replace("e+0", "e").replace("e+", "e")
    digits = (3 if abs(number) >= 1 else 2) + more
    place = floor(log10(abs(number))) if number else 0
    text = f"{number:.{max(digits - 1 - place, 0)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(share: float) -> str:
    """Return a share in percent, without the sign."""
    return f"{100 * share:.0f}" if 0.01 <= share <= 0.99 else short(100 * share)


def wider(evidence: Evidence) -> Advice | None:
    """Return a network with more units; None where each layer has some already."""
    model = evidence.experiment.model
    if min(model.hidden, default=WIDE) >= WIDE:
        return None
    return advice(
        mark("Use a larger network: at least {units} units in each hidden layer."),
        {"model.hidden": [max(units, WIDE) for units in model.hidden]},
        units=str(WIDE),
    )


def clipped() -> Advice:
    """Return gradients of a limited norm."""
    return advice(mark("Shorten gradients to a norm of {limit}."), {"optimizer.clip_norm": CLIP}, limit="1")


def normalized() -> Advice:
    """Return batch normalization."""
    return advice(mark("Normalize every layer's signal (batch normalization)."), {"model.batch_norm": True})


def standardized() -> Advice:
    """Return standardized inputs."""
    return advice(mark("Standardize the inputs."), {"data.standardize": True})


def fitting_init(evidence: Evidence) -> Advice:
    """Return the initial weights that keep the size of a signal through the activation function."""
    if evidence.experiment.model.activation in ("tanh", "sigmoid", "identity"):
        return advice(
            mark("Use Xavier's initial weights: they keep the signal's size."), {"model.init": "xavier"}
        )
    return advice(mark("Use He's initial weights: they keep the signal's size."), {"model.init": "he"})


def balanced() -> Advice:
    """Return class weights."""
    return advice(mark("Let every class count the same in the loss."), {"training.class_weights": "balanced"})


def lower_threshold(evidence: Evidence) -> Advice | None:
    """Return a threshold from which on the rare one of two classes is predicted; None with others."""
    counts = evidence.data.train_counts
    if len(counts) != 2:
        return None
    threshold = round(max(2 * float(counts[1] / counts.sum()), 0.01), 2)
    if threshold >= 0.5:
        return None
    return advice(
        mark("Predict the rare class from a probability of {threshold} on."),
        {"training.threshold": threshold},
        threshold=f"{threshold:g}",
    )
