from typing_extensions import override

from gradlab.language import mark
from gradlab.models.activations.base import ACTIVATIONS, Activation, WrittenOut
from gradlab.torch_types import Module, Tensor


@ACTIVATIONS.register
class Tanh(Activation):
    """The hyperbolic tangent."""

    name = "tanh"
    rank = 40
    english_label = mark("Tanh")
    english_help = mark("Squeezes to −1 … 1. Far out it is flat, and so is its gradient.")
    trouble = "saturated"
    bounds = (-1.0, 1.0)
    in_recurrent_layers = True

    @override
    def layer(self) -> Module:
        from torch import nn

        return nn.Tanh()

    @override
    def is_active(self, into: Tensor, out: Tensor) -> Tensor:
        return ~(out.abs() > 0.97)  # as Amazon SageMaker Debugger's built-in rule

    @override
    def written_out(self) -> WrittenOut:
        import torch

        return WrittenOut(torch.tanh, torch.ops.aten.tanh_backward.default)
