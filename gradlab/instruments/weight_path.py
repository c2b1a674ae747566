"""Where training led the weights, in bounded memory."""

import torch
from torch import Tensor

from gradlab.training.run import TrainingRun

MOST_POINTS = 128
FEWEST_POINTS = 16  # of networks so large that copying more would slow training down
USUAL_BYTES = 2 * 2**20
MOST_BYTES = 64 * 2**20


class WeightPath:
    """Copies of the weights, evenly spaced over the updates, from the first one on.

    When there are as many as there may be every second one goes, and from then on they are taken half as often:
    so the path never grows beyond its bounds, and the longer a run the less the copying costs.
    """

    def __init__(self, run: TrainingRun, most_bytes: int = MOST_BYTES) -> None:
        """Begin with the weights as they are; ``most_bytes`` bounds all copies together."""
        self._run = run
        self._most = most_points(4 * run.parameters.flat.numel(), most_bytes)
        self._first = run.counters.updates
        self._stride = 1
        self._weights: list[Tensor] = []
        self._epochs: list[float] = []
        self.note()

    def note(self) -> None:
        """Take a copy if one is due; called after every update."""
        if self._most and (self._run.counters.updates - self._first) % self._stride == 0:
            if len(self._weights) == self._most:
                self._thin()
            self._weights.append(self._run.parameters.flat.to("cpu", copy=True))
            self._epochs.append(self._run.epoch_position)

    def points(self) -> tuple[Tensor, list[float]]:
        """Return the weights up to now, ``(points, n)``, and the epochs gone through at each; the last is now."""
        now = self._run.parameters.flat.cpu()
        return torch.stack([*self._weights, now]), [*self._epochs, self._run.epoch_position]

    def _thin(self) -> None:
        del self._weights[1::2], self._epochs[1::2]
        self._stride *= 2


def most_points(bytes_each: int, most_bytes: int) -> int:
    """Return how many copies of this size may be kept: an even number, so that thinning ends on a due update."""
    usual = max(min(USUAL_BYTES // bytes_each, MOST_POINTS), FEWEST_POINTS)
    return min(usual, most_bytes // bytes_each) // 2 * 2
