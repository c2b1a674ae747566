"""What the recurrent networks share: layers that pass their state from one time step to the next."""

from collections import OrderedDict
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from gradlab.errors import InputError
from gradlab.experiment.sections.model import Model
from gradlab.language import tr
from gradlab.models.base import Ends
from gradlab.models.parts.blocks import Dropout, initialize

MakeLayer = Callable[..., nn.RNNBase]


class Recurrent(nn.Module):
    """Recurrent layers, one on top of the other, and an output layer, over sequences.

    Attributes:
        every_step: whether there is an output at every time step, or only one, at the last.
    """

    def __init__(self, layers: "OrderedDict[str, nn.Module]", *, every_step: bool) -> None:
        super().__init__()
        self.every_step = every_step
        for name, layer in layers.items():
            self.add_module(name, layer)

    def forward(self, inputs: Tensor) -> Tensor:
        """Return the outputs of :meth:`unroll` for whole sequences."""
        return self.unroll(inputs)[0]

    def unroll(self, inputs: Tensor, states: Sequence[Tensor] = ()) -> tuple[Tensor, list[Tensor]]:
        """Go through the time steps of ``inputs``, ``(rows, steps, features)``, from ``states`` on.

        ``states`` are those of the recurrent layers, from the inputs up; empty before the first step, where they
        are zeros. Returns ``(rows, steps)``, one number at every step, or ``(rows, outputs)`` at the last one;
        and the states after it.
        """
        signal = inputs
        before = iter(states)
        after = []
        *layers, output = self.children()
        for layer in layers:
            if isinstance(layer, nn.RNNBase):
                signal, state = layer(signal, _as_torch_has_it(layer, next(before, None)))
                after.append(torch.cat(state) if isinstance(state, tuple) else state)
            else:
                signal = layer(signal)
        outputs = output(signal if self.every_step else signal[:, -1])
        return outputs.squeeze(2) if self.every_step else outputs, after


def _as_torch_has_it(layer: nn.RNNBase, state: Tensor | None) -> object:
    """Split an LSTM's state into the two parts that PyTorch wants apart: the output and the cell."""
    if state is None or not isinstance(layer, nn.LSTM):
        return state
    return tuple(torch.split(state, 1))


def recurrent(spec: Model, ends: Ends, kind: str, make: MakeLayer) -> Recurrent:
    """Return one recurrent layer per entry of ``hidden``, dropout after each if any, and the output layer.

    ``make`` is the class of a layer, or a function that is called like one.

    Raises:
        InputError: if there is no hidden layer.
    """
    if not spec.hidden:
        raise InputError(
            tr(
                "model.hidden = []: model.kind = {kind} remembers in its hidden layers; allowed here: "
                "one number of units or more"
            ).format(kind=kind),
            "model.hidden",
        )
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    width = ends.input_shape[1]
    for number, units in enumerate(spec.hidden, start=1):
        layers[f"recurrent{number}"] = make(width, units, batch_first=True)
        if spec.dropout:
            layers[f"dropout{number}"] = Dropout(spec.dropout)
        width = units
    layers["output"] = nn.Linear(width, ends.outputs)
    model = Recurrent(layers, every_step=ends.every_step)
    initialize(model, spec)
    return model
