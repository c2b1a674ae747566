"""What an initialisation is: how the weights of a layer are drawn before training."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradlab.experiment.registry import Entry, Registry

if TYPE_CHECKING:  # torch takes most of a second to load
    from torch import Tensor


class Initialisation(Entry):
    """An initialisation; this one leaves what PyTorch has drawn.

    Attributes:
        redraws: whether it redraws weights; biases are then 0.
    """

    redraws: bool = True

    def draw(self, matrix: Tensor) -> None:
        """Draw the weights of one matrix, in place, from torch's own generator.

        A recurrent layer's gates are drawn one by one. A convolution's is ``(channels, inputs, height, width)``.
        """


INITIALISATIONS: Registry[Initialisation] = Registry("initialisation", "gradlab.models.initialisations")
