"""The runs that the diagnosis is measured on: healthy ones, and ones with a fault that was put in on purpose.

Nothing here knows what the diagnosis says. A case names the fault that was put in; which findings count as
naming it stands in ``Fault.named_by``. Cases are split by data set × model family, by a hash of the pair alone.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

import numpy as np

from gradlab.experiment.files import build, load
from gradlab.experiment.schema import Experiment
from gradlab.experiment.variants import singles
from gradlab.resources import resource

Document = dict[str, Any]
Metric = Literal["accuracy", "loss", "balanced"]
Part = Literal["tuned", "held-out", "fresh"]

RECURRENT = ("rnn", "lstm", "gru")
DEEP = 3  # so many hidden layers and more are a family of their own


def merged(document: Document, changes: Document) -> Document:
    """Return a copy of a document with the sections of ``changes`` merged into it."""
    return {
        **document,
        **{
            name: {**document.get(name, {}), **value} if isinstance(value, dict) else value
            for name, value in changes.items()
        },
    }


def changed(document: Document, **keys: Any) -> Document:
    """Return a copy with keys changed, such as ``optimizer__lr=0.1``."""
    for key, value in keys.items():
        section, _, name = key.rpartition("__")
        document = merged(document, {section: {name: value}} if section else {name: value})
    return document


@dataclass(frozen=True)
class Case:
    """One run.

    Attributes:
        name: what it is, unique.
        document: its experiment.
        twin: the healthy experiment that it is compared with; the same for a healthy case.
        named_by: the findings that count as naming the fault; empty for a healthy case.
        kind: where it stands in the table.
        metric: what tells whether it is as good as its twin.
        curable: whether some setting makes it as good as its twin.
    """

    name: str
    document: Document
    twin: Document
    named_by: tuple[str, ...] = ()
    kind: Literal["exact", "curve", "random", "healthy"] = "healthy"
    metric: Metric = "accuracy"
    curable: bool = True

    @property
    def group(self) -> str:
        """Data set × model family."""
        return group_of(build(self.document))

    @property
    def part(self) -> Part:
        """The part that it belongs to: what rules are tuned on, and two that nobody looks at meanwhile."""
        if self.group in fresh_groups():
            return "fresh"
        return "held-out" if sha256(self.group.encode()).digest()[0] % 2 == 0 else "tuned"


def group_of(experiment: Experiment) -> str:
    """Return the data set × model family of an experiment."""
    model = experiment.model
    family = "recurrent" if model.kind in RECURRENT else model.kind
    if family == "mlp" and len(model.hidden) >= DEEP:
        family = "deep mlp"
    return f"{experiment.data.source} × {family}"


@cache
def fresh_groups() -> frozenset[str]:
    """Return the pairs of data set and model that were added last."""
    return frozenset(group_of(build(document)) for document in FRESH.values())


# --- healthy experiments ---------------------------------------------------------------------------------------


def _of(source: str, hidden: list[int], epochs: int, lr: float = 0.1, **keys: Any) -> Document:
    document: Document = {
        "data": {"source": source},
        "model": {"hidden": hidden},
        "optimizer": {"lr": lr},
        "training": {"epochs": epochs, "batch_size": 32, "device": "cpu"},
    }
    return changed(document, **keys)


def _linear(source: str, epochs: int, lr: float = 0.1, **keys: Any) -> Document:
    return _of(source, [32], epochs, lr, model__kind="linear", **keys)


BASES: dict[str, Document] = {
    "digits mlp": _of("digits", [64], 8),
    "digits mlp 2": _of("digits", [64, 32], 8),
    "digits deep": _of("digits", [64, 64, 64], 12, model__init="he"),
    "digits linear": _linear("digits", 8),
    "digits cnn": _of("digits", [8, 16], 4, 0.005, model__kind="cnn", optimizer__kind="adam"),
    "digits heads": _of("digits", [64], 8, model__kind="two_heads"),
    "moons mlp": _of("moons", [32, 32], 25, 0.3, data__noise=0.2, model__activation="tanh"),
    "moons deep": _of("moons", [32, 32, 32], 25, data__noise=0.2, model__init="he"),
    "moons linear": _linear("moons", 12, 0.3, data__noise=0.2),
    "circles mlp": _of("circles", [32], 40, 0.3, data__noise=0.1),
    "circles deep": _of("circles", [24, 24, 24], 30, 0.1, data__noise=0.1, model__init="he"),
    "spirals mlp": _of(
        "spirals", [64, 64], 40, 0.01, data__samples=800, data__noise=0.05, optimizer__kind="adam"
    ),
    "spirals deep": _of(
        "spirals", [32, 32, 32], 40, 0.01, data__samples=800, data__noise=0.05, optimizer__kind="adam"
    ),
    "blobs mlp": _of("blobs", [16], 12, data__noise=0.3),
    "blobs deep": _of("blobs", [16, 16, 16], 15, data__noise=0.3, model__init="he"),
    "blobs linear": _linear("blobs", 12, data__noise=0.3),
    "xor mlp": _of("xor", [32], 40, 0.3, data__noise=0.05),
    "xor deep": _of("xor", [24, 24, 24], 30, 0.1, data__noise=0.05, model__init="he"),
    "iris mlp": _of("iris", [16], 40, training__batch_size=16),
    "iris deep": _of("iris", [16, 16, 16], 40, training__batch_size=16, model__init="he"),
    "iris linear": _linear("iris", 40, training__batch_size=16),
    "wine mlp": _of("wine", [16], 20, training__batch_size=16),
    "wine deep": _of("wine", [16, 16, 16], 20, training__batch_size=16, model__init="he"),
    "wine linear": _linear("wine", 20, training__batch_size=16),
    "cancer mlp": _of("breast_cancer", [16], 15),
    "cancer deep": _of("breast_cancer", [16, 16, 16], 15, model__init="he"),
    "cancer linear": _linear("breast_cancer", 15),
    "spam mlp": _of("spam", [32], 10, data__samples=1400),
    "spam deep": _of("spam", [32, 32, 32], 10, data__samples=1400, model__init="he"),
    "spam linear": _linear("spam", 10, data__samples=1400),
    "fraud mlp": _of(
        "fraud", [16], 8, data__samples=4000, data__positive=0.05, training__class_weights="balanced"
    ),
    "fraud linear": _linear(
        "fraud", 8, data__samples=4000, data__positive=0.05, training__class_weights="balanced"
    ),
    "line linear": _linear("line", 20, data__samples=200, data__noise=0.3),
    "line mlp": _of("line", [16], 20, data__samples=300, data__noise=0.2),
    "diabetes linear": _linear("diabetes", 15, 0.02),
    "diabetes mlp": _of("diabetes", [16], 15, 0.01),
    "chirp gru": _of(
        "sequence",
        [16],
        6,
        0.01,
        model__kind="gru",
        model__activation="tanh",
        data__pattern="chirp",
        data__samples=160,
        data__length=24,
        data__noise=0.0,
        optimizer__kind="adam",
        training__batch_size=16,
    ),
    "adding lstm": _of(
        "sequence",
        [16],
        12,
        0.02,
        model__kind="lstm",
        model__activation="tanh",
        data__samples=600,
        data__length=8,
        data__noise=0.0,
        optimizer__kind="adam",
    ),
    "digits adam": _of("digits", [32], 5, 0.005, optimizer__kind="adam"),
    "maze mlp": _of("maze", [32], 12, 0.01, optimizer__kind="adam"),
}

# Pairs of data set and model that were added when the rules were done: a part of their own.
FRESH: dict[str, Document] = {
    "iris heads": _of("iris", [16], 40, model__kind="two_heads", training__batch_size=16),
    "wine heads": _of("wine", [16], 20, model__kind="two_heads", training__batch_size=16),
    "spam heads": _of("spam", [32], 10, model__kind="two_heads", data__samples=1400),
    "moons heads": _of("moons", [32], 30, 0.3, model__kind="two_heads", data__noise=0.2),
    "cancer heads": _of("breast_cancer", [16], 15, model__kind="two_heads"),
    "xor heads": _of("xor", [32], 40, 0.3, model__kind="two_heads", data__noise=0.05),
    "diabetes deep": _of("diabetes", [16, 16, 16], 15, 0.01, model__init="he"),
    "line deep": _of("line", [16, 16, 16], 20, 0.05, data__samples=300, data__noise=0.2, model__init="he"),
    "fraud deep": _of(
        "fraud",
        [16, 16, 16],
        8,
        data__samples=4000,
        data__positive=0.05,
        training__class_weights="balanced",
        model__init="he",
    ),
    "adding mlp": _of(
        "sequence",
        [32],
        30,
        0.01,
        data__pattern="adding",
        data__samples=600,
        data__length=8,
        data__noise=0.0,
        optimizer__kind="adam",
    ),
}

METRICS: dict[str, Metric] = {
    "line": "loss",
    "diabetes": "loss",
    "sequence": "loss",
    "surface": "loss",
    "fraud": "balanced",
}

# Settings that suit (nearly) every experiment; each is a sensible choice that people make.
SENSIBLE: dict[str, Document] = {
    "as it is": {},
    "seed 1": {"seed": 1},
    "seed 2": {"seed": 2},
    "adam": {"optimizer": {"kind": "adam", "lr": 0.005}},
    "adamw": {"optimizer": {"kind": "adamw", "lr": 0.005, "weight_decay": 0.01}},
    "rmsprop": {"optimizer": {"kind": "rmsprop", "lr": 0.002}},
    "momentum": {"optimizer": {"kind": "sgd", "lr": 0.02, "momentum": 0.9}},
    "adagrad": {"optimizer": {"kind": "adagrad", "lr": 0.05}},
    "cosine": {"optimizer": {"schedule": "cosine"}},
    "one cycle": {"optimizer": {"schedule": "one_cycle"}},
    "batch norm": {"model": {"batch_norm": True}},
    "dropout": {"model": {"dropout": 0.2}},
    "leaky": {"model": {"activation": "leaky_relu"}},
    "gelu": {"model": {"activation": "gelu"}},
    "accumulated": {"gradients": {"accumulate": 2}, "training": {"batch_size": 16}},
    "early stopping": {"training": {"patience": 5}},
    "no validation": {"data": {"validation": 0.0}},
    "clipped": {"optimizer": {"clip_norm": 1.0}},
    "small batches": {"training": {"batch_size": 8}},
    "large batches": {"training": {"batch_size": 64}},
}
# Where a setting does not go with a model or a data set.
_UNFIT: dict[str, Callable[[Document], bool]] = {
    "batch norm": lambda document: document["model"].get("kind", "mlp") not in ("mlp", "cnn"),
    "dropout": lambda document: document["model"].get("kind", "mlp") not in ("mlp", "cnn"),
    "leaky": lambda document: document["model"].get("kind", "mlp") not in ("mlp", "cnn"),
    "gelu": lambda document: document["model"].get("kind", "mlp") not in ("mlp", "cnn"),
    "momentum": lambda document: document["optimizer"].get("kind", "sgd") != "sgd",
    "no validation": lambda document: document["data"]["source"] == "maze",
}
PER_BASE = 6


def healthy() -> Iterator[Case]:
    """Yield the healthy cases: some sensible settings of each base, and the healthy lessons and examples."""
    names = list(SENSIBLE)
    for number, (base, document) in enumerate({**BASES, **FRESH}.items()):
        fitting = [name for name in names if not _UNFIT.get(name, lambda _: False)(document)]
        # Each base takes the next settings of the list, so that all of them have their turn.
        taken = [fitting[(number * PER_BASE + step) % len(fitting)] for step in range(PER_BASE)]
        for name in taken:
            experiment = merged(document, SENSIBLE[name])
            yield Case(f"{base}, {name}", experiment, experiment, metric=metric_of(experiment))
    yield from _resources()


# Runs of the lessons and the welcome page that go as their texts say they should; the others show a fault.
HEALTHY_FILES = (
    "experiments/1-digits.toml",
    "experiments/3-accumulate.toml",
    "experiments/4-moons.toml",
    "experiments/5-line.toml",
    "experiments/7-zeroed-or-not.toml: every update",
    "experiments/8-maze.toml",
    "lessons/_template/experiment.toml",
    "lessons/accumulating/equal.toml: four times 16",
    "lessons/accumulating/equal.toml: once 64",
    "lessons/accumulating/not-divided.toml: divided",
    "lessons/accumulating/tails.toml: by samples",
    "lessons/accumulating/batch-norm.toml: once 64",
    "lessons/by-hand/line.toml",
    "lessons/by-hand/memory.toml: SGD",
    "lessons/by-hand/memory.toml: momentum 0.9",
    "lessons/by-hand/memory.toml: Adam",
    "lessons/by-hand/rates.toml: 0.1",
    "lessons/confusion-matrix/digits.toml",
    "lessons/confusion-matrix/spam.toml",
    "lessons/epochs/rounds.toml",
    "lessons/epochs/batches.toml: 8 at a time",
    "lessons/epochs/spam.toml",
    "lessons/learning-rates/schedules.toml: cosine",
    "lessons/learning-rates/schedules.toml: in steps",
    "lessons/learning-rates/three.toml: 0.1",
    "lessons/learning-rates/warm-up.toml: warm-up to 3",
    "lessons/learning-rates/warm-up.toml: one cycle to 3",
    "lessons/never-zeroed/adam.toml: zeroed",
    "lessons/never-zeroed/spam.toml: zeroed",
    "lessons/never-zeroed/swing.toml: zeroed",
    "lessons/overfitting/more-data.toml: 800 points",
    "lessons/overfitting/stopping.toml: early stopping",
    "lessons/seeing-reading/acting.toml: compared",
    "lessons/seeing-reading/seeing.toml: CNN",
    "lessons/seeing-reading/seeing.toml: linear",
    "lessons/seeing-reading/reading.toml: zeroed",
    "lessons/thresholds/weights.toml: balanced",
    "lessons/through-time/chirp.toml",
    "lessons/through-time/chunks.toml: added up",
    "lessons/vanishing/dead.toml: 0.003",
    "lessons/vanishing/deep.toml: ReLU + He",
    "lessons/vanishing/deep.toml: tanh + Xavier",
    "lessons/vanishing/saturated.toml: as usual",
    "lessons/where-zero-grad/places.toml: once per update",
    "lessons/where-zero-grad/too-often.toml: every update",
    "lessons/whiteboard/board.toml",
    "lessons/why-zero/race.toml: zeroed",
    "lessons/zero-gradient/minimum.toml",
    "lessons/zero-gradient/nudged.toml",
    "lessons/zero-gradient/all-zero.toml: by chance",
    "lessons/zero-gradient/plateau.toml: 0.1",
)


def from_file(name: str) -> Document:
    """Return an experiment of the resources, ``folder/file.toml: variant``."""
    file, _, variant = name.partition(": ")
    runs = singles(load(Path(str(resource(*file.split("/"))))))
    chosen = next(run for run in runs if not variant or run.folder[0] == variant)
    return chosen.experiment.model_dump(mode="json", exclude={"variants", "replicas"})


def _resources() -> Iterator[Case]:
    for name in HEALTHY_FILES:
        document = from_file(name)
        yield Case(name, document, document, metric=metric_of(document))


def metric_of(document: Document) -> Metric:
    """Return what tells whether a run is as good as another on the same data."""
    return METRICS.get(document["data"]["source"], "accuracy")


# --- planted faults ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fault:
    """A fault and the experiments that it is put into.

    Attributes:
        named_by: the findings that count as naming it.
        changes: what is put in; it may depend on the experiment.
        bases: the names of experiments.
        seeds: with each of them, so many seeds.
        twin: what the healthy twin has beside its base, where that is not the fault: the same depth, say.
    """

    named_by: tuple[str, ...]
    changes: Callable[[Document], Document]
    bases: tuple[str, ...]
    seeds: tuple[int, ...] = (0,)
    kind: Literal["exact", "curve", "random"] = "curve"
    metric: Metric | None = None
    curable: bool = True
    twin: Document = field(default_factory=dict)


def _set(**keys: Any) -> Callable[[Document], Document]:
    return lambda document: changed(document, **keys)


def _rate(sgd: float, adaptive: float) -> Callable[[Document], Document]:
    """Return a change of the learning rate, for SGD and for optimizers that scale their steps."""

    def change(document: Document) -> Document:
        kind = document["optimizer"].get("kind", "sgd")
        return changed(document, optimizer__lr=sgd if kind == "sgd" else adaptive)

    return change


def _adam(lr: float) -> Callable[[Document], Document]:
    return _set(optimizer__kind="adam", optimizer__lr=lr)


def _few_labels_wrong(document: Document) -> Document:
    return changed(document, data__label_noise=0.2, data__train_rows=300, data__validation_rows=600)


FAULTS: dict[str, Fault] = {
    # a rate too high: plain SGD, Adam, momentum on top, no rows
    "rate far too high": Fault(
        ("rate_too_high",),
        _rate(10.0, 1.0),
        (
            "digits mlp",
            "digits deep",
            "moons mlp",
            "spirals mlp",
            "blobs deep",
            "wine deep",
            "spam mlp",
            "diabetes mlp",
            "line linear",
            "circles deep",
            "chirp gru",
            "xor mlp",
            "digits cnn",
        ),
    ),
    "rate too high for Adam": Fault(
        ("rate_too_high", "dead_units", "collapsed"),
        _adam(0.5),
        ("digits deep", "moons deep", "spam deep", "iris deep", "cancer deep", "spirals deep", "xor deep"),
    ),
    "momentum on top of a high rate": Fault(
        ("rate_too_high",),
        _set(optimizer__momentum=0.99, optimizer__lr=1.0),
        ("digits mlp", "blobs mlp", "wine mlp", "line mlp", "diabetes linear"),
    ),
    "just over the edge": Fault(
        ("rate_too_high", "oscillating"),
        _set(optimizer__lr=1.1, training__batch_size=500),
        ("line linear", "diabetes linear"),
        twin={"training": {"batch_size": 500}},
    ),
    # a rate too low
    "rate far too low": Fault(
        ("rate_too_low",),
        _rate(1e-5, 1e-6),
        (
            "digits mlp",
            "digits linear",
            "digits cnn",
            "moons mlp",
            "circles mlp",
            "spirals mlp",
            "blobs mlp",
            "iris mlp",
            "wine linear",
            "cancer linear",
            "spam mlp",
            "line linear",
            "diabetes mlp",
            "chirp gru",
            "adding lstm",
        ),
    ),
    "rate too low": Fault(
        ("rate_too_low",),
        _rate(1e-3, 3e-5),
        ("digits deep", "moons deep", "blobs mlp", "xor mlp", "wine mlp", "digits heads"),
    ),
    "Adam too low": Fault(
        ("rate_too_low",),
        _adam(1e-5),
        ("digits mlp", "cancer mlp", "spirals deep", "line mlp", "blobs linear"),
    ),
    # signals that fade or grow
    "deep sigmoid": Fault(
        ("vanishing",),
        _set(model__hidden=[32] * 6, model__activation="sigmoid", model__init="default"),
        ("digits deep", "moons deep", "blobs deep", "iris deep", "spam deep", "wine deep", "circles deep"),
        twin={"model": {"hidden": [32] * 6, "init": "he"}},
    ),
    "deep sigmoid with Xavier": Fault(
        ("vanishing",),
        _set(model__hidden=[24] * 7, model__activation="sigmoid", model__init="xavier"),
        ("digits deep", "cancer deep", "xor deep"),
        twin={"model": {"hidden": [24] * 7, "init": "he"}},
    ),
    "small weights, deep": Fault(
        ("vanishing", "saddle", "bad_start"),
        _set(model__hidden=[32] * 4, model__init="small"),
        ("digits deep", "moons deep", "spam deep", "wine deep", "circles deep"),
        twin={"model": {"hidden": [32] * 4, "init": "he"}},
    ),
    "large weights, deep": Fault(
        ("exploding", "bad_start"),
        _set(model__hidden=[64] * 6, model__init="large"),
        ("digits deep", "wine deep", "spam deep", "cancer deep", "blobs deep"),
        twin={"model": {"hidden": [64] * 6, "init": "he"}},
    ),
    "dead from the start": Fault(
        ("dead_units",),
        _set(model__bias=-20.0, model__activation="relu"),
        ("digits mlp", "moons deep", "blobs mlp", "iris mlp", "wine deep", "cancer mlp", "xor mlp"),
    ),
    "far out on tanh": Fault(
        ("saturated_units",),
        _set(model__bias=10.0, model__activation="tanh"),
        ("digits mlp", "moons mlp", "circles mlp", "wine mlp", "cancer mlp", "spam mlp", "iris deep"),
    ),
    "far out on sigmoid": Fault(
        ("saturated_units",),
        _set(model__bias=-12.0, model__activation="sigmoid", model__hidden=[32]),
        ("digits mlp", "blobs mlp", "spirals mlp", "xor mlp"),
        twin={"model": {"activation": "sigmoid", "hidden": [32]}},
    ),
    "raw inputs into tanh": Fault(
        ("saturated_units", "not_standardized"),
        _set(data__standardize=False, model__activation="tanh"),
        ("wine mlp", "cancer mlp", "diabetes mlp"),
    ),
    "raw inputs": Fault(
        ("not_standardized", "rate_too_high"),
        _set(data__standardize=False),
        ("wine mlp", "wine linear", "cancer mlp", "cancer linear", "diabetes mlp", "wine deep"),
    ),
    "all zero": Fault(
        ("saddle",),
        _set(model__init="zeros"),
        ("digits mlp 2", "moons mlp", "blobs deep", "iris deep", "spam mlp", "digits cnn"),
    ),
    # judged on rows that were held out
    "learned by heart": Fault(
        ("overfitting", "past_best"),
        lambda document: merged(
            _few_labels_wrong(document),
            {
                "model": {"hidden": [128, 128]},
                "optimizer": {"kind": "adam", "lr": 0.003},
                "training": {"epochs": 30},
            },
        ),
        ("digits mlp", "digits deep", "digits mlp 2"),
        metric="loss",
    ),
    "few points, long": Fault(
        ("overfitting", "past_best"),
        lambda document: merged(
            document,
            {
                "data": {"noise": 0.35, "samples": 580, "validation_rows": 500},
                "model": {"hidden": [64, 64]},
                "optimizer": {"kind": "adam", "lr": 0.01},
                "training": {"epochs": 70, "batch_size": 16},
            },
        ),
        ("moons mlp", "circles mlp", "xor mlp", "spirals mlp"),
        (0, 1),
        metric="loss",
    ),
    "few rows, long": Fault(
        ("overfitting", "past_best"),
        lambda document: merged(
            document,
            {
                "data": {"train_rows": 60, "label_noise": 0.15},
                "model": {"hidden": [64]},
                "optimizer": {"kind": "adam", "lr": 0.01},
                "training": {"epochs": 60, "batch_size": 16},
            },
        ),
        ("spam mlp", "cancer mlp", "blobs mlp", "wine mlp"),
        metric="loss",
    ),
    "few patients, long": Fault(
        ("overfitting", "past_best"),
        lambda document: merged(
            document,
            {
                "data": {"train_rows": 80},
                "model": {"hidden": [64]},
                "optimizer": {"kind": "adam", "lr": 0.01},
                "training": {"epochs": 60, "batch_size": 16},
            },
        ),
        ("diabetes mlp",),
        (0, 1),
    ),
    # classes
    "rare class": Fault(
        ("class_ignored", "imbalanced"),
        _set(training__class_weights="none", data__positive=0.02),
        ("fraud mlp", "fraud linear"),
        (0, 1, 2),
    ),
    "rarer class": Fault(
        ("class_ignored", "imbalanced"),
        _set(training__class_weights="none", data__positive=0.01),
        ("fraud mlp", "fraud linear"),
        (0, 1),
    ),
    # nothing to learn, or no way to learn it
    "a line through a ring": Fault(
        ("not_learning",),
        _set(model__kind="linear"),
        ("circles mlp", "xor mlp"),
        (0, 1),
        curable=False,
    ),
    "all labels wrong": Fault(
        ("not_learning",),
        _set(data__label_noise=1.0, model__kind="linear"),
        ("digits linear", "spam linear", "cancer linear", "wine linear"),
        curable=False,
    ),
    "mean squared error on classes, rate too low": Fault(
        ("rate_too_low", "not_learning"),
        _set(training__loss="mse", optimizer__lr=0.001),
        ("circles mlp", "blobs mlp", "moons mlp"),
        twin={"training": {"loss": "mse"}},
    ),
    "momentum that forgets nothing": Fault(
        ("oscillating", "rate_too_high"),
        _set(optimizer__momentum=1.0),
        ("line linear", "digits mlp", "moons mlp", "wine linear", "spam deep", "cancer linear"),
    ),
    "rate beyond all measure": Fault(
        ("rate_too_high",),
        _set(optimizer__lr=300.0),
        ("spam deep", "xor deep", "circles deep", "cancer deep", "moons mlp", "digits mlp", "spirals mlp"),
    ),
    "rate too high for depth": Fault(
        ("rate_too_high", "dead_units", "oscillating"),
        _set(optimizer__lr=3.0),
        ("digits deep", "spam deep", "blobs deep", "cancer deep", "iris deep", "xor deep"),
    ),
    "no bend": Fault(
        ("not_learning",),
        _set(model__activation="identity"),
        ("circles mlp", "xor mlp", "spirals mlp"),
    ),
    "nearly all units switched off": Fault(
        ("not_learning",),
        _set(model__dropout=0.95),
        ("digits mlp 2", "moons deep", "spam deep", "wine deep", "circles mlp", "iris mlp", "spirals deep"),
        kind="random",
    ),
    "a single unit": Fault(
        ("not_learning",),
        _set(model__hidden=[1]),
        ("digits mlp", "circles mlp", "spirals mlp", "xor mlp", "blobs mlp"),
        kind="random",
    ),
    "one epoch": Fault(
        ("rate_too_low", "not_learning"),
        _set(training__epochs=1),
        ("moons mlp", "circles deep", "iris mlp", "wine linear", "cancer mlp", "digits heads"),
        kind="random",
    ),
    "stopped at once": Fault(
        ("rate_too_low", "not_learning"),
        _set(training__patience=1, training__min_delta=0.1),
        ("moons mlp", "circles mlp", "spirals deep", "blobs mlp", "digits deep", "xor mlp"),
        kind="random",
    ),
    # told, not warned of
    "large weights, shallow": Fault(
        ("bad_start", "exploding"),
        _set(model__init="large"),
        ("digits mlp", "spam mlp", "cancer mlp"),
        curable=False,
    ),
    "on the pass": Fault(
        ("saddle",),
        lambda _: from_file("lessons/zero-gradient/pass.toml"),
        ("line linear",),
        metric="loss",
        curable=False,
    ),
    "at the bottom": Fault(
        ("minimum",),
        _set(optimizer__lr=0.2, training__batch_size=500, training__epochs=60),
        ("line linear",),
        (0, 1, 2),
        curable=False,
    ),
    "a bowl": Fault(
        ("minimum",),
        lambda _: merged(from_file("lessons/zero-gradient/pass.toml"), {"model": {"surface": "bowl"}}),
        ("line linear",),
        metric="loss",
        curable=False,
    ),
    "two rows an update": Fault(
        ("batch_size",),
        _set(training__batch_size=1, gradients__accumulate=2, training__epochs=3),
        ("digits mlp", "cancer mlp"),
        curable=False,
    ),
    "long past the best": Fault(
        ("past_best", "overfitting"),
        _set(training__epochs=60, optimizer__kind="adam", optimizer__lr=0.01),
        ("spam mlp", "diabetes mlp", "cancer linear", "xor mlp"),
        curable=False,
    ),
    "imbalanced, told so": Fault(
        ("imbalanced",), _set(data__positive=0.03), ("fraud mlp", "fraud linear"), curable=False
    ),
}

EXACT: dict[str, Fault] = {
    "never zeroed": Fault(
        ("not_cleared",),
        _set(gradients__zero="never"),
        ("digits mlp", "digits deep", "moons mlp", "spam mlp", "line linear", "wine linear", "chirp gru"),
        kind="exact",
    ),
    "no zeroing for ten updates": Fault(
        ("not_cleared",),
        _set(gradients__zero="every_epoch", training__batch_size=34),
        ("digits mlp", "moons mlp", "blobs mlp", "cancer linear", "spirals mlp"),
        twin={"training": {"batch_size": 34}},
        kind="exact",
    ),
    "zeroed after backward": Fault(
        ("zeroed_too_late",),
        _set(gradients__zero="after_backward"),
        ("digits mlp", "iris mlp", "spam linear", "diabetes mlp", "blobs deep"),
        kind="exact",
    ),
    "zeroed inside the window": Fault(
        ("zeroed_too_late",),
        _set(gradients__zero="every_batch", gradients__accumulate=4, training__batch_size=8),
        ("digits mlp", "moons mlp", "wine mlp", "cancer mlp", "line mlp"),
        twin={"training": {"batch_size": 8}, "gradients": {"accumulate": 4}},
        kind="exact",
    ),
    "sums instead of means": Fault(
        ("sum_not_mean",),
        _set(gradients__scale="sum", gradients__accumulate=16, training__batch_size=8),
        ("digits deep", "spam mlp", "circles mlp", "diabetes linear", "wine deep"),
        twin={"training": {"batch_size": 8}, "gradients": {"accumulate": 16}},
        kind="exact",
    ),
    "unequal micro-batches weighed alike": Fault(
        ("small_tail",),
        _set(gradients__scale="mean", gradients__accumulate=4, training__batch_size=33),
        ("digits mlp", "moons mlp", "blobs linear", "cancer mlp", "spirals mlp"),
        twin={"training": {"batch_size": 33}, "gradients": {"accumulate": 4}},
        kind="exact",
    ),
    "copies in the validation rows": Fault(
        ("leaked",), _set(data__leak=1.0), ("digits mlp", "moons mlp", "spam mlp", "wine mlp"), kind="exact"
    ),
    "head left out": Fault(
        ("layer_not_training",), _set(model__head_a_updates=5), ("digits heads",), kind="exact"
    ),
    "frozen layers": Fault(
        ("layer_not_training",),
        lambda document: changed(
            document,
            model__freeze=[f"hidden{number}" for number in range(1, len(document["model"]["hidden"]) + 1)],
        ),
        ("digits deep", "moons mlp", "wine mlp", "cancer deep"),
        kind="exact",
    ),
    "an optimizer that moves nothing": Fault(
        ("layer_not_training",), _set(optimizer__lr=0.0), ("digits mlp", "wine linear"), kind="exact"
    ),
}


def planted() -> Iterator[Case]:
    """Yield the cases with a planted fault."""
    for name, fault in {**EXACT, **FAULTS}.items():
        for base in fault.bases:
            for seed in fault.seeds:
                yield _planted(name, fault, base, seed)


FRESH_FAULTS: dict[str, tuple[str, ...]] = {
    "never zeroed": ("iris heads", "diabetes deep", "adding mlp"),
    "zeroed after backward": ("wine heads", "line deep"),
    "sums instead of means": ("spam heads", "fraud deep"),
    "rate far too high": tuple(FRESH),
    "rate beyond all measure": ("iris heads", "spam heads", "fraud deep", "diabetes deep"),
    "rate too high for Adam": ("fraud deep", "line deep"),
    "rate far too low": tuple(FRESH),
    "Adam too low": tuple(FRESH),
    "deep sigmoid": ("diabetes deep", "line deep", "fraud deep", "iris heads", "moons heads"),
    "small weights, deep": ("diabetes deep", "line deep"),
    "large weights, deep": ("fraud deep", "cancer heads", "diabetes deep"),
    "dead from the start": (
        "iris heads",
        "wine heads",
        "moons heads",
        "xor heads",
        "diabetes deep",
        "line deep",
    ),
    "far out on tanh": ("wine heads", "spam heads", "cancer heads", "xor heads", "diabetes deep"),
    "all zero": ("iris heads", "moons heads", "fraud deep", "spam heads", "line deep"),
    "raw inputs": ("wine heads", "cancer heads", "diabetes deep"),
    "few rows, long": ("spam heads", "cancer heads"),
    "rare class": ("fraud deep",),
    "no bend": ("xor heads", "moons heads"),
    "one epoch": ("iris heads", "moons heads", "adding mlp", "xor heads"),
}


def planted_fresh() -> Iterator[Case]:
    """Yield the cases of the pairs that were added last."""
    faults = {**EXACT, **FAULTS}
    for name, bases in FRESH_FAULTS.items():
        for base in bases:
            yield from (_planted(name, faults[name], base, seed) for seed in faults[name].seeds)


def _planted(name: str, fault: Fault, base: str, seed: int) -> Case:
    document = changed({**BASES, **FRESH}[base], seed=seed)
    faulty = fault.changes(document)
    if not _same_rows(document, faulty):
        return Case(name, faulty, faulty, fault.named_by, fault.kind, "loss", fault.curable)
    # The twin has the same rows, unless the rows are the fault.
    twin = merged(
        document, {"data": {**faulty["data"], "standardize": True, "leak": 0.0, "label_noise": 0.0}}
    )
    if fault.metric == "loss":
        twin = changed(merged(faulty, {"training": {"patience": 8}}))
    return Case(
        f"{base}, {name}" + f", seed {seed}" * (len(fault.seeds) > 1),
        faulty,
        merged(twin, fault.twin),
        fault.named_by,
        fault.kind,
        fault.metric or metric_of(document),
        fault.curable,
    )


def _same_rows(document: Document, faulty: Document) -> bool:
    return bool(document["data"]["source"] == faulty["data"]["source"])


# --- random operators ------------------------------------------------------------------------------------------

RANDOM_RUNS = 96
RATE = ("rate_too_high", "blew_up", "exploding", "oscillating")
OPERATORS: dict[str, tuple[Callable[[np.random.Generator, Document], Document], tuple[str, ...]]] = {
    "epochs": (
        lambda random, document: changed(document, training__epochs=int(random.integers(1, 4))),
        ("rate_too_low", "not_learning"),
    ),
    "rate": (
        lambda random, document: changed(document, optimizer__lr=float(10 ** random.uniform(-5, 1))),
        ("rate_too_low", "rate_too_high", "dead_units", "collapsed", "blew_up"),
    ),
    "batch": (
        lambda random, document: changed(document, training__batch_size=int(2 ** random.integers(0, 10))),
        ("batch_size", "rate_too_low", "rate_too_high", "oscillating"),
    ),
    "activation": (
        lambda random, document: changed(
            document, model__activation=str(random.choice(["sigmoid", "tanh", "relu", "identity"]))
        ),
        ("vanishing", "not_learning", "saturated_units", "dead_units", "rate_too_low"),
    ),
    "init": (
        lambda random, document: changed(
            document, model__init=str(random.choice(["zeros", "small", "large", "xavier", "default"]))
        ),
        ("saddle", "vanishing", "exploding", "bad_start", "saturated_units", "overfitting"),
    ),
    "units": (
        lambda random, document: changed(
            document, model__hidden=[int(2 ** random.integers(0, 9))] * len(document["model"]["hidden"])
        ),
        ("not_learning", "overfitting", "past_best", "dead_units", "collapsed", "class_ignored"),
    ),
    "parts": (
        lambda random, document: changed(
            document,
            model__dropout=float(random.choice([0.0, 0.5, 0.9])),
            model__batch_norm=bool(random.integers(2)),
        ),
        ("not_learning", "rate_too_low", "class_ignored", "batch_size", "oscillating"),
    ),
    "patience": (
        lambda random, document: changed(
            document, training__patience=int(random.integers(1, 3)), training__min_delta=0.05
        ),
        ("rate_too_low", "not_learning"),
    ),
}


def operated() -> Iterator[Case]:
    """Yield cases with a random change; whether it did harm is decided by comparing it with its twin."""
    random = np.random.default_rng(20)
    bases = [name for name, document in BASES.items() if document["model"].get("kind", "mlp") == "mlp"]
    names = list(OPERATORS)
    for number in range(RANDOM_RUNS):
        operator = names[number % len(names)]
        base = str(random.choice(bases))
        change, named_by = OPERATORS[operator]
        twin = changed(BASES[base], seed=number)
        yield Case(
            f"{base}, random {operator} {number}",
            change(random, twin),
            twin,
            named_by,
            "random",
            metric_of(twin),
        )


def all_cases() -> list[Case]:
    """Return every case."""
    return [*healthy(), *planted(), *planted_fresh(), *operated()]
