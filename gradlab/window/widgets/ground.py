"""What panels and numbers lie on."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from gradlab.window import theme

RADIUS = 6


class Ground(QWidget):
    """A plain surface that hides what lies below.

    A style sheet makes no surface opaque: for each change on it Qt then paints all that lies below again, down to
    the window. This one tells Qt that there is nothing to be seen through it.
    """

    def __init__(self, token: str = "surface.panel", parent: QWidget | None = None) -> None:
        """``token`` names its colour in the theme."""
        super().__init__(parent)
        self._token = token
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(event.rect(), theme.color(self._token))


class RoundedGround(Ground):
    """A surface with a border and round corners, on another one."""

    def __init__(self, token: str, below: str, parent: QWidget | None = None) -> None:
        """``below`` names the colour that is seen outside its corners."""
        super().__init__(token, parent)
        self._below = below

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self.rect().adjusted(RADIUS, 1, -RADIUS, -1).contains(event.rect()):
            super().paintEvent(event)  # inside: neither border nor corners
            return
        painter = QPainter(self)
        painter.fillRect(event.rect(), theme.color(self._below))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("surface.border"), 1))
        painter.setBrush(theme.color(self._token))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
