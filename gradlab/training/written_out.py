"""Forward and backward passes of plain chains of layers, written out.

Autograd records every operation of a forward pass in a graph, and then walks it backwards. For a small network the
bookkeeping takes several times as long as the arithmetic. For a chain of layers the way back is known in advance:
the operations that autograd would call are called directly here, in its order, and the gradients are the same, bit
for bit. All other models use autograd itself.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from typing_extensions import override

from gradlab.models.activations.base import WrittenOut, activation_of
from gradlab.models.parts.blocks import Dropout
from gradlab.training.forward import channels_last
from gradlab.training.losses.base import MeanLoss
from gradlab.training.objective import Objective

aten = torch.ops.aten
MEAN = 1  # PyTorch's number for reduction="mean"
NO_CLASS = -100  # the target that cross_entropy ignores by default; it never occurs here


class ChainStep(ABC):
    """One layer of the chain; it remembers from the forward pass what the backward pass needs."""

    @property
    def learns(self) -> bool:
        """Whether it has weights that get a gradient."""
        return False

    @abstractmethod
    def forward(self, signal: Tensor) -> Tensor:
        """Return the layer's output."""

    @abstractmethod
    def backward(self, gradient: Tensor) -> Tensor:
        """Turn the loss's gradient with respect to the output into that with respect to the input."""

    def fill(self, gradient: Tensor) -> None:
        """Fill the weights' ``grad`` with the gradient of the loss; only where it ``learns``."""
        raise NotImplementedError


class Weighted(ChainStep):
    """A layer with weights, which may be frozen at any time."""

    def __init__(self, layer: nn.Linear | nn.Conv2d) -> None:
        assert layer.bias is not None
        self._weight, self._bias = layer.weight, layer.bias

    @property
    def learns(self) -> bool:
        """Whether the layer is not frozen."""
        return self._weight.requires_grad


class Linear(Weighted):
    """outputs = inputs · weightᵀ + bias."""

    def forward(self, signal: Tensor) -> Tensor:
        """``(rows, inputs)`` → ``(rows, outputs)``."""
        self._signal = signal
        return F.linear(signal, self._weight, self._bias)

    def backward(self, gradient: Tensor) -> Tensor:
        """``(rows, outputs)`` → ``(rows, inputs)``."""
        return gradient.mm(self._weight)

    def fill(self, gradient: Tensor) -> None:
        """Sum over the rows, straight into place."""
        torch.mm(gradient.t(), self._signal, out=self._weight.grad)
        torch.sum(gradient, 0, out=self._bias.grad)


class Convolution(Weighted):
    """Filters that slide over pictures."""

    def __init__(self, layer: nn.Conv2d) -> None:
        super().__init__(layer)
        assert not isinstance(layer.padding, str)
        self._how = (layer.stride, layer.padding, layer.dilation)
        self._groups = layer.groups

    def forward(self, signal: Tensor) -> Tensor:
        """``(rows, channels, height, width)`` → the same with one channel per filter."""
        self._signal = signal
        return torch.conv2d(signal, self._weight, self._bias, *self._how, self._groups)

    def backward(self, gradient: Tensor) -> Tensor:
        """Return the gradient with respect to the pictures."""
        return self._back(gradient, (True, False, False))[0]

    def fill(self, gradient: Tensor) -> None:
        """Sum over the rows and places."""
        _, filters, offset = self._back(gradient, (False, True, True))
        assert self._weight.grad is not None
        assert self._bias.grad is not None
        self._weight.grad.copy_(filters)
        self._bias.grad.copy_(offset)

    def _back(self, gradient: Tensor, wanted: tuple[bool, bool, bool]) -> tuple[Tensor, Tensor, Tensor]:
        parts: tuple[Tensor, Tensor, Tensor] = aten.convolution_backward.default(
            gradient,
            self._signal,
            self._weight,
            self._bias.shape,
            *self._how,
            False,  # this is no transposed convolution
            (0, 0),
            self._groups,
            wanted,
        )
        return parts


class Halving(ChainStep):
    """The largest value of each square."""

    def __init__(self, layer: nn.MaxPool2d) -> None:
        shape = (layer.kernel_size, layer.stride, layer.padding, layer.dilation)
        self._how = (*((size, size) if isinstance(size, int) else size for size in shape), layer.ceil_mode)

    def forward(self, signal: Tensor) -> Tensor:
        """``(rows, channels, height, width)`` → the same with half the height and width."""
        self._signal = signal
        output, places = aten.max_pool2d_with_indices.default(channels_last(signal), *self._how)
        self._places = places.contiguous()
        largest: Tensor = output.contiguous()
        return largest

    def backward(self, gradient: Tensor) -> Tensor:
        """Send each gradient to the place of the largest value."""
        back: Tensor = aten.max_pool2d_with_indices_backward.default(
            gradient, self._signal, *self._how, self._places
        )
        return back


class Flattening(ChainStep):
    """Flattens pictures to rows of numbers."""

    def forward(self, signal: Tensor) -> Tensor:
        """``(rows, …)`` → ``(rows, n)``."""
        self._shape = signal.shape
        return signal.flatten(1)

    def backward(self, gradient: Tensor) -> Tensor:
        """``(rows, n)`` → ``(rows, …)``."""
        return gradient.view(self._shape)


