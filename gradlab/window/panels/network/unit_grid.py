"""Where the units of a network are drawn: a column for each layer, as many units as there is room for."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF

from gradlab.instruments.records import Counts, SignalLayer

PITCH = 8.0  # pixels between two units at the least
_LARGEST = 22.0
_LOW = 9.0  # lines of text


@dataclass(frozen=True)
class Spot:
    """A unit that is drawn: the number of its column, and its place in the record's ``shown``."""

    column: int
    index: int


@dataclass(frozen=True)
class UnitGrid:
    """The columns of a picture of this size, in pixels; ``line`` is the height of a line of text."""

    layers: Sequence[SignalLayer]
    width: float
    height: float
    line: float

    @property
    def is_low(self) -> bool:
        """Whether there is no line to spare that says how many more units there are."""
        return self.height < _LOW * self.line

    def column(self, number: int) -> QRectF:
        """Return the rectangle of a layer's units: below the arrow, above the words."""
        width = self.width / len(self.layers)
        return QRectF(number * width, self.line, width, self._room)

    def caption_column(self, number: int) -> QRectF:
        """Return the column, with a gap on either side, in which a layer's words are written."""
        return self.column(number).adjusted(2, 0, -2, 0)

    def drawn(self, layer: SignalLayer) -> Counts:
        """Return which of a layer's units have room, spread over all of them."""
        count = len(layer.shown)
        fitting = max(min(count, int(self._room / PITCH)), 1)
        return np.linspace(0, count - 1, fitting).round().astype(np.int64)

    def units(self, number: int) -> dict[int, QRectF]:
        """Return where the units of a column are drawn, by their place in the record's ``shown``."""
        drawn = self.drawn(self.layers[number]).tolist()
        column = self.column(number)
        pitch = min(column.height() / len(drawn), _LARGEST + 4)
        size = min(max(pitch - 2, 4), _LARGEST)
        width = min(max(2 * size, 18), 0.5 * column.width())
        top = column.center().y() - pitch * len(drawn) / 2 + (pitch - size) / 2
        left = column.center().x() - width / 2
        return {index: QRectF(left, top + place * pitch, width, size) for place, index in enumerate(drawn)}

    def spot_at(self, place: QPointF) -> Spot | None:
        """Return the unit drawn at a place, or None."""
        for column in range(len(self.layers)):
            for index, rect in self.units(column).items():
                if rect.adjusted(-2, -1, 2, 1).contains(place):
                    return Spot(column, index)
        return None

    def beside(self, spot: Spot, across: int, down: int) -> Spot:
        """Return the unit so many columns and rows beside another; at the edge, the last one there."""
        column = int(np.clip(spot.column + across, 0, len(self.layers) - 1))
        drawn = list(self.units(column))
        nearest = int(np.argmin(np.abs(np.array(drawn) - spot.index)))
        return Spot(column, drawn[int(np.clip(nearest + down, 0, len(drawn) - 1))])

    @property
    def _room(self) -> float:
        words = 3.2 if self.is_low else 4.2
        return max(self.height - words * self.line, PITCH)
