"""The gradient buffer: what was left over, what this batch added, what the optimizer will use."""

import torch
from torch import Tensor

from gradlab.training.parameters import FlatParameters


class GradientBuffer:
    """One flat tensor per part; ``left_over + batch = used`` after every backward pass.

    ``loss.backward()`` adds to ``parameter.grad`` what the loss of this batch says. Here the parameters' ``grad``
    are views of ``batch``, which is empty before; adding it to what was there is then what PyTorch would have
    done, bit for bit, and both summands can be looked at.

    Attributes:
        left_over, batch, used: ``(n,)``, as :attr:`FlatParameters.flat`; zeros where the buffer held None.
        is_none: nothing is in the buffer, not even zeros: an optimizer skips every weight.
        left_none: the buffer held None when the latest batch arrived.
    """

    def __init__(self, parameters: FlatParameters) -> None:
        self.left_over = torch.zeros_like(parameters.flat)
        self.batch = torch.zeros_like(parameters.flat)
        self.used = torch.zeros_like(parameters.flat)
        self.is_none = True
        self.left_none = True
        for segment, parameter in zip(parameters.segments, parameters.parameters, strict=True):
            parameter.grad = segment.of(self.batch)

    def zero(self, to: str) -> None:
        """Empty the buffer, to ``none`` or to ``zeros``: ``optimizer.zero_grad(set_to_none=…)``."""
        self.is_none = to == "none"
        self.used.zero_()

    def backward(self, loss: Tensor) -> None:
        """Add the gradient of ``loss`` to the buffer."""
        self.left_none = self.is_none
        self.left_over.copy_(self.used)
        self.batch.zero_()
        loss.backward()  # type: ignore[no-untyped-call]
        self.used.add_(self.batch)
        self.is_none = False

    def norm(self) -> float:
        """Return the 2-norm of what the optimizer will use; 0 where that is None."""
        if self.is_none:
            return 0.0
        norm = float(torch.linalg.vector_norm(self.used))
        # Squares of numbers above 1e19 leave float32 while the numbers themselves are still fine.
        return norm if norm < float("inf") else float(torch.linalg.vector_norm(self.used.double()))

    def clip(self, norm: float, limit: float) -> float:
        """Shorten the gradient of length ``norm`` to ``limit`` if it is longer; return its new length.

        As ``torch.nn.utils.clip_grad_norm_``: the factor is limit / (norm + 1e-6), at most 1.
        """
        factor = limit / (norm + 1e-6)
        if factor < 1 and not self.is_none:
            self.used.mul_(factor)
            return norm * factor
        return norm