class Dropping(ChainStep):
    """Dropout: a random share of the signal becomes 0."""

    def __init__(self, layer: Dropout) -> None:
        self._layer = layer

    def forward(self, signal: Tensor) -> Tensor:
        """Draw a new mask."""
        self._mask = self._layer.mask(signal)
        return signal * self._mask

    def backward(self, gradient: Tensor) -> Tensor:
        """Apply the mask of the forward pass."""
        return gradient * self._mask


class Bend(ChainStep):
    """An activation function, value by value."""

    def __init__(self, known: WrittenOut) -> None:
        self._function, self._back, self._of_input = known.function, known.back, known.of_input

    @override
    def forward(self, signal: Tensor) -> Tensor:
        output = self._function(signal)
        self._known = signal if self._of_input else output
        return output

    @override
    def backward(self, gradient: Tensor) -> Tensor:
        return self._back(gradient, self._known)


STEPS: dict[type[nn.Module], Callable[..., ChainStep]] = {
    nn.Linear: Linear,
    nn.Conv2d: Convolution,
    nn.MaxPool2d: Halving,
    nn.Flatten: lambda layer: Flattening(),
    Dropout: Dropping,
}


def step_of(layer: nn.Module) -> ChainStep | None:
    """Return a layer's two passes written out; None if they are not known."""
    if type(layer) in STEPS:
        return STEPS[type(layer)](layer)
    activation = activation_of(layer)
    known = activation and activation.written_out()
    return Bend(known) if known else None


class CrossEntropy:
    """The mean of −log of the probability of the true class."""

    def forward(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """``(rows, classes)`` and ``(rows,)`` → the mean over the rows."""
        self._logs, self._targets = torch.log_softmax(outputs, 1), targets
        loss, self._rows = aten.nll_loss_forward.default(self._logs, targets, None, MEAN, NO_CLASS)
        return loss  # type: ignore[no-any-return]

    def backward(self, weight: Tensor) -> Tensor:
        """Return the gradient of ``weight · loss`` with respect to the outputs."""
        of_logs = aten.nll_loss_backward.default(
            weight, self._logs, self._targets, None, MEAN, NO_CLASS, self._rows
        )
        back: Tensor = aten._log_softmax_backward_data.default(of_logs, self._logs, 1, self._logs.dtype)
        return back


class SquaredError:
    """The mean squared distance to one target per row."""

    def forward(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """``(rows, 1)`` and ``(rows,)`` → the mean over the rows."""
        self._shape, self._targets = outputs.shape, targets
        self._outputs = outputs.view_as(targets)
        return F.mse_loss(self._outputs, targets)

    def backward(self, weight: Tensor) -> Tensor:
        """Return the gradient of ``weight · loss`` with respect to the outputs."""
        back: Tensor = aten.mse_loss_backward.default(weight, self._outputs, self._targets, MEAN)
        return back.view(self._shape)


class AnyLoss:
    """Any other loss: a small graph for it alone."""

    def __init__(self, mean_loss: MeanLoss) -> None:
        self._mean_loss = mean_loss

    def forward(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """Return the mean loss, a scalar."""
        with torch.enable_grad():
            self._outputs = outputs.detach().requires_grad_()
            self._loss = self._mean_loss(self._outputs, targets)
        return self._loss.detach()

    def backward(self, weight: Tensor) -> Tensor:
        """Return the gradient of ``weight · loss`` with respect to the outputs."""
        return torch.autograd.grad(self._loss, self._outputs, weight)[0]


class Chain:
    """A model whose layers follow one another, and its loss: the forward and the backward pass.

    The gradients go into the ``grad`` of the parameters, whatever was there before; frozen layers are left out.
    """

    def __init__(self, steps: list[ChainStep], loss: "CrossEntropy | SquaredError | AnyLoss") -> None:
        self._steps = steps
        self._loss = loss

    def forward(self, inputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Return the outputs and the mean loss of a micro-batch."""
        signal = inputs
        with torch.no_grad():
            for step in self._steps:
                signal = step.forward(signal)
            return signal, self._loss.forward(signal, targets)

    def backward(self, weight: float, batch: Tensor) -> None:
        """Compute the gradient of ``weight · loss``, back to the lowest layer that learns."""
        lowest = next(number for number, step in enumerate(self._steps) if step.learns)
        with torch.no_grad():
            gradient = self._loss.backward(batch.new_tensor(weight))
            for step in self._steps[:lowest:-1]:
                if step.learns:
                    step.fill(gradient)
                gradient = step.backward(gradient)
            self._steps[lowest].fill(gradient)


def written_out(model: nn.Module, objective: Objective) -> Chain | None:
    """Return the passes of a model written out; None for a model with other layers or with branches."""
    if not isinstance(model, nn.Sequential):
        return None
    steps = [step_of(layer) for layer in model if not isinstance(layer, nn.Identity)]
    known = [step for step in steps if step is not None]
    return Chain(known, _loss(objective)) if len(known) == len(steps) else None


def _loss(objective: Objective) -> CrossEntropy | SquaredError | AnyLoss:
    if objective.mean_loss is F.cross_entropy:
        return CrossEntropy()
    is_squared = objective.loss.name == "mse" and not objective.classes
    return SquaredError() if is_squared else AnyLoss(objective.mean_loss)
