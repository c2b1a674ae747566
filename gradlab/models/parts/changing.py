"""Models whose forward pass changes while they are trained."""

from collections.abc import Callable

from torch import nn


class ChangingModel(nn.Module):
    """A model whose forward pass depends on how far its training is.

    Attributes:
        updates: returns how many updates were made before the current one. The training run sets it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.updates: Callable[[], int] = lambda: 0

    @property
    def left_out(self) -> frozenset[str]:
        """The names of the layers that the loss does not depend on now."""
        return frozenset()
