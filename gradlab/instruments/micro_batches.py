"""The gradients of an update's micro-batches: do they agree, and how noisy are they?"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, nan

import numpy as np
import torch
from torch import Tensor

from gradlab.training.state import FieldsAreState

SHARE_OF_THE_LATEST = 0.02  # in the running means of the noise scale
LEAST_MEASUREMENTS = 10  # with fewer, the noise scale is itself only noise


def cosine(a: Tensor, b: Tensor) -> float:
    """Return the cosine of the angle between two flat tensors; NaN where one of them is all zero."""
    lengths = float(torch.linalg.vector_norm(a)) * float(torch.linalg.vector_norm(b))
    return min(1.0, max(-1.0, float(torch.dot(a, b)) / lengths)) if lengths else nan


class MicroBatches:
    """Compares the gradients of an update's micro-batches, each that of the mean loss of its own rows.

    Attributes:
        rows: the number of rows of each.
    """

    def __init__(self) -> None:
        self.rows: list[int] = []
        self._squares: list[float] = []
        self._cosines: list[float] = []
        self._latest: Tensor | None = None
        self._sum: Tensor | None = None

    def add(self, gradient: Tensor, rows: int) -> None:
        """Add the gradient ``(n,)`` of the next micro-batch; the tensor must not change later."""
        if self._latest is not None:
            self._cosines.append(cosine(self._latest, gradient))
            # Most updates have a single micro-batch and never need the sum.
            before = self._latest * self.rows[-1] if self._sum is None else self._sum
            self._sum = before.add_(gradient, alpha=rows)
        self._latest = gradient
        self._squares.append(float(torch.linalg.vector_norm(gradient)) ** 2)
        self.rows.append(rows)

    @property
    def agreement(self) -> float:
        """The mean cosine between each micro-batch and the next; NaN with fewer than two."""
        return float(np.mean(self._cosines)) if self._cosines else nan

    def noise_and_signal(self) -> tuple[float, float] | None:
        """Return estimates of the noise and of the signal; None with fewer than two micro-batches."""
        if len(self.rows) < 2:
            return None
        assert self._sum is not None
        together = (float(torch.linalg.vector_norm(self._sum)) / sum(self.rows)) ** 2
        return noise_and_signal(self.rows, self._squares, together)


def noise_and_signal(rows: Sequence[int], squares: Sequence[float], together: float) -> tuple[float, float]:
    """Return estimates of S, the noise of a row's gradient, and of G², the squared norm of the true one.

    McCandlish et al. 2018, *An Empirical Model of Large-Batch Training*, appendix A.1, with the micro-batches
    (b rows) as the small batch and all of them (B rows) as the large one. For micro-batches of unequal size b is
    their harmonic mean: |g_b|² is G² + S/b on average.

    Args:
        rows: of two or more micro-batches.
        squares: the squared norms of their gradients.
        together: the squared norm of the gradient of all rows.
    """
    large = sum(rows)
    small = len(rows) / sum(1 / each for each in rows)
    of_small = sum(squares) / len(squares)
    noise = (of_small - together) / (1 / small - 1 / large)
    signal = (large * together - small * of_small) / (large - small)
    return noise, signal


@dataclass
class NoiseScale(FieldsAreState):
    """The gradient noise scale S / G², in rows, from many rough estimates of both.

    Each is averaged by itself, because a mean of quotients would be biased: a plain mean at first, a running one
    later, as the scale grows while a network learns.

    Attributes:
        count: how many estimates there were; noise, signal: their means.
    """

    count: int = 0
    noise: float = 0.0
    signal: float = 0.0

    def add(self, noise: float, signal: float) -> None:
        """Add the estimates of one update; those of gradients too large to be squared are left out."""
        if not (isfinite(noise) and isfinite(signal)):
            return
        self.count += 1
        share = max(1 / self.count, SHARE_OF_THE_LATEST)
        self.noise += share * (noise - self.noise)
        self.signal += share * (signal - self.signal)

    @property
    def rows(self) -> float:
        """The noise scale so far; NaN while it is unknown."""
        known = self.count >= LEAST_MEASUREMENTS and self.noise > 0 and self.signal > 0
        return self.noise / self.signal if known else nan
