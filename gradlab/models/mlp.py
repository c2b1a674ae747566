"""The multi-layer perceptron: fully connected layers with activation functions in between."""

from math import prod

from gradlab.experiment.sections.model import Model
from gradlab.language import mark
from gradlab.models.base import Ends, model_kind
from gradlab.torch_types import Module


@model_kind(
    "mlp",
    label=mark("MLP (fully connected)"),
    help=mark("Layers in which every unit sees every unit of the layer before."),
    uses=("hidden", "activation", "init", "bias", "batch_norm", "dropout"),
    rank=20,
)
def mlp(spec: Model, ends: Ends) -> Module:
    """Return inputs → hidden layers → outputs; pictures are flattened first."""
    from torch import nn

    from gradlab.models.parts.blocks import hidden_layers, initialize

    width = prod(ends.input_shape)
    layers = hidden_layers(spec, width)
    layers["output"] = nn.Linear((width, *spec.hidden)[-1], ends.outputs)
    return initialize(nn.Sequential(layers), spec)
