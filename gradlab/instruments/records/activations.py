"""What the layers give out on the probe rows."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradlab.instruments.records.arrays import Floats
from gradlab.instruments.records.flow import Course
from gradlab.instruments.records.record import Record
from gradlab.models.activations.base import Trouble


@dataclass(frozen=True)
class LayerActivations:
    """What one layer gives out, after its activation function.

    A convolution's units are its channels: all their pixels count. A recurrent layer's are its hidden states: all
    time steps count.

    Attributes:
        bend: the activation function, as the settings call it; empty for none.
        edges: ``(bins + 1,)``; ``shares`` ``(bins,)`` of all outputs in each bin, estimated on a sample, without
            the exact zeros; ``zeros`` is their share.
        mean, deviation: of all outputs; NaN where some are no numbers.
        active: ``(units,)``, the share of its outputs at which each unit passes a gradient on.
        trouble: what may befall units of this kind; ``troubled`` ``(units,)`` whether it did.

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
