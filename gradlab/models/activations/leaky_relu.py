from typing_extensions import override

from gradlab.language import mark
from gradlab.models.activations.base import ACTIVATIONS, Activation, WrittenOut
from gradlab.torch_types import Module, Tensor

SLOPE = 0.01  # of what is negative


@ACTIVATIONS.register
class LeakyReLU(Activation):
    """x, or a hundredth of it where it is negative."""

    name = "leaky_relu"
    rank = 30
    english_label = mark("Leaky ReLU")
    english_help = mark("Negative shrinks to 1%: units cannot die completely.")

    @override
    def layer(self) -> Module:
        from torch import nn

        return nn.LeakyReLU(SLOPE)

    @override
    def is_active(self, into: Tensor, out: Tensor) -> Tensor:
        return ~(out <= 0)

    @override
    def written_out(self) -> WrittenOut:
        import torch
        from torch.nn.functional import leaky_relu

        def function(signal: Tensor) -> Tensor:
            return leaky_relu(signal, SLOPE)

        def back(gradient: Tensor, signal: Tensor) -> Tensor:
            towards_input: Tensor = torch.ops.aten.leaky_relu_backward.default(gradient, signal, SLOPE, False)
            return towards_input

        return WrittenOut(function, back, of_input=True)
