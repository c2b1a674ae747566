"""One picture of the gradient buffer: a weight matrix and its bias."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QFontInfo,
    QFontMetrics,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from gradlab.window.plots.colors import pen
from gradlab.window.plots.formatting import short
from gradlab.window.plots.pictures import Summary, color_table, encode, hatch, pooled, to_image
from gradlab.window.theme.tokens import Theme

Floats = NDArray[np.float32]
Shape = tuple[int, int]
_GAP = 2
_CAPTION_SCALE = 0.85
_CAPTION_LEAST_POINTS = 8.0
_CELL_MOST = 26  # pixels: tiny matrices need no huge squares


@dataclass(frozen=True)
class Cell:
    """A value: in the weight (or in the bias, if ``bias``), at ``row`` and ``column`` of its record."""

    bias: bool
    row: int
    column: int


class Tile(QWidget):
    """Shows a weight, and its bias as a strip along the same units; below them the norm of both.

    The weight is drawn as outputs × inputs. A tall one is turned, because there is more width than height.
    Where a picture does not hold the ``whole`` parameter its norm is unknown: then the largest value stands there.

    Attributes:
        awaited: whether the values are still to come: then there is nothing, not even None.

    Signals:
        pointed: the Cell under the mouse or of the arrow keys, None where it left.
    """

    pointed = Signal(object)

    def __init__(
        self,
        theme: Theme,
        weight: Shape,
        bias: Shape | None,
        whole: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.weight_shape = weight
        self.bias_shape = bias
        self._whole = whole
        self.turned = weight[0] > weight[1]
        self.marked: Cell | None = None
        self.awaited = False
        self.summaries: tuple[Summary | None, Summary | None] = (None, None)
        self._values: tuple[Floats | None, Floats | None] = (None, None)
        self._images: list[QImage | None] = [None, None]
        self._limit = 1.0
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.apply_theme(theme)

    # ------------------------------------------------------------------- values

    def take(self, weight: Floats | None, bias: Floats | None) -> None:
        """Take new values and measure them; ``paint_with`` then makes them visible."""
        self._values = (weight, bias)
        self.summaries = (_summary(weight), _summary(bias))

    @property
    def largest(self) -> float:
        """The largest finite value, whatever its sign."""
        return max((summary.largest for summary in self.summaries if summary), default=0.0)

    @property
    def norm(self) -> float | None:
        """The norm of weight and bias together; None if there is no gradient at all."""
        known = [summary for summary in self.summaries if summary]
        if not known:
            return None
        if any(summary.bad for summary in known):
            return float("nan")
        return float(np.sqrt(sum(summary.squares for summary in known)))

    def paint_with(self, limit: float) -> None:
        """Draw the values on a scale from −limit to limit."""
        self._limit = limit
        rects = self._rects()
        self._images = [self._image(values, rect) for values, rect in zip(self._values, rects, strict=True)]
        self.update()

    def _image(self, values: Floats | None, rect: QRectF) -> QImage | None:
        if values is None or rect.isEmpty():
            return None
        shown = values.T if self.turned and values is self._values[0] else values
        if values is self._values[1] and not self.turned:
            shown = values.T  # upright, beside the rows of the weight
        ratio = self.devicePixelRatioF()
        shown = pooled(shown, int(rect.height() * ratio), int(rect.width() * ratio))
        return to_image(encode(shown, self._limit), self._table)

    def value(self, cell: Cell) -> float | None:
        """Return one value; None where the buffer holds None."""
        values = self._values[cell.bias]
        return None if values is None else float(values[cell.row, cell.column])

    def in_words(self, name: str) -> str:
        """Describe the picture for people who do not see it."""
        if self.awaited:
            return f"{name}: nothing yet"
        parts = []
        for what, summary in zip((name, "bias"), self.summaries, strict=True):
            if what != "bias" or self.bias_shape:
                said = summary.in_words(self._whole) if summary else "None, no gradient"
                parts.append(f"{what}: {said}")
        return "; ".join(parts)

    def mark(self, cell: Cell | None) -> None:
        """Put a frame around a value."""
        if cell != self.marked:
            self.marked = cell
            self.update()

    # ----------------------------------------------------------------- geometry

    def minimumSizeHint(self) -> QSize:
        """Stay large enough to see something."""
        return QSize(60, 24 + caption_height(self))

    def most_height(self) -> int:
        """Return the height beyond which it would only look coarse."""
        rows = self.weight_shape[self.turned]
        strip = 16 if self.turned and self.bias_shape else 0
        return max(36, rows * _CELL_MOST) + strip + caption_height(self)

    def _rects(self) -> tuple[QRectF, QRectF]:
        """Return where the weight and the bias are drawn."""
        room = QRectF(0, 0, self.width(), self.height() - caption_height(self))
        if self.bias_shape is None:
            return room, QRectF()
        if self.turned:
            strip = max(5, min(12, round(room.height() * 0.14)))
            return (
                room.adjusted(0, 0, 0, -strip - _GAP),
                QRectF(0, room.bottom() - strip, room.width(), strip),
            )
        strip = max(6, min(14, round(room.width() * 0.05)))
        return (
            room.adjusted(0, 0, -strip - _GAP, 0),
            QRectF(room.right() - strip, 0, strip, room.height()),
        )

    def _upright(self, bias: bool) -> bool:
        """Whether a record's rows run along the width."""
        return not self.turned if bias else self.turned

    def cell_at(self, place: QPointF) -> Cell | None:
        """Return the value drawn there, or None."""
        for bias, (rect, shape) in enumerate(
            zip(self._rects(), (self.weight_shape, self.bias_shape), strict=True)
        ):
            if shape is None or not rect.contains(place):
                continue
            across = (place.x() - rect.left()) / rect.width()
            down = (place.y() - rect.top()) / rect.height()
            if self._upright(bool(bias)):
                across, down = down, across
            row = min(shape[0] - 1, int(down * shape[0]))
            return Cell(bool(bias), row, min(shape[1] - 1, int(across * shape[1])))
        return None

    def cell_rect(self, cell: Cell) -> QRectF:
        """Return where a value is drawn."""
        rect = self._rects()[cell.bias]
        shape = self.bias_shape if cell.bias else self.weight_shape
        assert shape is not None
        down, across, rows, columns = cell.row, cell.column, shape[0], shape[1]
        if self._upright(cell.bias):
            down, across, rows, columns = across, down, columns, rows
        width, height = rect.width() / columns, rect.height() / rows
        return QRectF(rect.left() + across * width, rect.top() + down * height, width, height)

    # ----------------------------------------------------------------- painting

    def apply_theme(self, theme: Theme) -> None:
        """Take every colour anew."""
        self.theme = theme
        self._table = color_table(theme)
        self._hatch = hatch(theme)
        for image in self._images:
            if image:
                image.setColorTable(self._table)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw pictures, words and the frame around the marked value."""
        painter = QPainter(self)
        rects = self._rects()
        for rect, image, shape in zip(rects, self._images, (self.weight_shape, self.bias_shape), strict=True):
            if shape:
                self._paint_picture(painter, rect, image)
        word = self._word()
        if word:
            self._paint_word(painter, rects[0], *word)
        self._paint_norm(painter)
        if self.marked:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(pen(self.theme.color("text.normal"), 2))
            painter.drawRect(self.cell_rect(self.marked).adjusted(-1, -1, 1, 1))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(pen(self.theme.color("accent.focus"), 2))
            painter.drawRect(rects[0].united(rects[1]).adjusted(1, 1, -1, -1))

    def _paint_picture(self, painter: QPainter, rect: QRectF, image: QImage | None) -> None:
        if image is None and not self.awaited:
            painter.fillRect(rect, self._hatch)
        elif image is not None:
            painter.drawImage(rect, image)
        painter.setPen(pen(self.theme.color("surface.border")))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(rect.adjusted(0.5, 0.5, -0.5, -0.5))

    def _word(self) -> tuple[str, QColor] | None:
        """Return what has to be said loudly, and its colour."""
        weight = self.summaries[0]
        if self.awaited:
            return "not yet", self.theme.color("text.muted")
        if weight is None:
            return "None", self.theme.color("text.normal")
        bad = [summary.bad_in_words() for summary in self.summaries if summary and summary.bad]
        if bad:
            return bad[0], self.theme.color("signed.nan")
        return ("all zero", self.theme.color("text.normal")) if weight.zeros == weight.size else None

    def _paint_word(self, painter: QPainter, rect: QRectF, word: str, color: QColor) -> None:
        metrics = self.fontMetrics()
        chip = QRectF(0, 0, metrics.horizontalAdvance(word) + 12, metrics.height() + 2)
        chip.moveCenter(rect.center())
        painter.setPen(pen(color))
        painter.setBrush(self.theme.color("surface.panel"))
        painter.drawRoundedRect(chip, 4, 4)
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, word)

    def _paint_norm(self, painter: QPainter) -> None:
        norm = self.norm
        if self.awaited:
            return
        if norm is None:
            text = "no gradient"
        elif self._whole:
            text = f"norm {short(norm)}"
        else:
            text = f"largest {short(self.largest)}"
        height = caption_height(self)
        line = QRectF(0, self.height() - height, self.width(), height)
        painter.setFont(caption_font(self))
        painter.setPen(self.theme.color("text.muted"))
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, text)

    # -------------------------------------------------------------------- input

    def resizeEvent(self, event: object) -> None:
        """Pool anew for the new size."""
        self.paint_with(self._limit)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point at the value under the mouse."""
        self.pointed.emit(self.cell_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Point at nothing."""
        self.pointed.emit(None)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Point at nothing."""
        super().focusOutEvent(event)
        self.pointed.emit(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk over the weight with the arrow keys, as it is drawn."""
        key = Qt.Key
        steps = {key.Key_Left: (0, -1), key.Key_Right: (0, 1), key.Key_Up: (-1, 0), key.Key_Down: (1, 0)}
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        here = self.marked if self.marked and not self.marked.bias else Cell(False, 0, 0)
        down, across = step[::-1] if self.turned else step
        rows, columns = self.weight_shape
        self.pointed.emit(Cell(False, (here.row + down) % rows, (here.column + across) % columns))


def caption_font(widget: QWidget) -> QFont:
    """Return the font of the line beneath a picture: small, because every layer has one."""
    font = widget.font()
    font.setPointSizeF(max(_CAPTION_LEAST_POINTS, _CAPTION_SCALE * QFontInfo(font).pointSizeF()))
    return font


def caption_height(widget: QWidget) -> int:
    """Return the height of the line beneath a picture, in pixels."""
    return QFontMetrics(caption_font(widget)).height()


def _summary(values: Floats | None) -> Summary | None:
    return None if values is None else Summary.of(values)
