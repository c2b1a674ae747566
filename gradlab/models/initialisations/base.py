"""What an initialisation is: how the weights of a layer are drawn before training."""

from gradlab.experiment.registry import Entry, Registry
from gradlab.torch_types import Tensor


class Initialisation(Entry):
    """An initialisation; this one keeps what PyTorch has drawn.

    Attributes:
        redraws: whether it redraws weights; biases are then 0.
    """

    redraws: bool = True

    def draw(self, matrix: Tensor) -> None:
        """Draw the weights of one matrix, in place, from torch's own generator; it needs no gradient.

        A recurrent layer's gates are drawn one by one. A convolution's is ``(channels, inputs, height, width)``.
        """


INITIALISATIONS: Registry[Initialisation] = Registry("initialisation", "gradlab.models.initialisations")
