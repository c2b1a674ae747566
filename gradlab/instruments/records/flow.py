"""How gradients flow: their size in each layer, their directions, their noise, and the steps made of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gradlab.instruments.records.arrays import Doubles, Floats
from gradlab.instruments.records.record import Record
from gradlab.instruments.records.table import Table, plain


@dataclass(frozen=True)
class LayerSizes:
    """The sizes of the values in the gradient buffer, layer by layer, at one moment.

    Attributes:
        mean, largest: ``(layers,)``, of the values without their signs: 0 is an exact zero, -1 stands for None
            and NaN for NaN or infinity.
        update: the update that used them; with ``batches`` of ``accumulate`` in the buffer, the one that will.
        batches: None where the update was made.
    """

    mean: Doubles
    largest: Doubles
    update: int
    batches: int | None = None
    accumulate: int = 1

    def as_table(self, layers: Sequence[str]) -> Table:
        """Return one row per layer, of these names; empty cells where the buffer held None."""
        columns = [
            [None if value == -1 else value for value in part.tolist()] for part in (self.mean, self.largest)
        ]
        return Table(("layer", "mean", "largest"), zip(layers, *columns, strict=True))


@dataclass(frozen=True)
class Course:
    """Numbers over the updates, in bounded memory.

    In a long run a point stands for several measurements: the lowest and the highest of each number are kept.

    Attributes:
        updates: ``(points,)``, rising: the update of the latest measurement that each point stands for.
        low, high: ``(numbers, points)``; NaN where there is none.
    """

    updates: Doubles
    low: Doubles
    high: Doubles

    def only(self, numbers: slice) -> "Course":
        """Return some of the numbers."""
        return Course(self.updates, self.low[numbers], self.high[numbers])

    def as_table(self, names: Sequence[str]) -> Table:
        """Return one row per point: the lowest and the highest of each number since the point before it."""
        header = ("update", *(f"{name} ({which})" for name in names for which in ("lowest", "highest")))
        columns = [values for pair in zip(self.low, self.high, strict=True) for values in pair]
        rows = zip(*([_known(value) for value in column.tolist()] for column in columns), strict=True)
        return Table(header, ((int(update), *row) for update, row in zip(self.updates, rows, strict=True)))


@dataclass(frozen=True)
class SizeHistogram:
    """The distribution of the sizes of each layer's gradient values, over the updates.

    Attributes:
        updates: ``(columns,)``, the first update of each column; ``end`` the latest that was measured.
        exponents: ``(bins + 1,)``, the edges of the bins in powers of ten; the outer bins hold all beyond, too.
        shares: ``(layers, 1 + bins, columns)``: of the layer's values, how many are exactly zero, then how many
            fall into each bin; all 0 where nothing was measured, or where the buffer held None.
        sizes: ``(layers,)``, how many values each layer has.
    """

    updates: Doubles
    end: float
    exponents: Doubles
    shares: Floats
    sizes: Doubles

    def of(self, layer: int | None) -> Floats:
        """Return the ``(1 + bins, columns)`` of a layer, or of the values of all layers that have a gradient."""
        if layer is not None:
            own: Floats = self.shares[layer]
            return own
        there = self.shares.any(axis=1, keepdims=True)
        weights = (self.sizes[:, None, None] * there).astype(np.float32)
        total = weights.sum(axis=0)
        mean: Floats = np.divide((self.shares * weights).sum(axis=0), np.maximum(total, 1))
        return mean

    def as_table(self, layer: int | None) -> Table:
        """Return one row per column: the share of exact zeros, then of the values up to each size."""
        header = ("from_update", "zero", *(f"up to {10.0**exponent:.3g}" for exponent in self.exponents[1:]))
        shares = plain(self.of(layer).T)
        return Table(header, ([int(update), *row] for update, row in zip(self.updates, shares, strict=True)))


@dataclass(frozen=True)
class Flow(Record):
    """Everything the gradient flow panel draws. Layers stand in the order of the signal.

    Attributes:
        layers: their names; ``matrices`` the names of those that have a weight matrix.
        sizes: what is in the buffer now.
        histogram: the spread of the values that the optimizer used.
        ratios: std(Δw) / std(w), a row for each name in ``matrices``.
        directions: the cosine between the step and the opposite of the gradient that it was made of, and the mean
            cosine between neighbouring micro-batches of an update (NaN with a single one).
        noise: the gradient noise scale in rows (NaN while unknown), and the rows that the update used.
        norms: of the whole gradient before clipping and after it, and the limit (NaN without one).
        accumulate: how many micro-batches an update uses, by the settings in force.
    """

    layers: tuple[str, ...]
    matrices: tuple[str, ...]
    sizes: LayerSizes
    histogram: SizeHistogram
    ratios: Course
    directions: Course
    noise: Course
    norms: Course
    accumulate: int


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value
