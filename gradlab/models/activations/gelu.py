from typing_extensions import override

from gradlab.language import mark
from gradlab.models.activations.base import ACTIVATIONS, Activation, WrittenOut
from gradlab.torch_types import Module, Tensor


@ACTIVATIONS.register
class GELU(Activation):
    """x times the probability that a normal number is smaller than x."""

    name = "gelu"
    rank = 60
    english_label = mark("GELU")
    english_help = mark("A smooth relative of ReLU.")
    trouble = "dead"

    @override
    def layer(self) -> Module:
        from torch import nn

        return nn.GELU()

    @override
    def is_active(self, into: Tensor, out: Tensor) -> Tensor:
        return ~(into <= -4)  # left of it the slope is below 0.001

    @override
    def written_out(self) -> WrittenOut:
        import torch
        from torch.nn.functional import gelu

        return WrittenOut(gelu, torch.ops.aten.gelu_backward.default, of_input=True)
