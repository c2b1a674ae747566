"""One picture of a layer: a weight and its bias, as gradients, as weights or as what an update added."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFocusEvent,
    QFont,
    QFontInfo,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QRegion,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from gradlab.instruments.records import Floats
from gradlab.language import grouped, tr
from gradlab.window import theme
from gradlab.window.charts.colors import pen
from gradlab.window.charts.formatting import short
from gradlab.window.charts.heat_colors import Summary, color_table, hatch
from gradlab.window.panels.gradients.value_grid import Arrangement, Axis
from gradlab.window.panels.gradients.value_picture import ArrayPicture
from gradlab.window.theme.themed import Themed
from gradlab.window.widgets.animation import Motion

_GAP = 2
_CAPTION_SCALE = 0.85
_CAPTION_LEAST_POINTS = 8.0
_STRETCH = 2.0  # of filters, while all layers have to share the room
_CELL_MOST = 26  # pixels: tiny matrices need no huge squares
_STEPS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


@dataclass(frozen=True)
class Cell:
    """A value: of the weight (or of the bias, if ``bias``), at ``index`` of the flattened array."""

    bias: bool
    index: int


class Tile(Themed, QWidget):
    """Shows a weight, and its bias as a strip along the same units; below them the norm of both.

    Where a picture does not hold the ``whole`` parameter its norm is unknown: then the largest value stands there.
    A ``large`` tile has numbers along its sides.

    Attributes:
        weight, bias: the two pictures.
        awaited: in words, when the values will come; then there is nothing yet, not even None. Else empty.

    Signals:
        pointed: the Cell under the mouse or of the arrow keys, None where it left.
        picked: a click, or Enter.
    """

    pointed = Signal(object)
    picked = Signal()

    def __init__(
        self,
        weight: Arrangement,
        bias: Arrangement | None,
        *,
        whole: bool = True,
        large: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.weight = ArrayPicture(weight)
        self.bias = ArrayPicture(bias) if bias else None
        self.marked: Cell | None = None
        self.awaited = ""
        self._whole = whole
        self._large = large
        self._limit = 1.0
        self._before: QPixmap | None = None
        self._motion: Motion = ""
        self._progress = 1.0
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.wear()

    # ------------------------------------------------------------------- values

    @property
    def _pictures(self) -> list[ArrayPicture]:
        return [self.weight] if self.bias is None else [self.weight, self.bias]

    @property
    def _summaries(self) -> list[Summary]:
        return [picture.summary for picture in self._pictures if picture.summary]

    def take(self, weight: Floats | None, bias: Floats | None) -> None:
        """Take new values and measure them; ``paint_with`` then makes them visible."""
        for picture, values in zip(self._pictures, (weight, bias), strict=False):
            picture.take(values)

    @property
    def largest(self) -> float:
        """The largest finite value, whatever its sign."""
        return max((summary.largest for summary in self._summaries), default=0.0)

    @property
    def norm(self) -> float | None:
        """The norm of weight and bias together; None if there is nothing at all."""
        if not self._summaries:
            return None
        if any(summary.bad for summary in self._summaries):
            return float("nan")
        return float(np.sqrt(sum(summary.squares for summary in self._summaries)))

    def paint_with(self, limit: float) -> None:
        """Draw the values on a scale from −limit to limit."""
        self._limit = limit
        for picture in self._pictures:
            picture.draw(limit, self._table, self.devicePixelRatioF())
        self.update()

    def value(self, cell: Cell) -> np.float32 | None:
        """Return one value; None where the buffer holds None."""
        picture = self.bias if cell.bias else self.weight
        return picture.value(cell.index) if picture else None

    def in_words(self, name: str) -> str:
        """Describe the picture for people who do not see it."""
        if self.awaited:
            return tr("{name}: {text}").format(name=name, text=self.awaited)
        said = [
            picture.summary.in_words(self._whole) if picture.summary else tr("None, no gradient")
            for picture in self._pictures
        ]
        named = zip((name, tr("bias")), said, strict=False)
        return grouped(tr("{name}: {text}").format(name=what, text=words) for what, words in named)

    def mark(self, cell: Cell | None) -> None:
        """Put a frame around a value."""
        if cell != self.marked:
            self.marked = cell
            self.update()

    # ------------------------------------------------------------------- motion

    def keep_before(self) -> None:
        """Remember what is seen now, to show how it changes."""
        ratio = self.devicePixelRatioF()
        before = QPixmap(self.size() * ratio)
        before.setDevicePixelRatio(ratio)
        before.fill(theme.color("surface.panel"))
        self.render(before, QPoint(), QRegion(), QWidget.RenderFlag.DrawChildren)
        self._before = before

    def show_change(self, motion: Motion, progress: float) -> None:
        """Show the change ``progress`` of its way, from 0 to 1, where it ends."""
        self._motion, self._progress = motion, progress
        if progress >= 1:
            self._before = None
        self.update()

    # ----------------------------------------------------------------- geometry

    def minimumSizeHint(self) -> QSize:
        """Stay large enough to see something."""
        return QSize(60, 24 + caption_height(self))

    def most_height(self) -> int:
        """Return the height beyond which it would only look coarse."""
        rows: int = self.weight.arrangement.order.shape[0]
        strip = 16 if self.bias and not self.weight.arrangement.units_down else 0
        return max(36, rows * _CELL_MOST) + strip + caption_height(self)

    def _place_pictures(self) -> None:
        room = QRectF(0, 0, self.width(), self.height() - caption_height(self))
        stretch = 1.0 if self._large else _STRETCH
        if self._large:
            room.adjust(self._side_labels(), 0, 0, -caption_height(self))
        if self.bias is None:
            self.weight.place_in(room, stretch)
        elif self.weight.arrangement.units_down:
            width = self._thickness(room.width(), 0.05)
            self.weight.place_in(room.adjusted(0, 0, -width - _GAP, 0), stretch)
            rect = self.weight.rect
            self.bias.place_in(QRectF(rect.right() + _GAP, rect.top(), width, rect.height()))
        else:
            height = self._thickness(room.height(), 0.14)
            self.weight.place_in(room.adjusted(0, 0, 0, -height - _GAP), stretch)
            rect = self.weight.rect
            self.bias.place_in(QRectF(rect.left(), rect.bottom() + _GAP, rect.width(), height))

    def _thickness(self, room: float, share: float) -> int:
        """Return how much of a room the bias takes: half beside a mere vector, else a narrow strip."""
        if len(self.weight.arrangement.order) == 1:
            return int(room / 2)
        return max(5, min(24 if self._large else 13, round(room * share)))

    def _side_labels(self) -> int:
        metrics = QFontMetrics(caption_font(self))
        labels = self.weight.arrangement.down.labels
        widest: int = max([metrics.horizontalAdvance(text) for _, text in labels], default=0)
        return widest + 4

    def cell_at(self, place: QPointF) -> Cell | None:
        """Return the value drawn there, or None."""
        for number, picture in enumerate(self._pictures):
            index = picture.index_at(place)
            if index is not None:
                return Cell(bool(number), index)
        return None

    def cell_rect(self, cell: Cell) -> QRectF:
        """Return where a value is drawn."""
        picture = self.bias if cell.bias else self.weight
        return picture.cell_rect(cell.index) if picture else QRectF()

    # ----------------------------------------------------------------- painting

    def dress(self) -> None:
        """Take the colours."""
        self._table = color_table()
        self._hatch = hatch()
        for picture in self._pictures:
            picture.recolor(self._table)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw pictures, words and the frame around the marked value; while it changes, what was before too."""
        painter = QPainter(self)
        for picture in self._pictures:
            picture.paint(painter, QBrush() if self.awaited else self._hatch)
        word = self._word()
        if word:
            self._paint_word(painter, self._all(), *word)
        if self._large:
            self._paint_labels(painter)
        self._paint_norm(painter)
        self._paint_change(painter)
        self._paint_frames(painter)

    def _paint_change(self, painter: QPainter) -> None:
        left = 1 - self._progress
        if self._motion == "pulse" and left:
            painter.setOpacity(left)
            painter.setPen(pen(theme.color("accent.normal"), 4))
            painter.drawRect(self._all().adjusted(2, 2, -2, -2))
        elif self._motion and self._before is not None:
            # Fading, what was there grows pale; flowing, what is new comes in from the left.
            room = QRectF(self.rect())
            if self._motion == "flow":
                painter.setClipRect(room.adjusted(self._progress * room.width(), 0, 0, 0))
            else:
                painter.setOpacity(left)
            painter.drawPixmap(0, 0, self._before)
            painter.setClipping(False)
        painter.setOpacity(1)

    def _all(self) -> QRectF:
        rect = self.weight.rect
        return rect if self.bias is None else rect.united(self.bias.rect)

    def _paint_frames(self, painter: QPainter) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.marked:
            # Two lines: one of them is seen on any colour.
            cell = self.cell_rect(self.marked).adjusted(-1, -1, 1, 1)
            painter.setPen(pen(theme.color("surface.panel"), 1))
            painter.drawRect(cell.adjusted(-1.5, -1.5, 1.5, 1.5))
            painter.setPen(pen(theme.color("text.normal"), 2))
            painter.drawRect(cell)
        if self.hasFocus():
            painter.setPen(pen(theme.color("accent.focus"), 2))
            painter.drawRect(self._all().adjusted(1, 1, -1, -1))

    def _word(self) -> tuple[str, QColor] | None:
        """Return what has to be said loudly, and its colour."""
        weight = self.weight.summary
        if self.awaited:
            return self.awaited, theme.color("text.muted")
        if weight is None:
            return tr("None"), theme.color("text.normal")
        bad = [summary.bad_in_words() for summary in self._summaries if summary.bad]
        if bad:
            return bad[0], theme.color("signed.nan")
        return (tr("all zero"), theme.color("text.normal")) if weight.zeros == weight.size else None

    def _paint_word(self, painter: QPainter, rect: QRectF, word: str, color: QColor) -> None:
        metrics = self.fontMetrics()
        chip = QRectF(0, 0, metrics.horizontalAdvance(word) + 12, metrics.height() + 2)
        chip.moveCenter(rect.center())
        painter.setPen(pen(color))
        painter.setBrush(theme.color("surface.panel"))
        painter.drawRoundedRect(chip, 4, 4)
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, word)

    def _paint_norm(self, painter: QPainter) -> None:
        norm = self.norm
        if self.awaited:
            return
        if norm is None:
            text = tr("no gradient")
        elif self._whole:
            text = tr("norm {norm}").format(norm=short(norm))
        else:
            text = tr("largest {largest}").format(largest=short(self.largest))
        height = caption_height(self)
        line = QRectF(0, self.height() - height, self.width(), height)
        painter.setFont(caption_font(self))
        painter.setPen(theme.color("text.muted"))
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_labels(self, painter: QPainter) -> None:
        """Number the rows and the columns, or the blocks: as many as have room."""
        painter.setFont(caption_font(self))
        painter.setPen(theme.color("text.muted"))
        metrics, rect = painter.fontMetrics(), self.weight.rect
        rows, columns = self.weight.arrangement.order.shape
        down, across = self.weight.arrangement.down, self.weight.arrangement.across
        for place, text in with_room(down, rect.height() / rows, [metrics.height()] * len(down.labels)):
            top = max(0, rect.top() + place - metrics.height() / 2)
            line = QRectF(0, top, rect.left() - 3, metrics.height())
            painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        widths = [metrics.horizontalAdvance(text) + 6 for _, text in across.labels]
        top = self._all().bottom() + 1
        for place, text in with_room(across, rect.width() / columns, widths):
            line = QRectF(rect.left() + place - 40, top, 80, metrics.height())
            painter.drawText(line, Qt.AlignmentFlag.AlignCenter, text)

    # -------------------------------------------------------------------- input

    def resizeEvent(self, event: object) -> None:
        """Draw anew for the new size."""
        self._place_pictures()
        self.paint_with(self._limit)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point at the value under the mouse."""
        self.pointed.emit(self.cell_at(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Pick the layer."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.picked.emit()

    def leaveEvent(self, event: QEvent) -> None:
        """Point at nothing."""
        self.pointed.emit(None)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Point at nothing."""
        super().focusOutEvent(event)
        self.pointed.emit(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk over the values with the arrow keys, as they are drawn; Enter picks the layer."""
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.picked.emit()
        elif key in _STEPS:
            self.pointed.emit(self._next_cell(*_STEPS[key]))
        else:
            super().keyPressEvent(event)

    def _next_cell(self, down: int, across: int) -> Cell:
        """Return the value beside the marked one; beyond an edge comes the bias or the far side."""
        here = self.marked
        if here is None:
            return Cell(False, int(self.weight.arrangement.order[0, 0]))
        picture = self.bias if here.bias and self.bias else self.weight
        index = picture.step(here.index, down, across)
        if index is not None:
            return Cell(here.bias, index)
        towards_bias = bool(across) == self.weight.arrangement.units_down
        crosses = self.bias is not None and towards_bias
        goal = not here.bias if crosses else here.bias
        entered = self.bias if goal and self.bias else self.weight
        return Cell(goal, entered.enter(picture.share_of(here.index, across), down, across))


def with_room(axis: Axis, side: float, needed: list[int]) -> list[tuple[float, str]]:
    """Return every label of an axis, or every second, fifth, tenth … so that they do not touch, in pixels.

    Args:
        axis: whose labels.
        side: the length of a value.
        needed: the lengths of the labels.
    """
    if len(axis.labels) < 2:
        return [(place * side, text) for place, text in axis.labels]
    apart = (axis.labels[1][0] - axis.labels[0][0]) * side
    widest = max(needed)
    steps = (unit * 10**power for power in range(8) for unit in (1, 2, 5))
    every = next(step for step in steps if step * apart >= widest or step >= len(axis.labels))
    return [(place * side, text) for place, text in axis.labels[::every]]


def caption_font(widget: QWidget) -> QFont:
    """Return the font of the line beneath a picture: small, because every layer has one."""
    font = widget.font()
    font.setPointSizeF(max(_CAPTION_LEAST_POINTS, _CAPTION_SCALE * QFontInfo(font).pointSizeF()))
    return font


def caption_height(widget: QWidget) -> int:
    """Return the height of the line beneath a picture, in pixels."""
    return QFontMetrics(caption_font(widget)).height()
