"""One layer in a row: its name, a histogram of its outputs, and how many units are dead or saturated."""

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFont, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from gradlab.instruments.records import LayerActivations, Mark
from gradlab.language import listed, tr
from gradlab.window import theme
from gradlab.window.charts.colors import blend, pen
from gradlab.window.charts.formatting import short
from gradlab.window.charts.layer_names import MARK_SIZE, paint_mark, with_mark
from gradlab.window.panels.activations.words import (
    bin_in_words,
    kind_in_words,
    spread,
    spread_in_words,
    troubled_in_words,
    units,
)

_GAP = 10
_SPIKE = 3.0  # pixels: the bar of the exact zeros
_MOST = 9  # lines of text: higher, a histogram only looks coarse
_TALL = 3.4  # lines of text: from this height on, the histogram's ends are labelled


class ActivationRow(QWidget):
    """Shows a layer; a click, Enter or Space chooses it.

    Attributes:
        chosen: emitted by the click or the key.
        pointed: emitted with the name of the layer while mouse or keyboard are there, then empty.
        read: emitted with a line about the outputs under the mouse; empty where there are none.
    """

    chosen = Signal()
    read = Signal(str)
    pointed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.layer: LayerActivations | None = None
        self._mark: Mark | None = None
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setToolTip(tr("Click to see each unit of this layer."))
        self.setMaximumHeight(_MOST * self.fontMetrics().height())

    def show_layer(self, layer: LayerActivations) -> None:
        """Draw a layer."""
        self.layer = layer
        self.setAccessibleName(layer.name)
        words = listed((kind_in_words(layer), troubled_in_words(layer), spread(layer)))
        self.setAccessibleDescription(with_mark(words, self._mark))
        self.update()

    def show_mark(self, mark: Mark | None) -> None:
        """Show a mark of an instrument beside the layer's name."""
        if mark == self._mark:
            return
        self._mark = mark
        self.setToolTip(
            "\n".join([tr("Click to see each unit of this layer."), *([tr(mark.text)] if mark else [])])
        )
        if self.layer is not None:
            self.show_layer(self.layer)

    # ----------------------------------------------------------------- geometry

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(120, 2 * self.fontMetrics().height() + 8)

    @override
    def sizeHint(self) -> QSize:
        # The rows share the room that is left over.
        return self.minimumSizeHint()

    @property
    def parts(self) -> tuple[QRectF, QRectF, QRectF]:
        """The rectangles of the name, the histogram and the numbers."""
        metrics = self.fontMetrics()
        name = min(metrics.horizontalAdvance(f"Leaky ReLU · {units(128)}"), 0.25 * self.width())
        numbers = min(
            metrics.horizontalAdvance(spread_in_words("100", "−0.0123", "0.0123")), 0.46 * self.width()
        )
        room = QRectF(self.rect()).adjusted(6, 4, -6, -4)
        middle = room.adjusted(name + _GAP, 0, -numbers - _GAP, 0)
        return (
            QRectF(room.left(), room.top(), name, room.height()),
            middle,
            QRectF(room.right() - numbers, room.top(), numbers, room.height()),
        )

    # ----------------------------------------------------------------- painting

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self.layer is None:
            return
        painter = QPainter(self)
        self._paint_ground(painter)
        name, histogram, numbers = self.parts
        self._paint_name(painter, name, self.layer)
        self._paint_histogram(painter, self._bars(histogram), self.layer)
        self._paint_numbers(painter, numbers, self.layer)

    def _paint_ground(self, painter: QPainter) -> None:
        if self.underMouse() or self.hasFocus():
            painter.setPen(pen(theme.color("accent.focus")) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("surface.hover" if self.underMouse() else "surface.panel"))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)

    def _paint_name(self, painter: QPainter, rect: QRectF, layer: LayerActivations) -> None:
        bold = QFont(self.font())
        bold.setBold(True)
        top, bottom = _two_lines(rect, self.fontMetrics().height())
        painter.setFont(bold)
        self._write(painter, top, layer.name, "text.normal")
        painter.setFont(self.font())
        self._write(painter, bottom, kind_in_words(layer), "text.muted")
        if self._mark is not None:
            paint_mark(painter, QPointF(top.right() - MARK_SIZE / 2, top.center().y()), self._mark)

    def _paint_numbers(self, painter: QPainter, rect: QRectF, layer: LayerActivations) -> None:
        top, bottom = _two_lines(rect, self.fontMetrics().height())
        if layer.trouble:
            share = layer.troubled_share
            painter.fillRect(top, theme.color("surface.raised"))
            bar = QRectF(top.left(), top.top(), share * top.width(), top.height())
            ground = blend(theme.color("status.warning"), theme.color("surface.panel"), 0.45)
            painter.fillRect(bar, ground)
        self._write(painter, top.adjusted(4, 0, -4, 0), troubled_in_words(layer), "text.normal")
        self._write(painter, bottom.adjusted(4, 0, -4, 0), spread(layer), "text.muted")

    def _write(self, painter: QPainter, rect: QRectF, text: str, token: str) -> None:
        painter.setPen(theme.color(token))
        fitting = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(rect.width()))
        painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, fitting)

    def _bars(self, rect: QRectF) -> QRectF:
        """Leave room for the labels of the ends, where the histogram is high enough."""
        line = self.fontMetrics().height()
        return rect.adjusted(0, 0, 0, -line) if rect.height() >= _TALL * line else rect

    def _paint_histogram(self, painter: QPainter, rect: QRectF, layer: LayerActivations) -> None:
        low, high = float(layer.edges[0]), float(layer.edges[-1])
        largest = float(layer.shares.max())
        places = rect.left() + (layer.edges - low) / (high - low) * rect.width()
        color = theme.color("series.train")
        for left, right, share in zip(places[:-1], places[1:], layer.shares, strict=True):
            height = float(share) / largest * rect.height() if largest else 0.0
            painter.fillRect(
                QRectF(float(left), rect.bottom() - height, float(right - left) + 0.5, height), color
            )
        painter.setPen(pen(theme.color("plot.axis")))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if layer.zeros and low <= 0 <= high:
            self._paint_zeros(painter, rect, -low / (high - low))
        if rect is not self.parts[1]:
            self._label_ends(painter, rect, low, high)

    def _paint_zeros(self, painter: QPainter, rect: QRectF, place: float) -> None:
        """Mark the exact zeros by a line of their own: as a bar they would dwarf all others."""
        left = min(rect.left() + place * rect.width(), rect.right() - _SPIKE)
        spike = QRectF(left, rect.top(), _SPIKE, rect.height())
        painter.fillRect(spike, theme.color("signed.exact_zero"))
        painter.setPen(pen(theme.color("plot.axis")))
        painter.drawRect(spike)

    def _label_ends(self, painter: QPainter, rect: QRectF, low: float, high: float) -> None:
        line = QRectF(rect.left(), rect.bottom(), rect.width(), self.fontMetrics().height())
        painter.setPen(theme.color("text.muted"))
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft, short(low, 2))
        painter.drawText(line, Qt.AlignmentFlag.AlignRight, short(high, 2))

    # -------------------------------------------------------------------- input

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        rect = self.parts[1]
        x = event.position().x()
        if self.layer is None or not rect.left() <= x <= rect.right():
            self.read.emit("")
            return
        place = (x - rect.left()) / rect.width()
        self.read.emit(
            bin_in_words(self.layer, min(int(place * len(self.layer.shares)), len(self.layer.shares) - 1))
        )

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.chosen.emit()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit()
        else:
            super().keyPressEvent(event)

    @override
    def enterEvent(self, event: QEvent) -> None:
        self._point()

    @override
    def leaveEvent(self, event: QEvent) -> None:
        self.read.emit("")
        self._point()

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._point()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._point()

    def _point(self) -> None:
        is_pointed = self.layer is not None and (self.underMouse() or self.hasFocus())
        self.pointed.emit(self.accessibleName() if is_pointed else "")
        self.update()


def _two_lines(rect: QRectF, line: int) -> tuple[QRectF, QRectF]:
    """Return two lines of text in the middle of a rectangle's height."""
    top = rect.top() + max(0.0, (rect.height() - 2 * line) / 2)
    return QRectF(rect.left(), top, rect.width(), line), QRectF(rect.left(), top + line, rect.width(), line)
