"""How the learning rate changes during a run: a factor for each update."""

from collections.abc import Callable
from dataclasses import dataclass
from math import cos, pi

from gradlab.experiment.schema import Optimizer

# With t updates made of T: the factor of the next one. The shapes follow torch.optim.lr_scheduler's MultiStepLR,
# CosineAnnealingLR, OneCycleLR and LinearLR with their usual settings.
Shape = Callable[[int, int], float]


def _steps(made: int, total: int) -> float:
    passed = (made * 2 >= total) + (made * 4 >= total * 3)
    return float(0.1**passed)


def _cosine(made: int, total: int) -> float:
    return (1 + cos(pi * min(made / total, 1))) / 2


def _one_cycle(made: int, total: int) -> float:
    start, end = 1 / 25, 1 / 25e4
    peak = max(0.3 * total - 1, 1e-9)
    if made <= peak:
        return _between(start, 1, made / peak)
    return _between(1, end, min((made - peak) / max(total - 1 - peak, 1e-9), 1))


def _between(start: float, end: float, share: float) -> float:
    return end + (start - end) * (1 + cos(pi * share)) / 2


def _warmup(made: int, total: int) -> float:
    return min((made + 1) / max(total // 10, 1), 1.0)


SHAPES: dict[str, Shape] = {
    "constant": lambda made, total: 1.0,
    "step": _steps,
    "cosine": _cosine,
    "one_cycle": _one_cycle,
    "warmup": _warmup,
    "plateau": lambda made, total: 1.0,  # its factor comes from Plateau
}


@dataclass
class Plateau:
    """A tenth whenever more than ``patience`` epochs in a row brought no better loss.

    As torch's ReduceLROnPlateau with its usual settings but for the patience.

    Attributes:
        factor: what the learning rate is multiplied with; ``best`` the best loss; ``waited`` the epochs since.
    """

    patience: int = 5
    best: float = float("inf")
    waited: int = 0
    factor: float = 1.0

    def observe(self, loss: float) -> None:
        """Take note of an epoch's loss."""
        if loss < self.best * (1 - 1e-4):
            self.best = loss
            self.waited = 0
            return
        self.waited += 1
        if self.waited > self.patience:
            self.factor *= 0.1
            self.waited = 0


def learning_rate(spec: Optimizer, made: int, total: int, plateau: Plateau) -> float:
    """Return the learning rate of the update after ``made`` of ``total``."""
    factor = SHAPES[spec.schedule](made, total)
    return spec.lr * factor * (plateau.factor if spec.schedule == "plateau" else 1)
