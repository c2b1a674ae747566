from collections.abc import Callable, Collection

import torch
from torch import Tensor
from typing_extensions import override

from gradlab.training.parameters import FlatParameters
from gradlab.training.passes import Passes
from gradlab.training.state import State, Stateful

Names = frozenset[str]
TENSORS = ("left_over", "batch", "used")
WITHOUT = ("without_gradient", "without_left_over", "without_batch")


class GradientBuffer(Stateful):
    """The gradient buffer: what was left over, what this batch added, and their sum for the optimizer.

    Each part is one flat tensor, and ``left_over + batch = used`` after every backward pass.

    In PyTorch, ``loss.backward()`` adds the gradient of this batch to ``parameter.grad``. Here the parameters'
    ``grad`` are views of ``batch``, which holds this batch's gradient alone. Adding it to ``left_over`` gives the
    same sum, bit for bit, and both summands can be shown.

    Attributes:
        left_over, batch, used: ``(n,)``, as :attr:`FlatParameters.flat`; zeros where the buffer holds None.
        without_gradient: names of the layers that have nothing in the buffer, not even zeros: an optimizer skips
            their weights. ``without_left_over``, ``without_batch``: the same for the two summands.
        frozen: names of the layers that get no gradient.
        passes: how many backward passes it holds the sum of.
    """

    def __init__(self, parameters: FlatParameters, left_out: Callable[[], Names] = Names) -> None:
        """Start with None; ``left_out`` returns the layers that the latest loss does not depend on."""
        self.left_over = torch.zeros_like(parameters.flat)
        self.batch = torch.zeros_like(parameters.flat)
        self.used = torch.zeros_like(parameters.flat)
        self._layers = Names(layer.name for layer in parameters.layers)
        self.without_gradient = self.without_left_over = self.without_batch = self._layers
        self.frozen: Names = Names()
        self.passes = 0
        self._parameters = parameters
        self._left_out = left_out
        for segment, parameter in zip(parameters.segments, parameters.parameters, strict=True):
            parameter.grad = segment.of(self.batch)

    @property
    def parts(self) -> tuple[Tensor, Tensor, Tensor]:
        """The tensors ``left_over``, ``batch`` and ``used``."""
        return self.left_over, self.batch, self.used

    @property
    def is_none(self) -> bool:
        """Whether there is nothing in the buffer at all."""
        return len(self.without_gradient) == len(self._layers)

    def freeze(self, layers: Collection[str]) -> None:
        """Stop the gradients of these layers, and only these: ``parameter.requires_grad_(False)``."""
        self.frozen = Names(layers)
        for segment, parameter in zip(self._parameters.segments, self._parameters.parameters, strict=True):
            parameter.requires_grad_(segment.layer not in self.frozen)
            if segment.layer in self.frozen:
                segment.of(self.batch).zero_()

    def zero(self, to: str) -> None:
        """Empty the buffer, to ``none`` or to ``zeros``: ``optimizer.zero_grad(set_to_none=…)``.

        Where the buffer holds None, ``zeros`` leaves it that way, as PyTorch does.
        """
        if to == "none":
            self.without_gradient = self._layers
        self.used.zero_()
        self.passes = 0

    def backward(self, passes: Passes, weight: float) -> None:
        """Add the gradient of the latest forward pass's loss to the buffer, ``weight`` times."""
        self.without_left_over = self.without_gradient
        self.left_over.copy_(self.used)
        passes.backward(weight, self.batch)
        self.used.add_(self.batch)
        self.passes += 1
        self.without_batch = self.frozen | self._left_out()
        self.without_gradient = self.without_gradient & self.without_batch

    def state(self) -> State:
        """Return the three tensors, the layers without one of them, and how many passes they are made of."""
        tensors = {name: getattr(self, name) for name in TENSORS}
        return {"passes": self.passes} | tensors | {name: sorted(getattr(self, name)) for name in WITHOUT}

    @override
    @torch.no_grad()
    def load(self, state: State) -> None:
        self.passes = state["passes"]
        for name in TENSORS:
            getattr(self, name).copy_(state[name])
        for name in WITHOUT:
            setattr(self, name, Names(state[name]))

    def empty_as(self, other: "GradientBuffer") -> None:
        """Record nothing in the buffer for the same layers as in ``other``, and as many passes."""
        self.passes = other.passes
        for name in WITHOUT:
            setattr(self, name, getattr(other, name))

    def norm(self) -> float:
        """Return the 2-norm of the gradient that the optimizer will use; 0 where that is None."""
        norm = float(torch.linalg.vector_norm(self.used))
        # Squares of numbers above 1e19 leave float32 while the numbers themselves are still fine.
        return norm if norm < float("inf") else float(torch.linalg.vector_norm(self.used.double()))

    def clip(self, norm: float, limit: float) -> float:
        """Shorten the gradient of length ``norm`` to ``limit`` if it is longer; return its new length.

        As ``torch.nn.utils.clip_grad_norm_``: the factor is limit / (norm + 1e-6), at most 1.
        """
        factor = limit / (norm + 1e-6)
        if factor < 1:
            self.used.mul_(factor)
            return norm * factor
        return norm
