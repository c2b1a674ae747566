"""From losses to heights and colours."""

from dataclasses import dataclass

import numpy as np

from gradlab.instruments.records import Doubles
from gradlab.window.charts.colors import Bytes
from gradlab.window.panels.landscape.words import tidy_loss

SHADES = 255
_BAD = 255
_LABELS = 5
_MOST_DIGITS = 5
_MOST_DECADES = 6


@dataclass(frozen=True)
class Heights:
    """How losses become heights from 0 to 1.

    Attributes:
        low, high: the losses at both ends, as logarithms to base ten where ``logarithmic``.
    """

    low: float
    high: float
    logarithmic: bool

    @classmethod
    def of(cls, losses: Doubles, logarithmic: bool) -> "Heights":
        """Return heights that reach from the lowest loss to the highest; logarithms keep to six powers of ten."""
        values = losses[np.isfinite(losses)]
        if logarithmic:
            values = np.log10(values[values > 0])
        if not len(values):
            return cls(0.0, 1.0, logarithmic)
        low, high = float(values.min()), float(values.max())
        return cls(max(low, high - _MOST_DECADES) if logarithmic else low, high, logarithmic)

    def __call__(self, losses: Doubles) -> Doubles:
        """Return the heights of losses; values that are not finite stay so."""
        values = losses
        if self.logarithmic:
            with np.errstate(divide="ignore", invalid="ignore"):
                values = np.maximum(np.log10(np.maximum(losses, 0.0)), self.low)
            values = np.where(np.isfinite(losses), values, losses)
        heights: Doubles = (values - self.low) / ((self.high - self.low) or 1.0)
        return heights

    def labels(self) -> list[str]:
        """Return losses at even heights, from 0 to 1, with as many digits as tell them apart."""
        values = np.linspace(self.low, self.high, _LABELS)
        losses = 10.0**values if self.logarithmic else values
        for digits in range(2, _MOST_DIGITS + 1):
            labels = [tidy_loss(loss, digits) for loss in losses]
            if len(set(labels)) == len(set(losses.tolist())):
                break
        return labels


def codes(heights: Doubles) -> Bytes:
    """Return colour numbers: heights 0 … 1 become 0 … 254, and values that are not finite 255."""
    finite = np.isfinite(heights)
    shades = np.rint(np.where(finite, heights, 0.0) * (SHADES - 1))
    return np.where(finite, np.clip(shades, 0, SHADES - 1), _BAD).astype(np.uint8)
