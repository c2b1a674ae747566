"""Finds where numbers became infinite or NaN, and says so in words."""

from functools import partial

import torch
from torch import Tensor, nn

from gradlab.training.events import Infinite
from gradlab.training.parameters import FlatParameters


class NumbersBlewUpError(ArithmeticError):
    """A loss, gradient or weight became infinite or NaN; the message says where it was seen first.

    Attributes:
        what: what was seen to be so.
    """

    def __init__(self, message: str, what: Infinite = "loss") -> None:
        super().__init__(message)
        self.what: Infinite = what


def cause_of_loss(model: nn.Module, parameters: FlatParameters, inputs: Tensor, loss: float) -> str:
    """Explain in words why the mean loss of ``inputs``, ``(rows, …)``, is not finite.

    Names the first parameter that is not finite, or else the first layer whose output is not.
    """
    said = f"the loss became {loss}"
    weights = _first_not_finite(parameters, parameters.flat)
    if weights:
        return f"{said}; the first weights that are not finite are {weights}"
    layer = _first_layer(model, inputs)
    if layer:
        return f"{said}; the first output that is not finite is that of {layer}"
    return f"{said}; the outputs are finite, but too large for the loss"


def _first_layer(model: nn.Module, inputs: Tensor) -> str:
    """Return the name of the first layer whose output is not finite; empty if there is none."""
    found = []

    def look(name: str, layer: nn.Module, given: object, output: Tensor | tuple[Tensor, ...]) -> None:
        # A recurrent layer also returns its state.
        if not torch.isfinite(output[0] if isinstance(output, tuple) else output).all():
            found.append(name)

    handles = [layer.register_forward_hook(partial(look, name)) for name, layer in model.named_children()]
    with torch.no_grad():
        model(inputs)
    for handle in handles:
        handle.remove()
    return found[0] if found else ""


def cause_of_gradient(parameters: FlatParameters, gradient: Tensor) -> str:
    """Name the first parameter whose part of the ``gradient``, ``(n,)``, is not finite."""
    return f"the gradient of {_first_not_finite(parameters, gradient)} is not finite"


def _first_not_finite(parameters: FlatParameters, flat: Tensor) -> str:
    for segment in parameters.segments:
        if not torch.isfinite(segment.of(flat)).all():
            return segment.name
    return ""
