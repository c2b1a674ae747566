"""A plain PyTorch loop that knows nothing of GradLab's: what every number is checked against."""

import copy
from collections.abc import Callable, Iterator

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gradlab.experiment.files import build
from gradlab.experiment.schema import Experiment
from gradlab.training.events import Event
from gradlab.training.loop import train
from gradlab.training.run import TrainingRun
from gradlab.training.seeds import Stream, derive

STOPS_EARLY = {
    "data": {"source": "moons", "noise": 0.4, "samples": 80},
    "model": {"hidden": [64, 64]},
    "optimizer": {"kind": "adam", "lr": 0.02},
    "training": {"epochs": 100, "batch_size": 16, "patience": 5},
}


def experiment(**changes: object) -> Experiment:
    """A small experiment on digits; ``gradients__zero="never"`` sets a key of a section."""
    document: dict = {
        "data": {"source": "digits"},
        "model": {"hidden": [16]},
        "optimizer": {"lr": 0.1},
        "training": {"epochs": 2, "batch_size": 64, "device": "cpu"},
    }
    for key, value in changes.items():
        section, _, name = key.partition("__")
        if name:
            document.setdefault(section, {})[name] = value
        else:
            document[section] = value
    return build(document)


def drain(run: TrainingRun) -> list[Event]:
    return list(train(run))


def weights(model: nn.Module) -> Tensor:
    return torch.cat([parameter.detach().reshape(-1).clone() for parameter in model.parameters()])


def batches(run: TrainingRun, epochs: int, batch_size: int) -> Iterator[tuple[Tensor, Tensor]]:
    """The micro-batches that a run with this seed sees."""
    chance = torch.Generator().manual_seed(derive(run.experiment.seed, Stream.ORDER))
    inputs, targets = run.rows.train
    for _ in range(epochs):
        order = torch.randperm(len(targets), generator=chance)
        for rows in order.split(batch_size):
            yield inputs[rows], targets[rows]


def mean_loss(model: nn.Module, inputs: Tensor, targets: Tensor) -> Tensor:
    outputs = model(inputs)
    if targets.is_floating_point():
        return F.mse_loss(outputs.squeeze(1), targets)
    return F.cross_entropy(outputs, targets)


def plain_training(
    run: TrainingRun, make: Callable[[list[nn.Parameter]], torch.optim.Optimizer], before_step=None
) -> nn.Module:
    """Train a copy of an untouched run's model the textbook way: zero, forward, backward, step."""
    model = copy.deepcopy(run.model)
    optimizer = make(list(model.parameters()))
    spec = run.experiment.training
    for inputs, targets in batches(run, spec.epochs, spec.batch_size):
        optimizer.zero_grad()
        mean_loss(model, inputs, targets).backward()
        if before_step is not None:
            before_step(model)
        optimizer.step()
    return model


def first_gradient(run: TrainingRun) -> dict[str, np.ndarray]:
    """The gradient of the first batch of an untouched run, by parameter name."""
    model = copy.deepcopy(run.model)
    inputs, targets = next(batches(run, 1, run.experiment.training.batch_size))
    mean_loss(model, inputs, targets).backward()
    return {name: parameter.grad.numpy() for name, parameter in model.named_parameters()}
