"""One array as a picture."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QImage, QPainter

from gradlab.instruments.records import Floats
from gradlab.window import theme
from gradlab.window.charts.colors import Bytes, pen
from gradlab.window.charts.heat_colors import GAP as GAP_COLOR
from gradlab.window.charts.heat_colors import Packed, ValueSummary, encode, pooled, to_image
from gradlab.window.panels.gradients.value_cells import ValueCells
from gradlab.window.panels.gradients.value_grid import GAP, ValueGrid


class ValuePicture:
    """The values of an array, each in the colour of its cell.

    Attributes:
        cells: where each value is drawn.
        source: the values, in the shape that they have.
        summary: the values in a few numbers; None where there are none.
        image: what is drawn; None until then, and where there are no values.
    """

    def __init__(self, grid: ValueGrid) -> None:
        self.cells = ValueCells(grid)
        self.summary: ValueSummary | None = None
        self._values: Floats | None = None
        self.source: Floats | None = None
        self.image: QImage | None = None
        self._there = grid.order != GAP
        self._has_gaps = not self._there.all()
        self._empty: NDArray[np.bool_] | None = None
        self._empty_size = (0, 0)

    def take(self, values: Floats | None, summary: ValueSummary | None = None) -> None:
        """Take new values, and measure them unless their ``summary`` is known; ``draw`` makes them visible."""
        self.source = values
        self._values = None if values is None else values.ravel()
        self.summary = None if values is None else summary or ValueSummary.of(values)

    def value(self, index: int) -> np.float32 | None:
        """Return one value; None where there is none."""
        return None if self._values is None else np.float32(self._values[index])

    def draw(self, limit: float, table: Packed, ratio: float, twin: "ValuePicture | None" = None) -> None:
        """Make the picture on a scale from −limit to limit, for a display with ``ratio`` pixels per unit.

        A ``twin`` was drawn of the same values on the same scale: as large as this one, it is the same picture.
        """
        if twin is not None and twin.cells.rect.size() == self.cells.rect.size():
            self.image = twin.image
            return
        if self._values is None or self.cells.rect.isEmpty():
            self.image = None
            return
        rows, columns = int(self.cells.rect.height() * ratio), int(self.cells.rect.width() * ratio)
        order = self.cells.grid.order
        if order.shape[0] > rows or order.shape[1] > columns:
            codes = self._pooled(limit, rows, columns)
        else:
            codes = np.append(encode(self._values, limit), np.uint8(GAP_COLOR))[order]  # GAP: the last one
        self.image = to_image(codes, table, has_gaps=self._has_gaps)

    def _pooled(self, limit: float, rows: int, columns: int) -> Bytes:
        assert self._values is not None
        values = np.append(self._values, np.float32(0))[self.cells.grid.order]
        codes = encode(pooled(values, rows, columns), limit)
        if self._has_gaps:
            codes[self._nothing_left(rows, columns)] = GAP_COLOR
        return codes

    def _nothing_left(self, rows: int, columns: int) -> NDArray[np.bool_]:
        """Return where a smaller picture shows nothing but gaps; kept, as it depends on the size alone."""
        if self._empty is None or self._empty_size != (rows, columns):
            self._empty = pooled(self._there.astype(np.float32), rows, columns) == 0
            self._empty_size = (rows, columns)
        return self._empty

    def paint(self, painter: QPainter, nothing: QBrush) -> None:
        """Draw it; ``nothing`` fills it where there are no values."""
        if self.image is None:
            painter.fillRect(self.cells.rect, nothing)
        else:
            painter.drawImage(self.cells.rect, self.image)
        if self.image is None or not self._has_gaps:
            painter.setPen(pen(theme.color("surface.border")))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.cells.rect.adjusted(0.5, 0.5, -0.5, -0.5))
