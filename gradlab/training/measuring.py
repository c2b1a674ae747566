"""Measures every layer at every n-th update: its gradient, and how far its weights moved."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from gradlab.training.parameters import FlatParameters, Layer

Doubles = NDArray[np.float64]
EQUAL = 1e-13  # a variance that is so small beside the mean square is nothing but rounding


@dataclass(frozen=True)
class Measured:
    """The measurements of one update; for K stacked runs every array has a first dimension of K.

    Attributes:
        grad_norms, grad_mean_abs, zero_shares: ``(layers,)``, of the gradient that the optimizer used.
        update_ratios: ``(layers,)``, std(Δw) / std(w) of a layer's matrices; NaN for a layer without matrices or
            with equal weights.
        update_ratio: ``()``, the same over all matrices together.
        moved: ``(layers,)``, whether any weight changed.
    """

    grad_norms: Doubles
    grad_mean_abs: Doubles
    zero_shares: Doubles
    update_ratios: Doubles
    update_ratio: Doubles
    moved: NDArray[np.bool_]

    def of(self, row: int) -> "Measured":
        """Return the measurements of one of the stacked runs."""
        return Measured(*(getattr(self, name)[row] for name in self.__dataclass_fields__))

    @property
    def known_ratio(self) -> float | None:
        """The update ratio over all matrices, of the first of several stacked runs; None without matrices."""
        return known(self.update_ratio.flat[0])


def known(ratio: Any) -> float | None:
    """Return a ratio as a plain number; None for NaN."""
    return None if np.isnan(ratio) else float(ratio)


def measure(parameters: FlatParameters, used: Tensor, before: Tensor) -> Measured:
    """Measure the latest update.

    Args:
        parameters: with the weights after the update.
        used: ``(…, n)``, the gradient that the optimizer used.
        before: ``(…, n)``, the weights before the update.
    """
    # numpy in double precision: launching torch's sums over parts costs several times as much.
    gradient = _to_doubles(used)
    layers = [slice(layer.start, layer.stop) for layer in parameters.layers]
    sizes = _sizes(layers)
    step = parameters.flat - before
    ratios, ratio = update_ratios(parameters.layers, before, step)
    return Measured(
        grad_norms=np.sqrt(_sums(np.square(gradient), layers)),
        grad_mean_abs=_sums(np.abs(gradient), layers) / sizes,
        zero_shares=_sums((gradient == 0).astype(np.float64), layers) / sizes,
        update_ratios=ratios,
        update_ratio=ratio,
        moved=_sums((step != 0).cpu().numpy(), layers) > 0,
    )


def update_ratios(layers: list[Layer], before: Tensor, step: Tensor) -> tuple[Doubles, Doubles]:
    """Return std(Δw) / std(w) of each layer's matrices, ``(…, layers)``, and of all together, ``(…)``.

    NaN for a layer without any, or whose weights ``before`` the ``step``, both ``(…, n)``, were all equal.
    """
    weights, change = _to_doubles(before), _to_doubles(step)
    matrices = [layer.matrices for layer in layers if layer.matrices]
    ratios = np.full((*weights.shape[:-1], len(layers)), np.nan)
    if not matrices:
        return ratios, ratios[..., 0]
    sizes = _sizes(matrices)
    moments = [(_sums(values, matrices), _sums(np.square(values), matrices)) for values in (change, weights)]
    ratios[..., [bool(layer.matrices) for layer in layers]] = _ratio(
        *(_variance(sizes, sums, squares) for sums, squares in moments)
    )
    together = (_variance(sizes.sum(), sums.sum(axis=-1), squares.sum(axis=-1)) for sums, squares in moments)
    return ratios, _ratio(*together)


def _variance(sizes: Doubles, sums: Doubles, squares: Doubles) -> Doubles:
    # Weights and their changes are around zero, so in double precision the difference is exact enough.
    mean_squares = squares / sizes
    variance = mean_squares - np.square(sums / sizes)
    return np.where(variance > EQUAL * mean_squares, variance, 0.0)


def _ratio(change: Doubles, weights: Doubles) -> Doubles:
    """Return the ratio of two deviations, given as variances; NaN where the second is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(weights > 0, np.sqrt(change / weights), np.nan)


def _sums(values: Doubles, parts: list[slice]) -> Doubles:
    """Return the sum of each part, ``(…, n)`` → ``(…, parts)``; the parts are in order and do not overlap."""
    edges = [edge for part in parts for edge in (part.start, part.stop)]
    # Every second sum is that of the gap between two parts. An edge after the last value is neither allowed nor
    # needed: the last sum extends to the end anyway.
    inside = edges[:-1] if edges[-1] == values.shape[-1] else edges
    sums: Doubles = np.add.reduceat(values, inside, axis=-1)[..., ::2]
    return sums


def _sizes(parts: list[slice]) -> Doubles:
    return np.array([part.stop - part.start for part in parts], dtype=np.float64)


def _to_doubles(flat: Tensor) -> Doubles:
    return flat.detach().cpu().double().numpy()
