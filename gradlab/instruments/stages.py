"""A network's layers as people count them, and hooks for the signals through them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

from torch import Tensor, nn

from gradlab.models.activations.base import activation_of
from gradlab.models.parts.heads import HEAD_A

WEIGHTED = (nn.Linear, nn.Conv2d, nn.RNNBase)
Hear = Callable[[int, Tensor, Tensor], None]


@dataclass(frozen=True)
class LayerStage:
    """A layer with weights, together with its activation function.

    Attributes:
        name: of the module with the weights, ``layer``.
        end: the module whose output is the layer's signal: its activation function if it has one of its own.
        bend: the activation function, as the settings call it; empty for none.
    """

    name: str
    layer: nn.Module
    end: nn.Module
    bend: str


def stages_of(model: nn.Module) -> tuple[LayerStage, ...]:
    """Return the layers of a model, in the order of the signal; of two heads the one that is always used."""
    stages: list[LayerStage] = []
    for name, module in model.named_children():
        if name == HEAD_A:
            continue
        if isinstance(module, WEIGHTED):
            stages.append(LayerStage(name, module, module, _own_bend(module)))
        elif not isinstance(module, nn.Identity) and (activation := activation_of(module)):
            stages[-1] = replace(stages[-1], end=module, bend=activation.name)
    return tuple(stages)


def _own_bend(layer: nn.Module) -> str:
    """Return the activation function inside a layer; the output of an LSTM or a GRU went through a tanh."""
    if isinstance(layer, nn.RNN):
        return str(layer.nonlinearity)
    return "tanh" if isinstance(layer, nn.RNNBase) else ""


@contextmanager
def listening(modules: Sequence[nn.Module], hear: Hear) -> Iterator[None]:
    """Pass the inputs and outputs of modules to ``hear`` while they are called; the hooks are removed afterwards.

    ``hear`` gets a module's number in ``modules``, its input and its output.
    """
    handles = [
        module.register_forward_hook(partial(_pass_on, hear, number)) for number, module in enumerate(modules)
    ]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def _pass_on(
    hear: Hear,
    number: int,
    module: nn.Module,
    given: tuple[Tensor, ...],
    output: Tensor | tuple[Tensor, ...],
) -> None:
    # A recurrent layer also returns its state.
    hear(number, given[0], output[0] if isinstance(output, tuple) else output)


def by_unit(signal: Tensor) -> Tensor:
    """Return ``(rows, places, units)`` of any layer's signal.

    Places are the pixels of a convolution, whose units are its channels, or the time steps of a recurrent layer;
    any other layer has one.
    """
    if signal.ndim == 4:
        return signal.flatten(2).transpose(1, 2)
    return signal if signal.ndim == 3 else signal[:, None]
