"""The short animation of how a phase changed a picture."""

from PySide6.QtCore import QPoint, QRectF
from PySide6.QtGui import QPainter, QPixmap, QRegion
from PySide6.QtWidgets import QWidget

from gradlab.window import theme
from gradlab.window.charts.colors import pen
from gradlab.window.widgets.animation import Motion


class ShownChange:
    """A change that is being animated: the picture before it, and the progress.

    Attributes:
        progress: from 0 to 1, where it ends.
    """

    def __init__(self) -> None:
        self.progress = 1.0
        self._motion: Motion = ""
        self._before: QPixmap | None = None

    def keep_before(self, widget: QWidget) -> None:
        """Remember what a widget shows now."""
        ratio = widget.devicePixelRatioF()
        before = QPixmap(widget.size() * ratio)
        before.setDevicePixelRatio(ratio)
        before.fill(theme.color("surface.panel"))
        widget.render(before, QPoint(), QRegion(), QWidget.RenderFlag.DrawChildren)
        self._before = before

    def move_on(self, motion: Motion, progress: float) -> None:
        """Go on to this progress; at the end, forget the picture before."""
        self._motion, self.progress = motion, progress
        if progress >= 1:
            self._before = None

    def paint(self, painter: QPainter, room: QRectF, frame: QRectF) -> None:
        """Paint the picture before over the new one, in the whole ``room``, or light up a ``frame``."""
        left = 1 - self.progress
        if self._motion == "pulse" and left:
            painter.setOpacity(left)
            painter.setPen(pen(theme.color("accent.normal"), 4))
            painter.drawRect(frame.adjusted(2, 2, -2, -2))
        elif self._motion and self._before is not None:
            # Fading, what was there grows pale; flowing, what is new comes in from the left.
            if self._motion == "flow":
                painter.setClipRect(room.adjusted(self.progress * room.width(), 0, 0, 0))
            else:
                painter.setOpacity(left)
            painter.drawPixmap(0, 0, self._before)
            painter.setClipping(False)
        painter.setOpacity(1)
