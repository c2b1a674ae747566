"""The legend of a chart: each key names a curve, switches it on and off, and reads it off."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QSizePolicy

from gradlab.language import tr
from gradlab.window import theme
from gradlab.window.charts.colors import pen
from gradlab.window.charts.formatting import short

_SWATCH = QSize(18, 12)
_MARGIN = 4
_GAP = 5
_USUAL = "0.0000"  # room for any usual value, so that nothing moves while they change


class CurveKey(QCheckBox):
    """A check box that looks like a legend: the curve's line, its name, its value.

    The value is the latest, or that at the cursor. A curve that is switched off is struck out.

    Attributes:
        usual: whether the curve is shown unless people choose otherwise.
    """

    def __init__(
        self, name: str, token: str, help: str, *, dots: bool, write: Callable[[float], str] = short
    ) -> None:
        """``write`` makes a value into text."""
        super().__init__(name)
        self._write = write
        self.value = "–"
        self.usual = True
        self._token = token
        self._dots = dots
        self._help = help
        self._whole_name = name
        self._is_short = False
        self._widest = 0
        self._faint: QColor | None = None
        self._style = Qt.PenStyle.SolidLine
        self.setAccessibleName(name)
        self.setToolTip(tr("{help} Click to hide or show it.").format(help=help))
        self.setChecked(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @property
    def in_figures(self) -> bool:
        """Whether the key belongs into a figure of the chart: while its curve does."""
        return self.isChecked()

    def read_off(self, value: float | None, highest: float | None = None) -> None:
        """Show a value, or the range up to the ``highest``; a dash where there is none."""
        text = "–" if value is None else self._write(value)
        if highest is not None and self._write(highest) != text:
            text = tr("{low} to {high}").format(low=text, high=self._write(highest))
        if text != self.value:
            self.value = text
            self.setAccessibleDescription(tr("{text}. {help}").format(text=text, help=self._help))
            width = self.fontMetrics().horizontalAdvance(text)
            if width > self._widest:  # laying out all keys costs more than drawing one: keep the room
                self._widest = width
                self.updateGeometry()
            self.update(self._value_rect())

    def put_back(self) -> None:
        """Show the curve, or hide it, as usual."""
        self.setChecked(self.usual)

    def show_pale(self, faint: QColor | None) -> None:
        """Draw the line thin, on a wide one of this pale colour, as the curve is; None: as a plain line."""
        self._faint = faint
        self.update()

    def stand_for(self, token: str, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> None:
        """Show another line: in the colour of a run, or colourless in a style that all runs share."""
        if (token, style) != (self._token, self._style):
            self._token, self._style = token, style
            self.update()

    def rename(self, name: str) -> None:
        """Change the name."""
        if name != self._whole_name:
            self._whole_name = name
            self._say(name)

    def shorten(self, name: str = "") -> None:
        """Show a short name alone, without the value, where there is little room; an empty one ends that."""
        if bool(name) != self._is_short:
            self._is_short = bool(name)
            self._say(name or self._whole_name)

    def _say(self, name: str) -> None:
        self.setText(name)
        self.setAccessibleName(name)
        # Later: this is mostly called while Qt lays out, and Qt then forgets that another size is wanted.
        QTimer.singleShot(0, self, self.updateGeometry)

    def sizeHint(self) -> QSize:
        """Return the size of one line with all words."""
        metrics = self.fontMetrics()
        words = metrics.horizontalAdvance(self.text()) + self._value_width()
        return QSize(2 * _MARGIN + _SWATCH.width() + _GAP + words, metrics.height() + _MARGIN)

    def _value_width(self) -> int:
        if self._is_short:
            return 0
        metrics = self.fontMetrics()
        return _GAP + max(metrics.horizontalAdvance(_USUAL), self._widest)

    def minimumSizeHint(self) -> QSize:
        """Return the same: a key is never cut off."""
        return self.sizeHint()

    def hitButton(self, pos: QPoint) -> bool:
        """Accept a click anywhere in the key."""
        return self.rect().contains(pos)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the line, the name and the value."""
        painter = QPainter(self)
        place = self._value_rect()
        if place.contains(event.rect()) and not (self.underMouse() or self.hasFocus()):
            self._paint_value(painter, place)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter)
        self._paint_swatch(painter)
        font, words = self.font(), self.rect().adjusted(2 * _MARGIN + _SWATCH.width(), 0, -_MARGIN, 0)
        font.setStrikeOut(not self.isChecked())
        painter.setFont(font)
        painter.setPen(theme.color("text.normal" if self.isChecked() else "text.muted"))
        painter.drawText(words, _LEFT, self.text())
        self._paint_value(painter, place)

    def _paint_ground(self, painter: QPainter) -> None:
        if not (self.underMouse() or self.hasFocus()):
            return
        painter.setPen(pen(theme.color("accent.focus"), 1.5) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("surface.hover" if self.underMouse() else "surface.panel"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)

    def _paint_swatch(self, painter: QPainter) -> None:
        on = self.isChecked()
        color = theme.color(self._token if on else "text.disabled")
        middle, left, right = self.height() / 2, float(_MARGIN), float(_MARGIN + _SWATCH.width())
        if self._faint and on:
            painter.setPen(pen(self._faint, 7))
            painter.drawLine(QPointF(left + 3, middle), QPointF(right - 3, middle))
        painter.setPen(pen(color, 1.5 if self._faint else 2, self._style))
        painter.drawLine(QPointF(left, middle), QPointF(right, middle))
        if self._dots and self._style is Qt.PenStyle.SolidLine:  # a dot would hide the dashes
            painter.setPen(pen(color, 2))
            painter.setBrush(color if on else theme.color("surface.panel"))
            painter.drawEllipse(QPointF((left + right) / 2, middle), 3, 3)

    def _value_rect(self) -> QRect:
        """Return where the value stands, which is painted again with each picture; empty where there is none."""
        if self._is_short:
            return QRect()
        rect = self.rect().adjusted(2 * _MARGIN + _SWATCH.width(), 0, -_MARGIN, 0)
        rect.setLeft(rect.left() + self.fontMetrics().horizontalAdvance(self.text()) + _GAP)
        return rect

    def _paint_value(self, painter: QPainter, rect: QRect) -> None:
        if rect.isEmpty():
            return
        painter.setFont(self.font())
        painter.setPen(theme.color("text.muted"))
        painter.drawText(rect, _LEFT, self.value)


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
