"""Lines and zones behind the curves of a chart, which say how to read a value."""

from dataclasses import dataclass
from math import inf

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter

from gradlab.language import tr
from gradlab.window import theme
from gradlab.window.charts.colors import blend, pen
from gradlab.window.charts.themed_plot import ThemedPlot


@dataclass(frozen=True)
class GuideLine:
    """A horizontal line at ``y`` in the axis' numbers, with a word on it."""

    y: float
    text: str


@dataclass(frozen=True)
class Zone:
    """What values from ``low`` to ``high`` mean; ``good`` ones are shaded."""

    text: str
    low: float = -inf
    high: float = inf
    good: bool = False


class Guides(pg.GraphicsObject):  # type: ignore[misc]
    """Draws zones and lines in pixels behind the curves of a view box; their words lie in front of the curves."""

    def __init__(
        self, plot: ThemedPlot, levels: tuple[GuideLine, ...] = (), zones: tuple[Zone, ...] = ()
    ) -> None:
        super().__init__(plot.view)
        self.plot = plot
        self._view = plot.view
        self._levels = levels
        self._zones = zones
        self._words = _Words(self)
        self.setZValue(-500)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        plot.view.sigRangeChanged.connect(self._moved)
        plot.view.sigResized.connect(self._moved)

    def _moved(self, *_: object) -> None:
        for item in (self, self._words):
            item.prepareGeometryChange()
            item.update()

    def boundingRect(self) -> QRectF:
        """Cover the view box."""
        return QRectF(self._view.rect())

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw zones first, lines on them."""
        box = self.boundingRect()
        painter.setClipRect(box)
        for zone in self._zones:
            if zone.good:
                back, front = theme.color("plot.background"), theme.color("series.accuracy")
                painter.fillRect(self._area(zone, box), blend(front, back, 0.1))
        painter.setPen(pen(theme.color("plot.axis"), style=Qt.PenStyle.DashLine))
        for level in self._visible_levels():
            y = round(self._row(level.y, box)) + 0.5
            painter.drawLine(QPointF(0, y), QPointF(box.width(), y))

    def places(self, metrics: QFontMetricsF) -> list[tuple[QRectF, str]]:
        """Return the rectangle of each word, at the right; words without room are left out."""
        box, line = self.boundingRect(), metrics.height()
        wanted = []
        for level in self._visible_levels():
            y = self._row(level.y, box)
            wanted.append((y - line if y >= line else y, tr(level.text)))
        for zone in self._zones:
            area = self._area(zone, box)
            if area.height() >= line:
                wanted.append((area.top() + 1, tr(zone.text)))
        placed: list[tuple[QRectF, str]] = []
        for top, text in wanted:
            width = metrics.horizontalAdvance(text) + 8
            rect = QRectF(box.width() - width - 2, top, width, line)
            if not any(rect.intersects(other) for other, _ in placed):
                placed.append((rect, text))
        return placed

    def _visible_levels(self) -> list[GuideLine]:
        bottom, top = self._view.viewRange()[1]
        return [level for level in self._levels if bottom <= level.y <= top]

    def _area(self, zone: Zone, box: QRectF) -> QRectF:
        top, bottom = self._row(zone.high, box), self._row(zone.low, box)
        return QRectF(0, top, box.width(), bottom - top)

    def _row(self, y: float, box: QRectF) -> float:
        """Return the place of a value in pixels from the top, within the edges of the box."""
        bottom, top = self._view.viewRange()[1]
        place = (top - min(max(y, bottom), top)) / (top - bottom)
        return float(place * box.height())


class _Words(pg.GraphicsObject):  # type: ignore[misc]
    """The words on the lines and zones."""

    def __init__(self, guides: Guides) -> None:
        super().__init__(guides.plot.view)
        self._guides = guides
        self.setZValue(50)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def boundingRect(self) -> QRectF:
        return self._guides.boundingRect()

    def paint(self, painter: QPainter, *_: object) -> None:
        font = self.scene().font()
        painter.setFont(font)
        pad = theme.color("plot.background")
        pad.setAlpha(200)
        for rect, text in self._guides.places(QFontMetricsF(font)):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(pad)
            painter.drawRoundedRect(rect, 3, 3)
            painter.setPen(theme.color("text.muted"))
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
