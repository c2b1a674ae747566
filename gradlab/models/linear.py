"""One layer, no hidden units: linear and logistic regression."""

from collections import OrderedDict
from math import prod

from gradlab.experiment.sections.model import Model
from gradlab.language import mark
from gradlab.models.base import Ends, model_kind
from gradlab.torch_types import Module


@model_kind(
    "linear",
    label=mark("Linear"),
    help=mark("One layer, straight through: linear regression for numbers, logistic regression for classes."),
    uses=("init",),
    rank=10,
)
def linear(spec: Model, ends: Ends) -> Module:
    """Return inputs → outputs."""
    from torch import nn

    from gradlab.models.parts.blocks import initialize

    layers = OrderedDict(flatten=nn.Flatten(), output=nn.Linear(prod(ends.input_shape), ends.outputs))
    return initialize(nn.Sequential(layers), spec)
