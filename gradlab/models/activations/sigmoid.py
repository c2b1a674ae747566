from typing_extensions import override

from gradlab.language import mark
from gradlab.models.activations.base import ACTIVATIONS, Activation, WrittenOut
from gradlab.torch_types import Module, Tensor


@ACTIVATIONS.register
class Sigmoid(Activation):
    """1 / (1 + exp(−x))."""

    name = "sigmoid"
    rank = 50
    english_label = mark("Sigmoid")
    english_help = mark("Squeezes to 0 … 1. Its slope is at most ¼: deep stacks lose the gradient.")
    trouble = "saturated"
    bounds = (0.0, 1.0)

    @override
    def layer(self) -> Module:
        from torch import nn

        return nn.Sigmoid()

    @override
    def is_active(self, into: Tensor, out: Tensor) -> Tensor:
        return ~((out < 0.015) | (out > 0.985))  # as Amazon SageMaker Debugger's built-in rule

    @override
    def written_out(self) -> WrittenOut:
        import torch

        return WrittenOut(torch.sigmoid, torch.ops.aten.sigmoid_backward.default)
