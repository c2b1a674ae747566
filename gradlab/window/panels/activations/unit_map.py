"""A layer's units as squares, coloured by how often each is active."""

from math import ceil

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy
from typing_extensions import override

from gradlab.instruments.records import LayerActivations
from gradlab.language import tr
from gradlab.window import theme
from gradlab.window.charts.colors import pen, ramp
from gradlab.window.charts.heat_colors import hatch
from gradlab.window.theme.themed import Themed
from gradlab.window.widgets.pointable_view import PointableView

_LARGEST = 44  # pixels
_SHADES = 101


class UnitMap(Themed, PointableView[int]):
    """Squares in rows, unit 0 at the top left; dead or saturated ones are hatched."""

    def __init__(self) -> None:
        super().__init__()
        self.layer: LayerActivations | None = None
        self.setAccessibleName(tr("Units"))
        self.setWhatsThis(
            tr(
                "A square for each unit of the layer: the stronger its colour, the more often it passes a "
                "gradient on. Hatched units are dead or saturated. Point at one, or go there with the "
                "arrow keys, to read it."
            )
        )
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.wear()

    def show_layer(self, layer: LayerActivations) -> None:
        """Draw a layer's units."""
        self.layer = layer
        if self.marked is not None and self.marked >= len(layer.active):
            self.point(None)
        self.update()

    @override
    def dress(self) -> None:
        self._colors = [
            QColor(*(int(part) for part in color)) for color in ramp(theme.colors("magnitude.stops"), _SHADES)
        ]
        self._hatch = hatch()
        self.update()

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(100, 60)

    def _columns(self) -> int:
        """Return the number of columns that makes the squares largest."""
        count = len(self.layer.active) if self.layer else 1
        width, height = max(self.width(), 1), max(self.height(), 1)
        sides = [min(width / columns, height / ceil(count / columns)) for columns in range(1, count + 1)]
        return 1 + int(np.argmax(np.minimum(sides, _LARGEST) + 1e-6 * np.arange(count)))

    def _side(self) -> float:
        count = len(self.layer.active) if self.layer else 1
        columns = self._columns()
        return min(self.width() / columns, self.height() / ceil(count / columns), _LARGEST)

    def square(self, unit: int) -> QRectF:
        """Return the square of a unit."""
        row, column = divmod(unit, self._columns())
        side = self._side()
        gap = 1 if side >= 5 else 0
        return QRectF(column * side, row * side, side - gap, side - gap)

    @override
    def spot_at(self, place: QPointF) -> int | None:
        columns, side = self._columns(), self._side()
        column, row = int(place.x() // side), int(place.y() // side)
        unit = row * columns + column
        inside = 0 <= column < columns and row >= 0
        return unit if inside and self.layer and unit < len(self.layer.active) else None

    @override
    def beside_marked(self, across: int, down: int) -> int | None:
        if self.layer is None:
            return None
        wanted = 0 if self.marked is None else self.marked + across + down * self._columns()
        return wanted if 0 <= wanted < len(self.layer.active) else self.marked

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self.layer is None:
            return
        painter = QPainter(self)
        columns, side = self._columns(), self._side()
        gap = 1 if side >= 5 else 0
        shades = np.rint(self.layer.active * (_SHADES - 1)).astype(int).tolist()
        for unit, (shade, troubled) in enumerate(zip(shades, self.layer.troubled, strict=True)):
            row, column = divmod(unit, columns)
            square = QRectF(column * side, row * side, side - gap, side - gap)
            painter.fillRect(square, self._hatch if troubled else self._colors[shade])
        if self.marked is not None:
            painter.setPen(pen(theme.color("accent.focus"), 2))
            painter.drawRect(self.square(self.marked))
