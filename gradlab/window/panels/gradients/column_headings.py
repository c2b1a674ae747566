"""The headings above the buffer's columns: they do not scroll with them."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from gradlab.language import tr
from gradlab.window import theme
from gradlab.window.panels.gradients.reading import Reading
from gradlab.window.panels.gradients.row_columns import Kept, RowColumns

_FLAGS = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
_OVERHANG = 3  # pixels by which a heading may be wider than its column, on each side


class ColumnHeadings(QWidget):
    """What the three columns are, in plain words, and how they add up.

    Attributes:
        kept: what the rows below keep for their names, and for a first column in which there is nothing.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.kept = Kept()
        self.read_as(Reading())

    @property
    def texts(self) -> tuple[str, str, str]:
        """What stands above the columns."""
        first, second, third = self._reading.headings
        return tr("Nothing left over") if self.kept.first else first, second, third

    def read_as(self, reading: Reading) -> None:
        """Write the headings of a reading."""
        self._reading = reading
        self.keep(self.kept)

    def keep(self, kept: Kept) -> None:
        """Stand above columns that keep this."""
        self.kept = kept
        first, second, third = self.texts
        self.setAccessibleName(f"{first} + {second} {self._reading.sign} {third}")
        self.update()

    def rooms(self, width: int) -> list[QRect]:
        """Return where each heading may stand, in a width; a narrow column's reaches over the names."""
        tiles = RowColumns.within(width, self.fontMetrics(), self.kept).tiles
        lefts = [0 if self.kept.first and left == tiles[0][0] else left - _OVERHANG for left, _ in tiles]
        ends = [left + size + _OVERHANG for left, size in tiles]
        return [QRect(left, 0, end - left, 10_000) for left, end in zip(lefts, ends, strict=True)]

    def height_for(self, width: int) -> int:
        """Return the height of one line, or of more where the columns are narrow."""
        font = self.font()
        font.setBold(True)
        metrics = QFontMetrics(font)
        rooms = zip(self.rooms(width), self.texts, strict=True)
        return max(metrics.boundingRect(room, _FLAGS, text).height() for room, text in rooms) + 4

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        font = self.font()
        font.setBold(True)
        painter.setFont(font)
        places = RowColumns.within(self.width(), self.fontMetrics(), self.kept)
        reading, rooms = self._reading, self.rooms(self.width())
        for number, ((left, width), heading) in enumerate(zip(places.tiles, self.texts, strict=True)):
            painter.setPen(theme.color(self._token(number)))
            rooms[number].setHeight(self.height() - 2)
            painter.drawText(rooms[number], _FLAGS, heading)
            if number in reading.lit:
                line = QRect(left, self.height() - 4, width, 3)
                painter.fillRect(line, theme.color("accent.normal"))
        painter.setPen(theme.color("text.muted"))
        for (left, width), sign in zip(places.signs, reading.signs, strict=True):
            painter.drawText(QRect(left, 0, width, self.height() - 2), _FLAGS, sign)

    def _token(self, number: int) -> str:
        """Return the colour of a heading, by its name in the theme."""
        if number == 0 and self.kept.first:
            return "text.muted"
        return "status.warning" if number == 0 and self._reading.warned else "text.normal"
