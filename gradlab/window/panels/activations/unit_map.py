"""A layer's units as squares, coloured by how often each is active."""

from math import ceil

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gradlab.instruments.records import LayerActivations
from gradlab.language import tr
from gradlab.window import theme
from gradlab.window.charts.colors import pen, ramp
from gradlab.window.charts.heat_colors import hatch
from gradlab.window.theme.themed import Themed

_LARGEST = 44  # pixels
_SHADES = 101
_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class UnitMap(Themed, QWidget):
    """Squares in rows, unit 0 at the top left; dead or saturated ones are hatched.

    Signals:
        pointed: the number of the unit under the mouse or of the arrow keys, None where it left.
    """

    pointed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.layer: LayerActivations | None = None
        self.marked: int | None = None
        self.setAccessibleName(tr("Units"))
        self.setWhatsThis(
            tr(
                "A square for each unit of the layer: the stronger its colour, the more often it passes a "
                "gradient on. Hatched units are dead or saturated. Point at one, or go there with the "
                "arrow keys, to read it."
            )
        )
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.wear()

    def show_layer(self, layer: LayerActivations) -> None:
        """Draw a layer's units."""
        self.layer = layer
        if self.marked is not None and self.marked >= len(layer.active):
            self.mark(None)
        self.update()

    def dress(self) -> None:
        """Take the colours."""
        self._colors = [
            QColor(*(int(part) for part in color)) for color in ramp(theme.colors("magnitude.stops"), _SHADES)
        ]
        self._hatch = hatch()
        self.update()

    def mark(self, unit: int | None) -> None:
        """Put a frame around a unit."""
        if unit != self.marked:
            self.marked = unit
            self.pointed.emit(unit)
            self.update()

    # ----------------------------------------------------------------- geometry

    def minimumSizeHint(self) -> QSize:
        """Stay large enough to see something."""
        return QSize(100, 60)

    def _columns(self) -> int:
        """Return how many squares fit side by side so that they are as large as can be."""
        count = len(self.layer.active) if self.layer else 1
        width, height = max(self.width(), 1), max(self.height(), 1)
        sides = [min(width / columns, height / ceil(count / columns)) for columns in range(1, count + 1)]
        return 1 + int(np.argmax(np.minimum(sides, _LARGEST) + 1e-6 * np.arange(count)))

    def _side(self) -> float:
        count = len(self.layer.active) if self.layer else 1
        columns = self._columns()
        return min(self.width() / columns, self.height() / ceil(count / columns), _LARGEST)

    def square(self, unit: int) -> QRectF:
        """Return where a unit is drawn."""
        row, column = divmod(unit, self._columns())
        side = self._side()
        gap = 1 if side >= 5 else 0
        return QRectF(column * side, row * side, side - gap, side - gap)

    def unit_at(self, place: QPointF) -> int | None:
        """Return the unit drawn there, or None."""
        columns, side = self._columns(), self._side()
        column, row = int(place.x() // side), int(place.y() // side)
        unit = row * columns + column
        inside = 0 <= column < columns and row >= 0
        return unit if inside and self.layer and unit < len(self.layer.active) else None

    # ----------------------------------------------------------------- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the squares and the mark."""
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

    # -------------------------------------------------------------------- input

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Read off a unit."""
        self.mark(self.unit_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Let go."""
        self.mark(None)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Let go."""
        super().focusOutEvent(event)
        self.mark(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move from unit to unit with the arrow keys."""
        columns = self._columns()
        step = {Qt.Key.Key_Up: -columns, Qt.Key.Key_Down: columns, **_STEPS}.get(Qt.Key(event.key()))
        if step is None or self.layer is None:
            super().keyPressEvent(event)
            return
        wanted = 0 if self.marked is None else self.marked + step
        if 0 <= wanted < len(self.layer.active):
            self.mark(wanted)
