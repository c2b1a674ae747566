"""What is measured of every layer at every n-th update: its gradient, and how far its weights went."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gradlab.training.parameters import FlatParameters, Layer

Doubles = NDArray[np.float64]
NUMBERS = 3  # per layer: norm, sum of magnitudes, values that are not 0
SPREADS = 4  # per matrix: variance and mean of the weights, and of their change


@dataclass(frozen=True)
class Measured:
    """The measurements of one update; for K stacked runs every array has a first dimension of K.

    Attributes:
        grad_norms, grad_mean_abs, zero_shares: ``(layers,)``, of what the optimizer used.
        update_ratios: ``(layers,)``, std(Δw) / std(w) of a layer's matrices; NaN for a layer without any, or
            whose weights were all equal.
        update_ratio: ``()``, the same over all matrices together.
    """

    grad_norms: Doubles
    grad_mean_abs: Doubles
    zero_shares: Doubles
    update_ratios: Doubles
    update_ratio: Doubles

    def of(self, row: int) -> "Measured":
        """Return the measurements of one of the stacked runs."""
        return Measured(*(getattr(self, name)[row] for name in self.__dataclass_fields__))

    @property
    def known_ratio(self) -> float | None:
        """The update ratio over all matrices, of the first run where several are stacked; None without any."""
        return known(self.update_ratio.flat[0])


def known(ratio: Any) -> float | None:
    """Return a ratio as a plain number; None for NaN."""
    return None if np.isnan(ratio) else float(ratio)


def measure(parameters: FlatParameters, used: Tensor, before: Tensor) -> Measured:
    """Measure an update that was just made.

    Args:
        parameters: with the weights after the update.
        used: ``(…, n)``, the gradient that the optimizer used.
        before: ``(…, n)``, the weights before the update.
    """
    layers = parameters.layers
    sizes = np.array([layer.stop - layer.start for layer in layers], dtype=np.float64)
    norms, sums, filled = np.moveaxis(_numbers(layers, used).reshape(*used.shape[:-1], -1, NUMBERS), -1, 0)
    ratios, ratio = _update_ratios(layers, before, parameters.flat - before)
    return Measured(norms, sums / sizes, 1 - filled / sizes, ratios, ratio)


def _numbers(layers: list[Layer], used: Tensor) -> Doubles:
    parts = [used[..., layer.start : layer.stop] for layer in layers]
    found = [number for part in parts for number in _sizes(part)]
    numbers = _to_doubles(found)
    if np.isfinite(numbers).all() or used.dtype == torch.float64:
        return numbers
    # Squares of numbers above 1e19 leave float32 while the numbers themselves are still fine.
    return _numbers(layers, used.double())


def _sizes(part: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    norm = torch.linalg.vector_norm
    return norm(part, dim=-1), norm(part, 1, dim=-1), norm(part, 0, dim=-1)


def _update_ratios(layers: list[Layer], before: Tensor, change: Tensor) -> tuple[Doubles, Doubles]:
    slices = [layer.matrices for layer in layers if layer.matrices]
    ratios = np.full((*before.shape[:-1], len(layers)), np.nan)
    if not slices:
        return ratios, ratios[..., 0]
    sizes = np.array([part.stop - part.start for part in slices], dtype=np.float64)
    found = [
        moment
        for part in slices
        for flat in (before, change)
        for moment in torch.var_mean(flat[..., part], dim=-1, correction=0)
    ]
    spreads = np.moveaxis(_to_doubles(found).reshape(*before.shape[:-1], -1, SPREADS), -1, 0)
    of_weights, of_change = spreads[:2], spreads[2:]
    ratios[..., [bool(layer.matrices) for layer in layers]] = _ratio(of_change[0], of_weights[0])
    return ratios, _ratio(_together(sizes, *of_change), _together(sizes, *of_weights))


def _together(sizes: Doubles, variances: Doubles, means: Doubles) -> Doubles:
    """Return the variance of all parts taken together: within the parts, and between them."""
    shares = sizes / sizes.sum()
    mean = (means * shares).sum(axis=-1, keepdims=True)
    together: Doubles = ((variances + np.square(means - mean)) * shares).sum(axis=-1)
    return together


def _ratio(change: Doubles, weights: Doubles) -> Doubles:
    """Return the ratio of two deviations, given as variances; NaN where the second is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(weights > 0, np.sqrt(change / weights), np.nan)


def _to_doubles(found: list[Tensor]) -> Doubles:
    doubles: Doubles = torch.stack(found, dim=-1).cpu().double().numpy()
    return doubles
