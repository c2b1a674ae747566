"""The multi-layer perceptron: fully connected layers with a bend in between."""

from __future__ import annotations

from collections import OrderedDict
from math import prod
from typing import TYPE_CHECKING

from gradlab.experiment.schema import Model
from gradlab.language import mark
from gradlab.models.base import Ends, models

if TYPE_CHECKING:
    from torch import nn


@models.register(
    "mlp",
    label=mark("MLP (fully connected)"),
    help=mark("Layers in which every unit sees every unit of the layer before."),
    uses=("hidden", "activation", "init", "batch_norm", "dropout"),
    rank=20,
)
def mlp(spec: Model, ends: Ends) -> nn.Module:
    """Return inputs → hidden layers → outputs; pictures are flattened first."""
    from torch import nn

    from gradlab.models.parts.blocks import bend, initialize

    layers: OrderedDict[str, nn.Module] = OrderedDict(flatten=nn.Flatten())
    width = prod(ends.input_shape)
    for number, units in enumerate(spec.hidden, start=1):
        layers[f"hidden{number}"] = nn.Linear(width, units)
        layers |= bend(spec, number, nn.BatchNorm1d(units) if spec.batch_norm else None)
        width = units
    layers["output"] = nn.Linear(width, ends.outputs)
    return initialize(nn.Sequential(layers), spec.init)
