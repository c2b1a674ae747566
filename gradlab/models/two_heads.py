"""The multi-layer perceptron with two output layers: it shows what happens to weights no longer in use."""

from math import prod

from gradlab.experiment.sections.model import Model
from gradlab.language import mark
from gradlab.models.base import Ends, model_kind
from gradlab.torch_types import Module


@model_kind(
    "two_heads",
    label=mark("MLP with two heads"),
    help=mark(
        "Fully connected layers that end in two output layers, A and B, whose answers are added. "
        "Head A can be left out after some updates: what do its weights do then?"
    ),
    uses=("hidden", "activation", "init", "bias", "batch_norm", "dropout", "head_a_updates"),
    rank=65,
)
def two_heads(spec: Model, ends: Ends) -> Module:
    """Return inputs → hidden layers → head A + head B; pictures are flattened first."""
    from gradlab.models.parts.blocks import hidden_layers, initialize
    from gradlab.models.parts.heads import TwoHeads

    width = prod(ends.input_shape)
    trunk = hidden_layers(spec, width)
    heads = TwoHeads(trunk, (width, *spec.hidden)[-1], ends.outputs, spec.head_a_updates)
    return initialize(heads, spec)
