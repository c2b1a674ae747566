"""How the lab's page is laid out."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget
from typing_extensions import override

from gradlab.window import theme
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
        self._below = QVBoxLayout(self.middle)
        self._below.setContentsMargins(0, 0, 0, 0)
        self._below.setSpacing(8)
        self._below.addWidget(message)
        self._below.addLayout(self._above)
        body = QVBoxLayout()
        body.setContentsMargins(8, 6, 8, 8)
        body.addWidget(self._beside)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(_top(bars, self))
        column.addLayout(body, 1)

    def add_panels(self, panels: QWidget) -> None:
        """Give the panels their place; they are children of ``middle`` already.

        A widget that gets another parent is styled again, with all below it.
        """
        self._below.addWidget(panels, 1)

    def guide_with(self, lesson: QWidget, bar: QWidget) -> None:
        """Let a lesson stand beside the panels, and a bar of its own above them."""
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
    rows = QVBoxLayout(top)
    rows.setContentsMargins(12, 8, 12, 8)
    rows.setSpacing(8)
    for bar in bars:
        rows.addWidget(bar)
    return top
