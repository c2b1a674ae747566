"""What an activation function is: its layer, where it passes a gradient on, and its derivative."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from gradlab.experiment.registry import Entry, Registry

if TYPE_CHECKING:  # torch takes most of a second to load
    from torch import Tensor, nn

# What can become of a unit: it gives out nothing any more, or is always at the end of its range.
Trouble = Literal["", "dead", "saturated"]


@dataclass(frozen=True)
class WrittenOut:
    """An activation function without autograd, value by value: the very operations that autograd would call.

    Attributes:
        function: what it does to a signal.
        back: from the gradient with respect to the output, and the output, to that with respect to the input.
        of_input: ``back`` takes the input instead of the output.
    """

    function: Callable[[Tensor], Tensor]
    back: Callable[[Tensor, Tensor], Tensor]
    of_input: bool = False


class Activation(Entry, ABC):
    """An activation function.

    Attributes:
        trouble: what can become of its units; empty for nothing.
        bounds: the ends of what it gives out, for pictures; None for an end that depends on the signal.
        in_recurrent_layers: whether PyTorch's recurrent layers have it.
    """

    trouble: Trouble = ""
    bounds: tuple[float | None, float | None] = (None, None)
    in_recurrent_layers: bool = False

    @abstractmethod
    def layer(self) -> nn.Module:
        """Return a new layer, of a class of its own."""

    def is_active(self, into: Tensor, out: Tensor) -> Tensor:
        """Return where a gradient is passed on, from what goes in and what comes out; NaN counts as active."""
        import torch

        return torch.ones_like(out, dtype=torch.bool)

    def written_out(self) -> WrittenOut | None:
        """Return it without autograd, which is faster; None where that is not known."""
        return None


ACTIVATIONS: Registry[Activation] = Registry("activation function", "gradlab.models.activations")


def activation_of(layer: nn.Module) -> Activation | None:
    """Return the activation function that a layer is; None for another layer."""
    return next((entry for entry in ACTIVATIONS if type(entry.layer()) is type(layer)), None)
