"""The phases of an update in a row, the latest one lit: Zero → Forward → Backward → Update."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gradlab.language import tr
from gradlab.window import theme
from gradlab.window.charts.colors import pen

_ARROW = 18  # pixels between two phases
_PADDING = 8


class PhaseStrip(QWidget):
    """Shows which phase of an update the run has reached, and beside the phases which update that is.

    Attributes:
        names: the phases in their order; ``lit``: the latest one; ``place``: which update and batch it is.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.names: tuple[str, ...] = ()
        self.lit = ""
        self.place = ""
        self.setAccessibleName(tr("Phase"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_phase(self, names: tuple[str, ...], lit: str, place: str) -> None:
        """Show the phases ``names``, the one called ``lit`` as the latest."""
        if (names, lit, place) == (self.names, self.lit, self.place):
            return
        self.names, self.lit, self.place = names, lit, place
        self.setAccessibleDescription(tr("{phase} was just done; {place}").format(phase=lit, place=place))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Ask for all phases in one line."""
        return QSize(int(self._width_of_phases()), self.fontMetrics().height() + 8)

    def minimumSizeHint(self) -> QSize:
        """Never make the panel wider."""
        return QSize(0, self.sizeHint().height())

    def _bold(self) -> QFont:
        font = QFont(self.font())
        font.setBold(True)
        return font

    @property
    def widths(self) -> list[int]:
        """The widths of the phases, in pixels."""
        metrics = QFontMetrics(self._bold())
        return [metrics.horizontalAdvance(name) + 2 * _PADDING for name in self.names]

    def _width_of_phases(self) -> float:
        widths = self.widths
        return sum(widths) + _ARROW * max(len(widths) - 1, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the phases, the arrows between them, and the place."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left, height = 0.0, self.height() - 4.0
        for number, (name, width) in enumerate(zip(self.names, self.widths, strict=True)):
            if number:
                self._paint_text(painter, QRectF(left, 2, _ARROW, height), "→", "text.muted")
                left += _ARROW
            self._paint_phase(painter, QRectF(left, 2, width, height), name)
            left += width
        room = QRectF(left + 12, 2, self.width() - left - 12, height)
        if painter.fontMetrics().horizontalAdvance(self.place) <= room.width():
            self._paint_text(painter, room, self.place, "text.muted", Qt.AlignmentFlag.AlignRight)

    def _paint_phase(self, painter: QPainter, rect: QRectF, name: str) -> None:
        if name != self.lit:
            self._paint_text(painter, rect, name, "text.muted")
            return
        painter.setPen(pen(theme.color("accent.normal")))
        painter.setBrush(theme.color("accent.normal"))
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        painter.setFont(self._bold())
        self._paint_text(painter, rect, name, "text.on_accent")
        painter.setFont(self.font())

    def _paint_text(
        self,
        painter: QPainter,
        rect: QRectF,
        text: str,
        token: str,
        side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignHCenter,
    ) -> None:
        painter.setPen(theme.color(token))
        painter.drawText(rect, side | Qt.AlignmentFlag.AlignVCenter, text)
