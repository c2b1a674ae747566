"""The names of the classes beside the matrix, and above it."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QHeaderView, QWidget
from typing_extensions import override

from gradlab.window import theme
from gradlab.window.panels.confusion.class_counts import MEASURES
from gradlab.window.panels.confusion.drawing import CENTER, draw, draw_upright
from gradlab.window.panels.confusion.table_look import TableLook

WIDE_ENOUGH = 80  # pixels: in cells this wide, a name that is too long is cut off instead of turned upright


class AxisHeader(QHeaderView):
    """Class names along one side, under (or beside) a band that says what the side stands for."""

    def __init__(self, orientation: Qt.Orientation, band: str, look: TableLook, table: QWidget) -> None:
        super().__init__(orientation, table)
        self._look = look
        self._band = band
        self._upright = False
        self.setMinimumSectionSize(4)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setSectionsClickable(False)
        self.setHighlightSections(False)

    def reserve(self, limit: int, cell: int = 0) -> None:
        """Make room for the names, at most ``limit`` pixels; turn them upright if ``cell`` is too narrow."""
        metrics = QFontMetrics(self._look.header)
        longest = max(metrics.horizontalAdvance(name) for name in self._look.model.counts.shown_names)
        band = self._thickness()
        if self.orientation() == Qt.Orientation.Vertical:
            self.setFixedWidth(band + min(longest + 8, limit))
            return
        self._upright = longest > cell - 4 and cell < WIDE_ENOUGH
        self.setFixedHeight(band + min(longest + 8, limit) if self._upright else 2 * band)

    def _thickness(self) -> int:
        """Return the height of one line of text."""
        return QFontMetrics(self._look.header).height() + 2

    @override
    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        look = self._look
        band = self._thickness()
        text = str(look.model.headerData(section, self.orientation()))
        painter.save()
        painter.setFont(look.header)
        painter.setPen(theme.color("accent.normal" if self._is_pointed(section) else "text.normal"))
        if self.orientation() == Qt.Orientation.Vertical:
            place = rect.adjusted(band, 0, -5, 0)
            draw(painter, place, text, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        elif section >= look.model.classes:
            text = look.measure_label(section - look.model.classes)
            painter.setPen(theme.color("accent.normal" if self._is_pointed(section) else "text.muted"))
            draw(painter, rect.adjusted(look.gap(section), rect.height() - band, 0, 0), text, CENTER)
        elif self._upright:
            draw_upright(painter, rect.adjusted(0, band, 0, -4), text)
        else:
            draw(painter, rect.adjusted(1, band, -1, 0), text, CENTER)
        painter.restore()

    def _is_pointed(self, section: int) -> bool:
        pointed = self._look.pointed
        at = pointed.row() if self.orientation() == Qt.Orientation.Vertical else pointed.column()
        return pointed.isValid() and at == section

    @override
    def paintEvent(self, e: QPaintEvent) -> None:
        super().paintEvent(e)
        classes = self._look.model.classes
        if not classes:
            return
        painter = QPainter(self.viewport())
        painter.setFont(self._look.header)
        painter.setPen(theme.color("text.muted"))
        thickness = self._thickness()
        start = self.sectionViewportPosition(0)
        length = sum(self.sectionSize(number) for number in range(classes))
        if self.orientation() == Qt.Orientation.Vertical:
            draw_upright(painter, QRect(0, start, thickness, length), self._band, CENTER)
        else:
            painter.drawText(QRect(start, 0, length, thickness), CENTER, self._band)
            if self._look.is_narrow:
                painter.drawText(QRect(start + length, 0, self._shares_width(), thickness), CENTER, "%")
        painter.end()

    def _shares_width(self) -> int:
        """Return the width of the measures that are shares."""
        first = self._look.model.classes
        return sum(self.sectionSize(first + at) for at, measure in enumerate(MEASURES) if measure.token)
