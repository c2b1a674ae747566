"""How the sizes of the values of each layer's gradient are spread, over the updates."""

from collections.abc import Collection

import numpy as np
import torch
from torch import Tensor

from gradlab.instruments.columns import Columns
from gradlab.instruments.records import Counts, Floats, SizeHistogram
from gradlab.training.parameters import Layer

SAMPLE = 4096  # values that are looked at, shared out among the layers
LEAST = 64  # of each layer
LOWEST, HIGHEST = -12, 4  # powers of ten
BINS_PER_DECADE = 3
BINS = (HIGHEST - LOWEST) * BINS_PER_DECADE
_NOT_FINITE = 1 + BINS


class SizeHistogramRecorder:
    """Layers × sizes × updates in bounded memory, for a fixed random sample of the values.

    Updates that share a column are added up.
    """

    def __init__(self, layers: list[Layer], device: torch.device, columns: int = 512) -> None:
        self._names = [layer.name for layer in layers]
        self._sizes = np.array([layer.stop - layer.start for layer in layers], dtype=np.float64)
        chosen = [_sample(layer, max(LEAST, SAMPLE // len(layers))) for layer in layers]
        self._places = torch.from_numpy(np.concatenate(chosen)).to(device)
        self._taken = np.array([len(places) for places in chosen])
        self._first_codes = np.repeat(np.arange(len(layers)) * (BINS + 2), self._taken)
        self._sums = np.zeros((len(layers), 1 + BINS, columns), dtype=np.float32)
        self._measured = np.zeros(columns, dtype=np.float32)
        self._updates = np.zeros(columns)
        self._end = 0.0
        self._columns = Columns(columns, self._merge_pairs)

    def append(self, update: float, gradient: Tensor, none: Collection[str]) -> None:
        """Add the gradient ``(n,)`` of an update; layers in ``none`` count as not measured."""
        shares = self._shares(gradient)
        if none:
            shares[[name in none for name in self._names]] = 0
        self._add(update, shares, measured=True)

    def append_gap(self, update: float) -> None:
        """Begin an empty column at an update: nothing was measured there."""
        self._columns.close()
        self._add(update, np.zeros(self._sums.shape[:2], dtype=np.float32), measured=False)
        self._columns.close()

    def record(self) -> SizeHistogram:
        """Return a copy of what was recorded."""
        shown = slice(0, self._columns.filled)
        return SizeHistogram(
            updates=self._updates[shown].copy(),
            end=self._end,
            exponents=np.linspace(LOWEST, HIGHEST, BINS + 1),
            shares=np.divide(self._sums[:, :, shown], np.maximum(self._measured[shown], 1)),
            sizes=self._sizes,
        )

    def _shares(self, gradient: Tensor) -> Floats:
        """Return ``(layers, 1 + bins)``; a value that is not finite is in none of them."""
        counts = np.bincount(
            self._first_codes + bin_codes(gradient[self._places].abs().cpu().numpy()),
            minlength=len(self._names) * (BINS + 2),
        ).reshape(len(self._names), BINS + 2)
        shares: Floats = (counts[:, : 1 + BINS] / self._taken[:, None]).astype(np.float32)
        return shares

    def _add(self, update: float, shares: Floats, *, measured: bool) -> None:
        is_first, latest = self._columns.advance(), self._columns.latest
        if is_first:
            self._sums[:, :, latest] = 0
            self._measured[latest] = 0
            self._updates[latest] = update
        self._sums[:, :, latest] += shares
        self._measured[latest] += measured
        self._end = update

    def _merge_pairs(self, pairs: int) -> None:
        for table in (self._sums, self._measured):
            table[..., :pairs] = table[..., : 2 * pairs : 2] + table[..., 1 : 2 * pairs : 2]
        self._updates[:pairs] = self._updates[: 2 * pairs : 2]


def _sample(layer: Layer, most: int) -> Counts:
    """Return the places of the layer's values that are measured: all, or a fixed random sample."""
    size = layer.stop - layer.start
    if size <= most:
        return np.arange(layer.start, layer.stop)
    places: Counts = np.random.default_rng(0).choice(size, most, replace=False, shuffle=False)
    return layer.start + places


def bin_codes(sizes: Floats) -> Counts:
    """Return each value's code: 0 for an exact zero, then the bins from 1, then one for non-finite values."""
    with np.errstate(divide="ignore"):
        bins = np.floor((np.log10(sizes.astype(np.float64)) - LOWEST) * BINS_PER_DECADE)
    codes: Counts = 1 + np.clip(np.nan_to_num(bins, nan=0.0, posinf=0.0, neginf=0.0), 0, BINS - 1).astype(
        np.int64
    )
    codes[sizes == 0] = 0
    codes[~np.isfinite(sizes)] = _NOT_FINITE
    return codes
