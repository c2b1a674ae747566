"""What a stack of runs is made of: tensors whose first dimension counts the K replicas."""

from collections.abc import Callable, Sequence
from math import isfinite

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gradlab.training.epoch import Epoch
from gradlab.training.forward import FUNCTIONS, Step
from gradlab.training.gradient_buffer import GradientBuffer
from gradlab.training.losses import class_weights
from gradlab.training.optimizers import Rule
from gradlab.training.parameters import FlatParameters
from gradlab.training.run import TrainingRun
from gradlab.training.spans import Doubles

Losses = Callable[[Tensor, Tensor], Tensor]


class StackedParameters(FlatParameters):
    """The weights of K models of the same shape.

    Attributes:
        flat: ``(K, n)``, one row per replica.
        parameters: views of it, ``(K, …)`` each; vectors as columns, ``(K, units, 1)``.
    """

    def __init__(self, runs: Sequence[TrainingRun]) -> None:
        first = runs[0].parameters
        self.segments, self.layers = first.segments, first.layers
        self.flat = torch.stack([run.parameters.flat for run in runs])
        parts = (segment.of(self.flat) for segment in self.segments)
        self.parameters = [nn.Parameter(part if part.ndim > 2 else part.unsqueeze(2)) for part in parts]
        self._in_matrices = np.zeros(self.flat.shape[1])
        for layer in self.layers:
            if layer.matrices:
                self._in_matrices[layer.matrices] = 1

    def deviations(self, values: Doubles) -> list[float]:
        """Return each replica's standard deviation over all matrices of ``values``, ``(K, n)``."""
        count = self._in_matrices.sum()
        means, squares = values @ self._in_matrices / count, np.square(values) @ self._in_matrices / count
        deviations: list[float] = np.sqrt(np.maximum(squares - np.square(means), 0.0)).tolist()
        return deviations


class StackedBuffer(GradientBuffer):
    """K gradient buffers, ``(K, n)`` each part, that are filled and emptied at the same time.

    Attributes:
        norms, clipped_norms: K each, of the latest update's gradients, before and after clipping.
    """

    def __init__(self, runs: Sequence[TrainingRun], parameters: StackedParameters) -> None:
        buffers = [run.buffer for run in runs]
        parts = zip(*(buffer.parts for buffer in buffers), strict=True)
        self.left_over, self.batch, self.used = (torch.stack(part) for part in parts)
        self._parameters = parameters
        self._layers = frozenset(layer.name for layer in parameters.layers)
        self.none, self.none_left_over = buffers[0].none, buffers[0].none_left_over
        self.none_in_batch, self.frozen = buffers[0].none_in_batch, buffers[0].frozen
        self.norms: list[float] = []
        self.clipped_norms: list[float] = []

    def norm(self) -> float:
        """Measure every replica's gradient; return the first one's norm."""
        self.norms = torch.linalg.vector_norm(self.used, dim=1).tolist()
        if not isfinite(sum(self.norms)):  # only the squares may have left float32
            self.norms = torch.linalg.vector_norm(self.used.double(), dim=1).tolist()
        self.clipped_norms = self.norms
        return self.norms[0]

    def clip(self, norm: float, limit: float) -> float:
        """Shorten the gradients that are longer than ``limit``; return the first one's new norm."""
        factors = [min(limit / (norm + 1e-6), 1.0) for norm in self.norms]
        self.used.mul_(self.used.new_tensor(factors).unsqueeze(1))
        self.clipped_norms = [norm * factor for norm, factor in zip(self.norms, factors, strict=True)]
        return self.clipped_norms[0]


