"""Toy entries of every registry, each in one file, as the recipes in CONTRIBUTING have it."""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from gradlab.experiment.files import build
from gradlab.experiment.registry import Entry, registry_of
from gradlab.experiment.schema import Experiment
from gradlab.experiment.settings import by_key


@dataclass(frozen=True)
class Toy:
    """An entry that is added with one file.

    Attributes:
        key: the setting that chooses it, by the file's name.
        text: the file.
        beside: other settings of an experiment that it is tried with.
        shown, hidden: keys that mean something with it, and that do not.
    """

    key: str
    name: str
    label: str
    text: str
    beside: dict[str, object] = field(default_factory=dict)
    shown: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()

    @property
    def experiment(self) -> Experiment:
        """A small experiment with it, to be trained in an instant."""
        document: dict = {
            "data": {"source": "moons", "samples": 60},
            "model": {"hidden": [5]},
            "optimizer": {"lr": 0.05},
            "training": {"epochs": 3, "batch_size": 16, "device": "cpu"},
        }
        for key, value in {**self.beside, self.key: self.name}.items():
            section, _, name = key.partition(".")
            document.setdefault(section, {})[name] = value
        return build(document)


@contextmanager
def added(toy: Toy, folder: Path) -> Iterator[Entry]:
    """Put the toy's file beside those of its kind; afterwards nothing of it is left."""
    registry = registry_of(by_key(Experiment)[toy.key].registry)
    registry.names()
    (folder / f"{toy.name}.py").write_text(toy.text, encoding="utf-8")
    package = importlib.import_module(registry.package)
    package.__path__.append(str(folder))
    importlib.invalidate_caches()
    try:
        registry.discover()
        by_key.cache_clear()
        yield registry[toy.name]
    finally:
        package.__path__.remove(str(folder))
        sys.modules.pop(f"{registry.package}.{toy.name}", None)
        registry.remove(toy.name)
        by_key.cache_clear()


SOURCE = Toy(
    "data.source",
    "toy_ring",
    "Toy ring",
    '''
import numpy as np

from gradlab.datasets.base import Dataset, source
from gradlab.experiment.sections.data import Data


@source("toy_ring", label="Toy ring", help="Points on a ring.", uses=("samples",), drawn=True)
def toy_ring(data: Data, random: np.random.Generator) -> Dataset:
    """Return points on a ring; those above belong to class 1."""
    angles = random.uniform(-np.pi, np.pi, data.samples)
    points = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    classes = (angles > 0).astype(np.int64)
    return Dataset(points, classes, "half", ("x", "y"), ("below", "above"))
''',
    shown=("data.samples", "data.validation"),
    hidden=("data.noise", "data.path", "data.length"),
)

MODEL = Toy(
    "model.kind",
    "toy_straight",
    "Toy straight",
    '''
from gradlab.models.base import Ends, model_kind


@model_kind("toy_straight", label="Toy straight", help="Two layers and no bend.", uses=("hidden", "init"))
def toy_straight(spec, ends: Ends):
    """Return two linear layers."""
    from torch import nn

    return nn.Sequential(nn.Linear(ends.input_shape[0], spec.hidden[0]), nn.Linear(spec.hidden[0], ends.outputs))
''',
    shown=("model.hidden", "model.init"),
    hidden=("model.activation", "model.dropout", "model.chunk", "gradients.zero_chunks"),
)

OPTIMIZER = Toy(
    "optimizer.kind",
    "toy_signs",
    "Toy signs",
    '''
from typing_extensions import override

from gradlab.training.optimizers.base import OPTIMIZERS, OptimizerCode, OptimizerKind


@OPTIMIZERS.register
class ToySigns(OptimizerKind):
    """weights ← weights − learning rate · sign(gradient + momentum · sum of gradients)."""

    name = "toy_signs"
    english_label = "Toy signs"
    english_help = "Every weight moves equally far."
    uses = ("momentum",)

    @override
    def move(self, group, gradient, lr, spec):
        seen = group.memory("seen").add_(gradient)
        group.weights.sub_(lr * (gradient + spec.momentum * seen).sign())

    @override
    def moves_on(self, spec):
        return spec.momentum > 0

    @override
    def moved_by(self, spec):
        return "by the learning rate, whatever the buffer's size; of the past {momentum}"

    @override
    def code(self, spec, *, with_tools):
        step = (
            "with torch.no_grad():",
            "    for weight, sum in zip(model.parameters(), seen):",
            "        sum += weight.grad",
            f"        weight -= {spec.lr!r} * (weight.grad + {spec.momentum!r} * sum).sign()",
        )
        before = ("seen = [torch.zeros_like(weight) for weight in model.parameters()]",)
        return OptimizerCode(before, step, "model")
''',
    {"optimizer.momentum": 0.25},
    shown=("optimizer.lr", "optimizer.momentum"),
    hidden=("optimizer.nesterov", "optimizer.weight_decay"),
)

