"""Sums over many parts of a flat array in a few numpy calls, however many parts there are."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

Doubles = NDArray[np.float64]


class Spans:
    """Parts of a flat array, in order and not overlapping.

    Attributes:
        sizes: ``(parts,)``, how many values each part has.
    """

    def __init__(self, slices: Sequence[slice]) -> None:
        self.sizes = np.array([part.stop - part.start for part in slices], dtype=np.float64)
        self._edges = [edge for part in slices for edge in (part.start, part.stop)]

    def sums(self, values: Doubles) -> Doubles:
        """Return ``(parts,)``: the sum of each part of ``values``, which is ``(n,)``."""
        # Every second sum is that of the gap between two parts. An edge behind the last value is not allowed, nor
        # needed: the last sum goes to the end by itself.
        edges = self._edges[:-1] if self._edges[-1] == len(values) else self._edges
        sums: Doubles = np.add.reduceat(values, edges)[::2]
        return sums

    def deviations(self, values: Doubles) -> Doubles:
        """Return ``(parts,)``: the standard deviation of each part (divided by n, not n − 1)."""
        return _deviation(self.sizes, self.sums(values), self.sums(np.square(values)))

    def deviation(self, values: Doubles) -> float:
        """Return the standard deviation of all parts taken together."""
        sums, squares = self.sums(values).sum(), self.sums(np.square(values)).sum()
        return float(_deviation(self.sizes.sum(), sums, squares))


def to_doubles(flat: Tensor) -> Doubles:
    """Return a flat tensor as numpy numbers in double precision, for measurements."""
    return flat.detach().cpu().double().numpy()


def _deviation(sizes: Doubles, sums: Doubles, squares: Doubles) -> Doubles:
    # Weights and their changes lie around zero, so in double precision the difference of squares is exact enough.
    return np.sqrt(np.maximum(squares / sizes - np.square(sums / sizes), 0.0))
