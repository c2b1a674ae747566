from typing_extensions import override

from gradlab.language import mark
from gradlab.models.activations.base import ACTIVATIONS, Activation, WrittenOut
from gradlab.torch_types import Module, Tensor


@ACTIVATIONS.register
class ReLU(Activation):
    """max(0, x)."""

    name = "relu"
    rank = 20
    english_label = mark("ReLU")
    english_help = mark("Negative becomes 0. A unit that is always negative is dead: no gradient.")
    trouble = "dead"
    bounds = (0.0, None)
    in_recurrent_layers = True

    @override
    def layer(self) -> Module:
        from torch import nn

        return nn.ReLU()

    @override
    def is_active(self, into: Tensor, out: Tensor) -> Tensor:
        return out != 0

    @override
    def written_out(self) -> WrittenOut:
        import torch

        def back(gradient: Tensor, output: Tensor) -> Tensor:
            towards_input: Tensor = torch.ops.aten.threshold_backward.default(gradient, output, 0)
            return towards_input

        return WrittenOut(torch.relu, back)
