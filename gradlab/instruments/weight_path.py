import numpy as np
import torch
from torch import Tensor

from gradlab.training.run import TrainingRun

MOST_POINTS = 64
FEWEST_POINTS = 16  # of networks so large that copying more would slow training down
USUAL_BYTES = 2 * 2**20
MOST_BYTES = 64 * 2**20


class WeightPath:
    """The path of the weights during training, as copies in bounded memory.

    When the limit is reached, half of them are dropped, and from then on they are taken half as often, so that
    copying costs less the longer a run is. Those kept are evenly spaced over the square root of the updates:
    training moves fast at first, and that part stays detailed.
    """

    def __init__(self, run: TrainingRun, most_bytes: int = MOST_BYTES) -> None:
        """Start with the current weights; ``most_bytes`` limits all copies together."""
        self._run = run
        self._most = most_points(4 * run.parameters.flat.numel(), most_bytes)
        self._first = run.counters.updates
        self._stride = 1
        self._weights: list[Tensor] = []
        self._updates: list[int] = []
        self._epochs: list[float] = []
        self.note()

    def note(self) -> None:
        """Take a copy if one is due; called after every update."""
        update = self._run.counters.updates - self._first
        if self._most and update % self._stride == 0:
            if len(self._weights) == self._most:
                self._thin()
            self._weights.append(self._run.parameters.flat.to("cpu", copy=True))
            self._updates.append(update)
            self._epochs.append(self._run.position.in_epochs)

    def points(self) -> tuple[Tensor, list[float]]:
        """Return the weights up to now ``(points, n)`` and the position in epochs of each; the last is now."""
        now = self._run.parameters.flat.cpu()
        return torch.stack([*self._weights, now]), [*self._epochs, self._run.position.in_epochs]

    def _thin(self) -> None:
        roots = np.sqrt(self._updates)
        kept = np.unique(np.searchsorted(roots, np.linspace(0, roots[-1], self._most // 2)))
        self._weights = [self._weights[number] for number in kept]
        self._updates = [self._updates[number] for number in kept]
        self._epochs = [self._epochs[number] for number in kept]
        self._stride *= 2


def most_points(bytes_each: int, most_bytes: int) -> int:
    """Return how many copies of ``bytes_each`` bytes fit into the limit."""
    usual = max(min(USUAL_BYTES // bytes_each, MOST_POINTS), FEWEST_POINTS)
    return min(usual, most_bytes // bytes_each)
