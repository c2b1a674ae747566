"""Colour bars: what a colour means in numbers."""

from collections.abc import Callable
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QGradient, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from gradlab.window import theme
from gradlab.window.charts.colors import pen
from gradlab.window.widgets.boxes import fill

_THICK = 10


@lru_cache(maxsize=16)
def upright(stops: tuple[int, ...]) -> QBrush:
    """Return a brush that fills a shape with packed colours, the first one at the bottom; made once of each."""
    gradient = QLinearGradient(0, 1, 0, 0)
    gradient.setCoordinateMode(QGradient.CoordinateMode.ObjectMode)
    for number, color in enumerate(stops):
        gradient.setColorAt(number / (len(stops) - 1), QColor.fromRgba(color))
    return QBrush(gradient)


def paint_bar(painter: QPainter, rect: QRectF, colors: QBrush, labels: list[str]) -> None:
    """Draw an upright bar of these colours, with labels at even distances to its right, the first at the bottom.

    A single label stands at the middle. Labels that find no room are left out, the outermost last.
    """
    bar = QRectF(rect.left(), rect.top(), _THICK, rect.height())
    painter.setPen(pen(theme.color("surface.border")))
    painter.setBrush(colors)
    painter.drawRect(bar.adjusted(0.5, 0.5, -0.5, -0.5))
    painter.setPen(theme.color("text.muted"))
    height = painter.fontMetrics().height()
    for place, label in _with_room(labels, rect.height(), height):
        y = rect.bottom() - place * rect.height()
        top = min(max(rect.top() - 2, y - height / 2), rect.bottom() + 2 - height)
        line = QRectF(bar.right() + 4, top, rect.right() - bar.right() - 4, height)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, label)


def _with_room(labels: list[str], length: float, height: int) -> list[tuple[float, str]]:
    if len(labels) == 1:
        return [(0.5, labels[0])]
    last = len(labels) - 1
    most = max(2, int(length / (height * 1.15)))
    even = [step for step in range(1, last + 1) if last % step == 0 and last // step < most]
    return [(number / last, labels[number]) for number in range(0, last + 1, even[0] if even else last)]


class MagnitudeBar(QWidget):
    """An upright bar of magnitudes beside a picture."""

    def __init__(self) -> None:
        super().__init__()
        self.labels: list[str] = ["", ""]

    def show_labels(self, labels: list[str]) -> None:
        """Write these labels at even distances, the first at the bottom."""
        if labels != self.labels:
            self.labels = labels
            self.update()

    def sizeHint(self) -> QSize:
        """Leave room for a power of ten."""
        return QSize(_THICK + 10 + self.fontMetrics().horizontalAdvance("0.0001"), 60)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bar."""
        rect = QRectF(self.rect()).adjusted(0, 8, 0, -8)
        colors = upright(tuple(color.rgba() for color in theme.colors("magnitude.stops")))
        paint_bar(QPainter(self), rect, colors, self.labels)


class _Swatch(QWidget):
    def __init__(self, brush: Callable[[], QBrush]) -> None:
        super().__init__()
        self._brush = brush
        self.setFixedSize(18, 12)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setBrushOrigin(QPointF(0, 0))
        painter.fillRect(self.rect(), self._brush())
        painter.setPen(pen(theme.color("surface.border")))
        painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))


class LegendEntry(QWidget):
    """A colour or pattern, and what it means."""

    def __init__(self, text: str, help: str, brush: Callable[[], QBrush]) -> None:
        """Explain the brush that ``brush`` returns, each time in the colours of the current theme."""
        super().__init__()
        label = QLabel(text)
        fill(QHBoxLayout(self), _Swatch(brush), label, spacing=5)
        self.setToolTip(help)
        self.setAccessibleName(text)
        self.setAccessibleDescription(help)
