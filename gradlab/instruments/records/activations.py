"""The outputs of the layers on the probe rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from gradlab.instruments.records.arrays import Floats
from gradlab.instruments.records.flow import Course
from gradlab.instruments.records.record import Record
from gradlab.instruments.records.table import Table, plain
from gradlab.models.activations.base import Trouble


@dataclass(frozen=True)
class LayerActivations:
    """The outputs of one layer, after its activation function.

    A convolution's units are its channels: all their pixels count. A recurrent layer's are its hidden states: all
    time steps count.

    Attributes:
        bend: the activation function, as the settings call it; empty for none.
        edges: ``(bins + 1,)``; ``shares`` ``(bins,)`` of all outputs in each bin, estimated on a sample, without
            the exact zeros; ``zeros`` is their share.
        mean, deviation: of all outputs; NaN where some are not finite.
        active: ``(units,)``, the share of its outputs at which each unit passes a gradient on.
        trouble: what can go wrong with units of this kind; ``troubled`` ``(units,)`` whether it did.
    """

    name: str
    bend: str
    edges: Floats
    shares: Floats
    zeros: float
    mean: float
    deviation: float
    active: Floats
    trouble: Trouble
    troubled: NDArray[np.bool_]

    @property
    def troubled_share(self) -> float:
        """The share of dead or saturated units."""
        return float(self.troubled.mean())

    def as_table(self) -> Table:
        """Return one row per unit, with the share of its outputs at which it is active."""
        troubles = [self.trouble if troubled else "" for troubled in self.troubled]
        rows = zip(range(len(troubles)), plain(self.active), troubles, strict=True)
        return Table(("unit", "active", "trouble"), rows)

    def bins(self) -> Iterable[Sequence[object]]:
        """Yield a row for each bin of the histogram; the exact zeros are a bin of their own, from 0 to 0."""
        yield (self.name, 0.0, 0.0, self.zeros)
        edges = plain(self.edges)
        for low, high, share in zip(edges[:-1], edges[1:], plain(self.shares), strict=True):
            yield (self.name, low, high, share)


@dataclass(frozen=True)
class Activations(Record):
    """All layers on the same probe rows, and how many units were dead or saturated over time.

    Attributes:
        update: after which the layers were measured; ``rows`` the number of probe rows.
        course: the share of dead or saturated units in each layer over the updates.
    """

    update: int
    rows: int
    layers: tuple[LayerActivations, ...]
    course: Course

    @override
    def as_table(self) -> Table:
        """Return one row per bin of each layer's histogram."""
        return Table(("layer", "from", "to", "share"), (row for layer in self.layers for row in layer.bins()))