class StackedAutograd:
    """The passes of K models at once."""

    def __init__(self, forward: Step, losses: Losses, parameters: StackedParameters) -> None:
        self._forward, self._losses, self._parameters = forward, losses, parameters.parameters

    def forward(self, inputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Return ``(K, outputs, rows)`` and the loss of every row, ``(K, rows)``."""
        outputs = self._forward(inputs)
        self._loss = self._losses(outputs, targets)
        return outputs.detach(), self._loss.detach()

    def backward(self, weight: float, batch: Tensor) -> None:
        """Let ``batch``, ``(K, n)``, be the gradient of the sum of each replica's losses, ``weight`` times."""
        # A row's loss depends on its own replica's weights alone: the gradient of the sum is that of each.
        gradients = torch.autograd.grad(self._loss.sum(), self._parameters)
        torch.cat([gradient.flatten(1) for gradient in gradients], dim=1, out=batch)
        batch.mul_(weight)


class StackedEpoch(Epoch):
    """The epochs of K runs, ``(K, rows, …)`` each tensor, of which the runs' own epochs then hold rows.

    Its ``loss_sum`` is the first one's.
    """

    def __init__(self, runs: Sequence[TrainingRun]) -> None:
        epochs = [run.epoch for run in runs if run.epoch is not None]
        first = epochs[0]
        self.rows, self.position, self.trained = first.rows, first.position, first.trained
        self.loss_sum = first.loss_sum
        self.inputs = torch.stack([epoch.inputs for epoch in epochs])
        self.targets = torch.stack([epoch.targets for epoch in epochs])
        self.outputs = torch.stack([epoch.outputs for epoch in epochs])
        rows = zip(self.inputs.unbind(), self.targets.unbind(), self.outputs.unbind(), strict=True)
        for epoch, own in zip(epochs, rows, strict=True):
            epoch.inputs, epoch.targets, epoch.outputs = own


class RowOfRule(Rule):
    """One replica's part of the rule that moves all of them, for those who look at the replica alone."""

    def __init__(self, rule: Rule, row: int) -> None:
        self.kind = rule.kind
        self._rule = rule
        self._row = row

    @property
    def state(self) -> dict[str, Tensor]:  # type: ignore[override]  # read, and always as it is now
        """The replica's row of everything that the rule remembers."""
        return {name: tensor[self._row] for name, tensor in self._rule.state.items()}

    @property
    def steps(self) -> list[int]:
        """How many steps each layer has made."""
        return self._rule.steps


def hold(run: TrainingRun, flat: Tensor, left_over: Tensor, batch: Tensor, used: Tensor) -> None:
    """Let a run hold its weights and gradients in these tensors, ``(n,)`` each."""
    run.parameters.flat = flat
    run.buffer.left_over, run.buffer.batch, run.buffer.used = left_over, batch, used
    for segment, parameter in zip(run.parameters.segments, run.parameters.parameters, strict=True):
        parameter.data, parameter.grad = segment.of(flat), segment.of(batch)


def stacked_forward(model: nn.Module, parameters: StackedParameters) -> Step:
    """Return what computes ``(K, outputs, rows)`` from ``(K, rows, …)`` with each replica's own weights.

    ``model``, one of the K, tells the layers: linear ones, and such as work value by value. Inside, rows come
    last: losses and weight gradients are then computed fastest.
    """
    weights = {
        segment.name: parameter
        for segment, parameter in zip(parameters.segments, parameters.parameters, strict=True)
    }
    steps = [
        _step(name, layer, weights)
        for name, layer in model.named_children()
        if not isinstance(layer, nn.Flatten | nn.Identity)
    ]

    def forward(rows: Tensor) -> Tensor:
        signal = rows.flatten(2).transpose(1, 2)
        for step in steps:
            signal = step(signal)
        return signal

    return forward


def _step(name: str, layer: nn.Module, weights: dict[str, nn.Parameter]) -> Step:
    if not isinstance(layer, nn.Linear):
        return FUNCTIONS.get(type(layer), layer.forward)
    weight, bias = weights[f"{name}.weight"], weights[f"{name}.bias"]
    # (K, out, 1) + (K, out, in) · (K, in, rows)
    return lambda signal: torch.baddbmm(bias, weight, signal)


def stacked_losses(runs: Sequence[TrainingRun]) -> Losses:
    """Return what computes the loss of each row from ``(K, outputs, rows)`` and ``(K, rows)`` targets."""
    objective, spec = runs[0].objective, runs[0].experiment.training
    if not objective.classes:
        return lambda outputs, targets: (outputs.squeeze(1) - targets).square()
    losses = _cross_entropy if objective.kind == "cross_entropy" else _squared_distance
    weights = [class_weights(spec, run.split, run.device) for run in runs]
    if weights[0] is None:
        return losses
    table = torch.stack([row for row in weights if row is not None])
    return lambda outputs, targets: losses(outputs, targets) * table.gather(1, targets)


def _cross_entropy(outputs: Tensor, targets: Tensor) -> Tensor:
    return F.cross_entropy(outputs, targets, reduction="none")


def _squared_distance(outputs: Tensor, targets: Tensor) -> Tensor:
    wanted = F.one_hot(targets, outputs.shape[1]).to(outputs.dtype).transpose(1, 2)
    return (outputs - wanted).square().mean(dim=1)