MATRIX_OPTIMIZER = Toy(
    "optimizer.kind",
    "toy_matrix",
    "Toy matrix",
    '''
from typing_extensions import override

from gradlab.training.optimizers.base import OPTIMIZERS, OptimizerCode, OptimizerKind


@OPTIMIZERS.register
class ToyMatrix(OptimizerKind):
    """Matrices move along their gradient made 1 in its largest singular value, vectors along their gradient."""

    name = "toy_matrix"
    english_label = "Toy matrix"
    english_help = "Knows matrices from vectors."

    @override
    def move(self, group, gradient, lr, spec):
        from torch import linalg

        stacked = group.weights.ndim - 1  # dimensions of the replicas
        for weight, slope in zip(group.in_shape(group.weights), group.in_shape(gradient), strict=True):
            if weight.ndim - stacked == 2:
                slope = slope / linalg.matrix_norm(slope, 2, keepdim=True)
            weight.sub_(lr * slope)

    @override
    def code(self, spec, *, with_tools):
        step = (
            "with torch.no_grad():",
            "    for weight in model.parameters():",
            "        step = weight.grad",
            "        if step.ndim == 2:",
            "            step = step / torch.linalg.matrix_norm(step, 2)",
            f"        weight -= {spec.lr!r} * step",
        )
        return OptimizerCode((), step, "model")
''',
    shown=("optimizer.lr",),
    hidden=("optimizer.momentum", "optimizer.nesterov", "optimizer.weight_decay"),
)

SCHEDULE = Toy(
    "optimizer.schedule",
    "toy_halves",
    "Toy halves",
    '''
from typing_extensions import override

from gradlab.training.schedules.base import SCHEDULES, Schedule


@SCHEDULES.register
class ToyHalves(Schedule):
    """Half the learning rate at every second update."""

    name = "toy_halves"
    english_label = "Toy halves"
    english_help = "Half of it at every second update."

    @override
    def factor(self, made, total):
        return 1 - made % 2 / 2

    @override
    def code(self, spec, updates):
        return ("scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda made: 1 - made % 2 / 2)",)
''',
)

WATCHING_SCHEDULE = Toy(
    "optimizer.schedule",
    "toy_cooling",
    "Toy cooling",
    '''
from dataclasses import dataclass

from typing_extensions import override

from gradlab.training.schedules.base import SCHEDULES, LossWatch, Schedule


@dataclass
class Cooling(LossWatch):
    """Nine tenths after every epoch that was seen."""

    seen: int = 0

    @override
    def observe(self, loss):
        self.seen += 1
        self.factor *= 0.9


@SCHEDULES.register
class ToyCooling(Schedule):
    """Nine tenths after every epoch."""

    name = "toy_cooling"
    english_label = "Toy cooling"
    english_help = "Nine tenths after every epoch."
    watch = Cooling

    @override
    def code(self, spec, updates):
        return ("scheduler = Cooling(optimizer)",)
''',
)

ZEROING = Toy(
    "gradients.zero",
    "toy_second",
    "Toy second",
    '''
from typing_extensions import override

from gradlab.training.zeroing.base import ZEROING, ZeroingMode


@ZEROING.register
class ToySecond(ZeroingMode):
    """Emptied before every second update."""

    name = "toy_second"
    english_label = "Toy second"
    english_help = "Emptied before every second update."
    moments = frozenset({"window"})
    emptied = "it was time, so {emptied}."
    stays = "Now and then it stays."
    comment = "emptied now and then"

    @override
    def is_due(self, moment, counters):
        return moment in self.moments and counters.updates % 2 == 0

    @override
    def code(self, zero):
        return ("made = made + 1 if 'made' in globals() else 0", "if made % 2 == 0:", f"    {zero}")
''',
)

LOSS = Toy(
    "training.loss",
    "toy_distance",
    "Toy distance",
    '''
from typing_extensions import override

from gradlab.training.losses.base import LOSSES, LossKind


@LOSSES.register
class ToyDistance(LossKind):
    """The distance to the right answer, not squared."""

    name = "toy_distance"
    english_label = "Toy distance"
    english_help = "The distance to the right answer."
    goals = frozenset({"classes"})

    @override
    def of_rows(self, outputs, targets, classes):
        from torch.nn.functional import one_hot

        return (outputs - one_hot(targets, classes)).abs().mean(dim=1)
''',
)

ACTIVATION = Toy(
    "model.activation",
    "toy_softsign",
    "Toy softsign",
    '''
from typing_extensions import override

from gradlab.models.activations.base import ACTIVATIONS, Activation


@ACTIVATIONS.register
class ToySoftsign(Activation):
    """x / (1 + |x|)."""

    name = "toy_softsign"
    english_label = "Toy softsign"
    english_help = "Squeezes to −1 … 1, slowly."
    trouble = "saturated"
    bounds = (-1.0, 1.0)

    @override
    def layer(self):
        from torch import nn

        return nn.Softsign()

    @override
    def is_active(self, into, out):
        return into.abs() < 1e-9
''',
)

INITIALISATION = Toy(
    "model.init",
    "toy_tenth",
    "Toy tenth",
    '''
from typing_extensions import override

from gradlab.models.initialisations.base import INITIALISATIONS, Initialisation


@INITIALISATIONS.register
class ToyTenth(Initialisation):
    """Every weight a tenth."""

    name = "toy_tenth"
    english_label = "Toy tenth"
    english_help = "Every weight is 0.1."

    @override
    def draw(self, matrix):
        matrix.fill_(0.1)
''',
)

TOYS = (
    SOURCE,
    MODEL,
    OPTIMIZER,
    MATRIX_OPTIMIZER,
    SCHEDULE,
    WATCHING_SCHEDULE,
    ZEROING,
    LOSS,
    ACTIVATION,
    INITIALISATION,
)
