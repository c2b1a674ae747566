"""The forward and backward passes of K networks of the same shape, written out like those of one.

Inside, rows come last, ``(K, units, rows)``, which is fastest for losses and weight gradients.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gradlab.training.objective import Objective, class_weights
from gradlab.training.run import TrainingRun
from gradlab.training.stack_parts import StackedBuffer, StackedParameters
from gradlab.training.written_out import ChainStep, step_of


class StackedLinear(ChainStep):
    """outputs = weight · inputs + bias, with each network's own weights."""

    learns = True

    def __init__(self, name: str, parameters: StackedParameters, buffer: StackedBuffer) -> None:
        segments = {segment.name: segment for segment in parameters.segments}
        weight, bias = segments[f"{name}.weight"], segments[f"{name}.bias"]
        self._weight, self._bias = weight.of(parameters.flat), bias.of(parameters.flat).unsqueeze(2)
        self._turned = self._weight.transpose(1, 2)
        self._weight_gradient, self._bias_gradient = weight.of(buffer.batch), bias.of(buffer.batch)

    def forward(self, signal: Tensor) -> Tensor:
        """``(K, inputs, rows)`` → ``(K, outputs, rows)``."""
        self._signal = signal
        return torch.baddbmm(self._bias, self._weight, signal)

    def backward(self, gradient: Tensor) -> Tensor:
        """``(K, outputs, rows)`` → ``(K, inputs, rows)``."""
        return torch.bmm(self._turned, gradient)

    def fill(self, gradient: Tensor) -> None:
        """Sum over the rows."""
        # Copied, since bmm is slow when it writes into the middle of a larger tensor.
        self._weight_gradient.copy_(torch.bmm(gradient, self._signal.transpose(1, 2)))
        torch.sum(gradient, 2, out=self._bias_gradient)


class RowLosses(ABC):
    """The loss of every row of every replica, and its gradient with respect to the outputs.

    ``table``, ``(K, classes)``, holds the weight of each class; None where all count the same.
    """

    def __init__(self, table: Tensor | None) -> None:
        self._table = table

    def forward(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """``(K, outputs, rows)`` and ``(K, rows)`` → ``(K, rows)``."""
        self._outputs, self._targets = outputs, targets
        losses = self._losses()
        if self._table is None:
            return losses
        self._counts = self._table.gather(1, targets)
        return losses * self._counts

    def backward(self, weight: float) -> Tensor:
        """Return the gradient of ``weight`` times the sum of the losses, ``(K, outputs, rows)``."""
        slope = self._slope().mul_(weight)
        return slope if self._table is None else slope.mul_(self._counts.unsqueeze(1))

    @abstractmethod
    def _losses(self) -> Tensor:
        """Return each row's loss before it is weighted."""

    @abstractmethod
    def _slope(self) -> Tensor:
        """Return its gradient, as a new tensor."""


class CrossEntropies(RowLosses):
    """−log of the probability of the true class."""

    def _losses(self) -> Tensor:
        self._logs = torch.log_softmax(self._outputs, 1)
        self._true = self._targets.unsqueeze(1)
        return -self._logs.gather(1, self._true).squeeze(1)

    def _slope(self) -> Tensor:
        minus_one = self._logs.new_tensor(-1.0).expand(self._true.shape)
        return self._logs.exp().scatter_add_(1, self._true, minus_one)


class SquaredErrors(RowLosses):
    """The squared distance to one target per row."""

    def _losses(self) -> Tensor:
        self._miss = self._outputs.squeeze(1) - self._targets
        return self._miss.square()

    def _slope(self) -> Tensor:
        return (2 * self._miss).unsqueeze(1)


class SquaredDistances(RowLosses):
    """The mean squared distance to 1 for the true class and 0 for the others."""

    def _losses(self) -> Tensor:
        wanted = F.one_hot(self._targets, self._outputs.shape[1]).to(self._outputs.dtype)
        self._miss = self._outputs - wanted.transpose(1, 2)
        return self._miss.square().mean(dim=1)

    def _slope(self) -> Tensor:
        return self._miss * (2 / self._miss.shape[1])


class StackedChain:
    """Runs the passes of all replicas of a stack; ``Chain`` does so for a single run."""

    def __init__(
        self, runs: Sequence[TrainingRun], parameters: StackedParameters, buffer: StackedBuffer
    ) -> None:
        self._steps = _steps(runs[0].model, parameters, buffer)
        self._row_losses = _row_losses(runs)

    def outputs(self, inputs: Tensor) -> Tensor:
        """``(K, rows, …)`` → ``(K, outputs, rows)``, each network's own."""
        signal = inputs.flatten(2).transpose(1, 2)
        for step in self._steps:
            signal = step.forward(signal)
        return signal

    def losses(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """Return the loss of every row, ``(K, rows)``."""
        return self._row_losses.forward(outputs, targets)

    def forward(self, inputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Return the outputs and the loss of every row of a micro-batch."""
        outputs = self.outputs(inputs)
        return outputs, self.losses(outputs, targets)

    def backward(self, weight: float, batch: Tensor) -> None:
        """Fill ``batch`` with each replica's gradient of ``weight`` times the sum of its losses."""
        gradient = self._row_losses.backward(weight)
        for step in self._steps[:0:-1]:
            if step.learns:
                step.fill(gradient)
            gradient = step.backward(gradient)
        self._steps[0].fill(gradient)


# The fast way of each loss, by its name and whether there are classes.
ROW_LOSSES: dict[tuple[str, bool], type[RowLosses]] = {
    ("cross_entropy", True): CrossEntropies,
    ("mse", True): SquaredDistances,
    ("mse", False): SquaredErrors,
}


def passes_are_known(model: nn.Module, objective: Objective) -> bool:
    """Return whether both passes of a chain of layers are known for several replicas at once."""
    layers = (layer for layer in model.children() if not _does_nothing(layer))
    known = all(isinstance(layer, nn.Linear) or step_of(layer) is not None for layer in layers)
    return known and _key(objective) in ROW_LOSSES


def _steps(model: nn.Module, parameters: StackedParameters, buffer: StackedBuffer) -> list[ChainStep]:
    steps = (
        StackedLinear(name, parameters, buffer) if isinstance(layer, nn.Linear) else step_of(layer)
        for name, layer in model.named_children()
        if not _does_nothing(layer)
    )
    return [step for step in steps if step is not None]


def _does_nothing(layer: nn.Module) -> bool:
    return isinstance(layer, nn.Flatten | nn.Identity)


def _row_losses(runs: Sequence[TrainingRun]) -> RowLosses:
    objective, spec = runs[0].objective, runs[0].experiment.training
    weights = [class_weights(spec, run.split, run.network.device) for run in runs]
    table = None if weights[0] is None else torch.stack([row for row in weights if row is not None])
    return ROW_LOSSES[_key(objective)](table)


def _key(objective: Objective) -> tuple[str, bool]:
    return objective.loss.name, objective.classes > 0
