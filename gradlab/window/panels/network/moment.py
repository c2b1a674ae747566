"""What the picture of a network shows at one moment of the wave that animates a phase."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from gradlab.instruments.records import Floats, SignalFlow, SignalLayer, UnitValues
from gradlab.window.panels.network.unit_grid import Spot

Rows = Literal["batch", "row"]


@dataclass(frozen=True)
class Moment:
    """A signal as it is drawn.

    Attributes:
        before: the signal that was drawn before it, if any.
        rows: whether values are those of the whole batch, or of its first row.
        progress: how far the wave of its phase has moved, from 0 to 1.
        marked: the unit that is pointed at.
    """

    signal: SignalFlow
    before: SignalFlow | None = None
    rows: Rows = "batch"
    progress: float = 1.0
    marked: Spot | None = None

    @property
    def source(self) -> SignalFlow:
        """The signal whose values are drawn: while zeroing sweeps them away, the one before it."""
        return self.before if self._sweeps and self.progress < 1 and self.before else self.signal

    def activation(self, layer: SignalLayer) -> Floats | None:
        """Return a layer's activations, a value for each unit; None before the forward pass."""
        return self._of_rows(layer.activation)

    def gradient(self, layer: SignalLayer) -> Floats | None:
        """Return how the loss changes with each unit's activation; None before the backward pass."""
        return self._of_rows(layer.gradient)

    def opacity(self, column: int, phase: Literal["forward", "backward"]) -> float:
        """Return how far the wave of a phase has filled a column, or what zeroing has left of it."""
        if self._sweeps:
            return 1 - self.progress
        if self.signal.phase != phase:
            return 1.0
        columns = len(self.signal.layers)
        before = column if phase == "forward" else columns - 1 - column
        return float(np.clip(self.progress * columns - before, 0, 1))

    @property
    def _sweeps(self) -> bool:
        return self.signal.phase == "zeroed" and not self.signal.emptied

    def _of_rows(self, values: UnitValues | None) -> Floats | None:
        return None if values is None else getattr(values, self.rows)


def largest(parts: Iterable[Floats | None]) -> float:
    """Return the largest finite magnitude; 1 where there is none."""
    found = [np.abs(part[np.isfinite(part)]).max(initial=0) for part in parts if part is not None]
    return float(max(found, default=0)) or 1.0
