"""Early stopping: when to stop, and which epoch was best."""

from dataclasses import dataclass


@dataclass
class EarlyStopping:
    """Watches the validation loss.

    Attributes:
        best_epoch: None until an epoch was seen; ``best_loss`` its loss.
        waited: epochs since then.
    """

    best_epoch: int | None = None
    best_loss: float = float("inf")
    waited: int = 0

    def observe(self, epoch: int, loss: float, min_delta: float) -> bool:
        """Take note of an epoch; return whether it is the best so far, by more than ``min_delta``.

        A loss that is not a number is never better.
        """
        improved = loss < self.best_loss - min_delta
        if improved:
            self.best_epoch, self.best_loss, self.waited = epoch, loss, 0
        else:
            self.waited += 1
        return improved

    def is_over(self, patience: int) -> bool:
        """Say whether patience (in epochs; 0: endless) has run out."""
        return bool(patience) and self.waited >= patience
