"""The headings above the buffer's columns: they do not scroll with them."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from gradlab.window import theme
from gradlab.window.panels.gradients.reading import Reading
from gradlab.window.panels.gradients.row_columns import RowColumns

_FLAGS = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
_OVERHANG = 3  # pixels by which a heading may be wider than its column, on each side


class ColumnHeadings(QWidget):
    """What the three columns are, in plain words, and how they add up.

    Attributes:
        name_width: how much room the rows below keep for their names.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.name_width = 0
        self.read_as(Reading())

    def read_as(self, reading: Reading) -> None:
        """Write the headings of a reading."""
        self._reading = reading
        first, second, third = reading.headings
        self.setAccessibleName(f"{first} + {second} {reading.sign} {third}")
        self.update()

    def height_for(self, width: int) -> int:
        """Return the height of one line, or of more where the columns are narrow."""
        font = self.font()
        font.setBold(True)
        metrics = QFontMetrics(font)
        _, tile = RowColumns.within(width, self.fontMetrics(), self.name_width).tiles[0]
        room = QRect(0, 0, tile + 2 * _OVERHANG, 10_000)
        heights = (metrics.boundingRect(room, _FLAGS, text).height() for text in self._reading.headings)
        return max(heights) + 6

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        font = self.font()
        font.setBold(True)
        painter.setFont(font)
        places = RowColumns.within(self.width(), self.fontMetrics(), self.name_width)
        reading = self._reading
        for number, ((left, width), heading) in enumerate(zip(places.tiles, reading.headings, strict=True)):
            warned = reading.warned and number == 0
            painter.setPen(theme.color("status.warning" if warned else "text.normal"))
            painter.drawText(
                QRect(left - _OVERHANG, 0, width + 2 * _OVERHANG, self.height() - 2), _FLAGS, heading
            )
            if number in reading.lit:
                line = QRect(left, self.height() - 4, width, 3)
                painter.fillRect(line, theme.color("accent.normal"))
        painter.setPen(theme.color("text.muted"))
        for (left, width), sign in zip(places.signs, reading.signs, strict=True):
            painter.drawText(QRect(left, 0, width, self.height() - 2), _FLAGS, sign)
