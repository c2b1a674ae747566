"""The layout of the lab's page."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget
from typing_extensions import override

from gradlab.window import theme
from gradlab.window.lab.readouts import Readouts
from gradlab.window.lab.transport import TransportBar, Words
from gradlab.window.widgets.boxes import fill
from gradlab.window.widgets.ground import Ground


class PageBody(QWidget):
    """A bar on top, and the panels below; a lesson can stand beside them.

    Attributes:
        middle: where the panels go, with ``add_panels``.
    """

    def __init__(
        self,
        transport: TransportBar,
        readouts: Readouts,
        messages: Sequence[QWidget],
        strip: QWidget,
        parent: QWidget,
    ) -> None:
        """``transport`` and ``readouts`` are above everything, ``messages`` above the panels, ``strip`` beside."""
        super().__init__(parent)
        self._beside = QSplitter(Qt.Orientation.Horizontal, self)
        self._beside.setChildrenCollapsible(False)
        self._beside.setHandleWidth(8)
        self.middle = QWidget()
        self._beside.addWidget(self.middle)
        self._above = QVBoxLayout()
        told = fill(QVBoxLayout(), *messages, spacing=8)
        row = fill(QHBoxLayout(), told, strip, spacing=8)  # room is scarce: one row for both
        self._below = fill(QVBoxLayout(self.middle), row, self._above, spacing=8)
        body = fill(QVBoxLayout(), self._beside, margins=(8, 6, 8, 8))
        fill(QVBoxLayout(self), TopBar(transport, readouts, self), (body, 1), spacing=0)

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
    """The controls and the numbers of a run in one row, and its progress as a line below."""

    def __init__(self, transport: TransportBar, readouts: Readouts, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        row = TopRow(transport, readouts)
        column = fill(QVBoxLayout(), row, margins=(12, 5, 12, 5))
        fill(QVBoxLayout(self), column, transport.progress, spacing=0)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        line = self.rect().adjusted(0, self.height() - 1, 0, 0)
        QPainter(self).fillRect(line, theme.color("surface.border"))


class TopRow(QWidget):
    """Controls and numbers side by side; what is needed least goes where there is no room for everything."""

    SPACING = 10

    def __init__(self, transport: TransportBar, readouts: Readouts) -> None:
        super().__init__()
        self._transport = transport
        self._readouts = readouts
        fill(QHBoxLayout(self), transport, (readouts, 1), spacing=self.SPACING)

    @override
    def minimumSizeHint(self) -> QSize:
        width = self._transport.width_needed(Words.FEWEST) + self.SPACING
        return QSize(width + self._readouts.width_needed(least=True), super().minimumSizeHint().height())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()  # some words have become longer
        return super().event(event)

    def _fit(self) -> None:
        left = self.width() - self.SPACING
        numbers = self._readouts.width_needed()
        fitting = (words for words in Words if self._transport.width_needed(words) + numbers <= left)
        words = next(fitting, Words.FEWEST)
        self._readouts.fit(left - self._transport.width_needed(words))
        self._transport.show_words(words)
