from collections.abc import Callable

from torch import Tensor

from gradlab.training.chunks import Chunks
from gradlab.training.forward import ForwardPass
from gradlab.training.objective import Objective


class Autograd:
    """Runs any model's forward and backward pass on one micro-batch through ``loss.backward()``.

    Attributes:
        loss: the latest loss, with its autograd history.
    """

    loss: Tensor

    def __init__(self, forward: ForwardPass, objective: Objective) -> None:
        self._forward, self._mean_loss = forward, objective.mean_loss

    def forward(self, inputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Record every operation on the way to the loss."""
        return self._take(self._forward(inputs), targets)

    def _take(self, outputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        self.loss = self._mean_loss(outputs, targets)
        return outputs.detach(), self.loss.detach()

    def backward(self, weight: float, batch: Tensor) -> None:
        """Go back through the recorded operations."""
        batch.zero_()
        loss = self.loss if weight == 1 else self.loss * weight
        loss.backward()  # type: ignore[no-untyped-call]


class ChunkedAutograd(Autograd):
    """Runs a recurrent model's passes, one chunk of a micro-batch at a time.

    ``length`` returns how many time steps the next chunk has; 0 for whole sequences.
    """

    def __init__(self, chunks: Chunks, length: Callable[[], int], objective: Objective) -> None:
        self._chunks, self._length, self._mean_loss = chunks, length, objective.mean_loss

    def forward(self, inputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Return the chunk's outputs and their loss."""
        return self._take(*self._chunks.forward(inputs, targets, self._length()))
