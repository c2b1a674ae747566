from collections import OrderedDict

from torch import Tensor, nn

from gradlab.models.parts.changing import ChangingModel

HEAD_A = "head_a"


class TwoHeads(ChangingModel):
    """A chain of layers that ends in two output layers side by side, whose answers are added.

    After ``head_a_updates`` updates (0: never) head A is left out of the forward pass. A layer that the loss does
    not depend on gets no gradient: autograd leaves its ``grad`` as it was, which may be None.
    """

    def __init__(
        self, trunk: "OrderedDict[str, nn.Module]", width: int, outputs: int, head_a_updates: int
    ) -> None:
        super().__init__()
        self._head_a_updates = head_a_updates
        for name, layer in trunk.items():
            self.add_module(name, layer)
        self.head_a = nn.Linear(width, outputs)
        self.head_b = nn.Linear(width, outputs)

    @property
    def leaves_out_a(self) -> bool:
        """Whether head A is left out of the forward pass now."""
        return 0 < self._head_a_updates <= self.updates()

    @property
    def left_out(self) -> frozenset[str]:
        """The names of the layers that the loss does not depend on now."""
        return frozenset({HEAD_A}) if self.leaves_out_a else frozenset()

    def forward(self, inputs: Tensor) -> Tensor:
        """Return the sum of the heads' answers, ``(rows, outputs)``, or that of head B alone."""
        *trunk, head_a, head_b = self.children()
        signal = inputs
        for layer in trunk:
            signal = layer(signal)
        answer: Tensor = head_b(signal)
        return answer if self.leaves_out_a else head_a(signal) + answer
