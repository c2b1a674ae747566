from typing_extensions import override

from gradlab.language import mark
from gradlab.models.activations.base import ACTIVATIONS, Activation
from gradlab.torch_types import Module


@ACTIVATIONS.register
class Identity(Activation):
    """No activation function: the signal stays as it is."""

    name = "identity"
    rank = 10
    english_label = mark("None (identity)")
    english_help = mark("No bend: any depth is then as good as one linear layer.")

    @override
    def layer(self) -> Module:
        from torch import nn

        return nn.Identity()
