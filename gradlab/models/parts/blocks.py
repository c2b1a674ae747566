"""Parts that several models share: activations, dropout with its own generator, initial weights."""

from collections import OrderedDict

import torch
from torch import Tensor, nn

from gradlab.experiment.sections.model import Model
from gradlab.models.activations.base import ACTIVATIONS
from gradlab.models.initialisations.base import INITIALISATIONS, Initialisation


class Dropout(nn.Module):
    """Dropout that draws from its run's own generator, so that nothing else in the process affects the run.

    With the same seed it switches off the same units as ``torch.nn.Dropout``.

    Attributes:
        share: the share of units that are switched off.
        chance: the generator that it draws from; on the device of the signal.
    """

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share
        self.chance = torch.Generator()

    def forward(self, signal: Tensor) -> Tensor:
        """Return the signal; while training, a share of it is set to 0 and the rest is scaled up."""
        if not self.training:
            return signal
        return signal * self.mask(signal)

    def mask(self, signal: Tensor) -> Tensor:
        """Draw the factors for a signal of this shape: 0, or 1 / (1 - share)."""
        kept = 1 - self.share
        return torch.empty_like(signal).bernoulli_(kept, generator=self.chance).div_(kept)


def share_chance(model: nn.Module, chance: torch.Generator) -> None:
    """Make all dropout layers of a model draw from one generator."""
    for layer in model.modules():
        if isinstance(layer, Dropout):
            layer.chance = chance


def bend(spec: Model, number: int, norm: nn.Module | None) -> "OrderedDict[str, nn.Module]":
    """Return what follows hidden layer ``number``: batch norm if any, activation, dropout if any."""
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    if norm is not None:
        layers[f"norm{number}"] = norm
    layers[f"{spec.activation}{number}"] = ACTIVATIONS[spec.activation].layer()
    if spec.dropout:
        layers[f"dropout{number}"] = Dropout(spec.dropout)
    return layers


HIDDEN = ("hidden", "conv")  # what the names of layers with hidden units begin with

# How many matrices a recurrent layer stacks into one: for its gates, and for what it proposes to remember.
STACKED: dict[type[nn.Module], int] = {nn.RNN: 1, nn.GRU: 3, nn.LSTM: 4}


def hidden_layers(spec: Model, width: int) -> "OrderedDict[str, nn.Module]":
    """Return fully connected layers, one per entry of ``hidden``, each with what follows it.

    ``width`` is how many numbers a row has; pictures are flattened first.
    """
    layers: OrderedDict[str, nn.Module] = OrderedDict(flatten=nn.Flatten())
    for number, units in enumerate(spec.hidden, start=1):
        layers[f"hidden{number}"] = nn.Linear(width, units)
        layers |= bend(spec, number, nn.BatchNorm1d(units) if spec.batch_norm else None)
        width = units
    return layers


def initialize(model: nn.Module, spec: Model) -> nn.Module:
    """Draw the weights of all layers as ``spec`` says, and add its ``bias`` to those of hidden units."""
    initialisation = INITIALISATIONS[spec.init]
    if initialisation.redraws:
        _draw(model, initialisation)
    for name, parameter in model.named_parameters():
        if name.startswith(HIDDEN) and name.endswith(".bias"):
            parameter.detach().add_(spec.bias)
    return model


def _draw(model: nn.Module, initialisation: Initialisation) -> None:
    """Redraw the weights of all layers, and set biases to 0."""
    for layer in model.modules():
        if isinstance(layer, nn.Linear | nn.Conv2d | nn.RNNBase):
            stacked = STACKED.get(type(layer), 1)
            for parameter in layer.parameters():
                if parameter.ndim == 1:
                    nn.init.zeros_(parameter)
                    continue
                for matrix in parameter.detach().chunk(stacked):
                    initialisation.draw(matrix)
