"""What an activation function is: its layer, where it passes a gradient on, and its derivative."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from gradlab.experiment.registry import Entry, Registry
from gradlab.torch_types import Module, Tensor

# What can go wrong with a unit: its output is always 0, or always at an end of its range.
Trouble = Literal["", "dead", "saturated"]


@dataclass(frozen=True)
class WrittenOut:
    """An activation function without autograd, by the very operations that autograd would call.

    Attributes:
        function: what it does to a signal, value by value.
        back: from the gradient with respect to the output, and the output, to that with respect to the input.
        of_input: whether ``back`` takes the input instead of the output.
    """

    function: Callable[[Tensor], Tensor]
    back: Callable[[Tensor, Tensor], Tensor]
    of_input: bool = False


class Activation(Entry, ABC):
    """An activation function.

    Attributes:
        trouble: what can go wrong with its units; empty for nothing.
        bounds: the ends of the range of its outputs, for histograms; None for an end that depends on the signal.
        in_recurrent_layers: whether PyTorch's recurrent layers support it.
    """

    trouble: Trouble = ""
    bounds: tuple[float | None, float | None] = (None, None)
    in_recurrent_layers: bool = False

    @abstractmethod
    def layer(self) -> Module:
        """Return a new layer, of a class of its own."""

    def is_active(self, into: Tensor, out: Tensor) -> Tensor:
        """Return where it passes a gradient on, from its inputs and outputs; NaN counts as active."""
        import torch

        return torch.ones_like(out, dtype=torch.bool)

    def written_out(self) -> WrittenOut | None:
        """Return its operations without autograd, which is faster; None if they are not known."""
        return None


ACTIVATIONS: Registry[Activation] = Registry("activation function", "gradlab.models.activations")


def activation_of(layer: Module) -> Activation | None:
    """Return the activation function that a layer is; None for any other layer."""
    return next((entry for entry in ACTIVATIONS if type(entry.layer()) is type(layer)), None)
