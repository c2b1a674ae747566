"""The layout of the lab's page."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget
from typing_extensions import override

from gradlab.window import theme
from gradlab.window.widgets.boxes import fill
from gradlab.window.widgets.ground import Ground


class PageBody(QWidget):
    """A bar on top, and the panels below; a lesson can stand beside them.

    Attributes:
        middle: where the panels go, with ``add_panels``.
    """

    def __init__(self, bars: list[QWidget], message: QWidget, parent: QWidget) -> None:
        """``bars`` are above everything, ``message`` above the panels."""
        super().__init__(parent)
        self._beside = QSplitter(Qt.Orientation.Horizontal, self)
        self._beside.setChildrenCollapsible(False)
        self._beside.setHandleWidth(8)
        self.middle = QWidget()
        self._beside.addWidget(self.middle)
        self._above = QVBoxLayout()
        self._below = fill(QVBoxLayout(self.middle), message, self._above, spacing=8)
        body = fill(QVBoxLayout(), self._beside, margins=(8, 6, 8, 8))
        fill(QVBoxLayout(self), _top(bars, self), (body, 1), spacing=0)

    def add_panels(self, panels: QWidget) -> None:
        """Add the panels, which are children of ``middle`` already.

        A widget that gets another parent is styled again, with all its children.
        """
        self._below.addWidget(panels, 1)

    def guide_with(self, lesson: QWidget, bar: QWidget) -> None:
        """Place a lesson beside the panels, and its bar above them."""
        self._beside.insertWidget(0, lesson)
        self._beside.setStretchFactor(0, 0)
        self._beside.setStretchFactor(1, 1)
        self._above.addWidget(bar)


class TopBar(Ground):
    """The surface of the bars, with a line below."""

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        line = self.rect().adjusted(0, self.height() - 1, 0, 0)
        QPainter(self).fillRect(line, theme.color("surface.border"))


def _top(bars: list[QWidget], parent: QWidget) -> QWidget:
    top = TopBar(parent=parent)
    fill(QVBoxLayout(top), *bars, spacing=8, margins=(12, 8, 12, 8))
    return top
