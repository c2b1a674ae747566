"""A trunk with two heads, one of which may be left out."""

from collections import OrderedDict
from collections.abc import Callable

from torch import Tensor, nn

HEAD_A = "head_a"


class TwoHeads(nn.Module):
    """Layers one after the other, and on top of them two output layers side by side, whose answers are added.

    Attributes:
        leaves_out_a: whether head A is left out of the forward pass now. A layer that the loss does not depend
            on gets no gradient: autograd leaves its ``grad`` as it was, which may be None.
    """

    def __init__(self, trunk: "OrderedDict[str, nn.Module]", width: int, outputs: int) -> None:
        super().__init__()
        self.leaves_out_a: Callable[[], bool] = lambda: False
        for name, layer in trunk.items():
            self.add_module(name, layer)
        self.head_a = nn.Linear(width, outputs)
        self.head_b = nn.Linear(width, outputs)

    @property
    def left_out(self) -> frozenset[str]:
        """The names of the layers that the loss does not depend on."""
        return frozenset({HEAD_A}) if self.leaves_out_a() else frozenset()

    def forward(self, inputs: Tensor) -> Tensor:
        """Return the sum of what the heads say, ``(rows, outputs)``, or what head B says alone."""
        *trunk, head_a, head_b = self.children()
        signal = inputs
        for layer in trunk:
            signal = layer(signal)
        answer: Tensor = head_b(signal)
        return answer if self.leaves_out_a() else head_a(signal) + answer
