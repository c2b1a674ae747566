"""The convolutional network: small filters that slide over a picture."""

from collections import OrderedDict

from gradlab.experiment.rows import Rows
from gradlab.experiment.sections.model import Model
from gradlab.language import mark
from gradlab.models.base import Ends, model_kind
from gradlab.torch_types import Module


@model_kind(
    "cnn",
    label=mark("CNN (convolutional)"),
    help=mark(
        "3×3 filters slide over the picture, then the picture is halved; once per hidden layer. "
        "Needs pictures."
    ),
    uses=("hidden", "activation", "init", "bias", "batch_norm", "dropout"),
    rank=30,
    takes=(Rows.PICTURES,),
)
def cnn(spec: Model, ends: Ends) -> Module:
    """Return a picture → one convolution and one halving per entry of ``hidden`` → outputs."""
    from torch import nn

    from gradlab.models.parts.blocks import bend, initialize

    channels, height, width = ends.input_shape
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    for number, filters in enumerate(spec.hidden, start=1):
        layers[f"conv{number}"] = nn.Conv2d(channels, filters, kernel_size=3, padding=1)
        layers |= bend(spec, number, nn.BatchNorm2d(filters) if spec.batch_norm else None)
        channels = filters
        if min(height, width) >= 2:  # a single row or column cannot be halved any further
            layers[f"halve{number}"] = nn.MaxPool2d(2)
            height, width = height // 2, width // 2
    layers["flatten"] = nn.Flatten()
    layers["output"] = nn.Linear(channels * height * width, ends.outputs)
    return initialize(nn.Sequential(layers), spec)
