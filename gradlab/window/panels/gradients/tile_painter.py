"""How a tile is painted: its pictures, and the words and frames on them."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontInfo, QFontMetrics, QPainter
from PySide6.QtWidgets import QWidget

from gradlab.language import tr
from gradlab.window import theme
from gradlab.window.charts.colors import pen
from gradlab.window.charts.formatting import short
from gradlab.window.panels.gradients.pair_pictures import Cell, PairPictures
from gradlab.window.panels.gradients.value_grid import Axis

_CAPTION_SCALE = 0.85
_CAPTION_LEAST_POINTS = 8.0


@dataclass(frozen=True)
class TilePainter:
    """Paints one picture of a tile; each painting makes a new one.

    Attributes:
        awaited: in words, when the values will come, where they are not there yet; else empty.
        caption: the rectangle of the line below the pictures; ``caption_font`` its font.
    """

    painter: QPainter
    pictures: PairPictures
    awaited: str
    caption: QRectF
    caption_font: QFont

    def paint_pictures(self, nothing: QBrush) -> None:
        """Draw the values, ``nothing`` in place of those that are None, and a word for special ones on top."""
        for picture in self.pictures:
            picture.paint(self.painter, QBrush() if self.awaited else nothing)
        word = special_word(self.pictures, self.awaited)
        if word:
            self._paint_word(*word)

    def _paint_word(self, word: str, color: QColor) -> None:
        usual, height = self.painter.font(), self.pictures.rect.height()
        if height < self.painter.fontMetrics().height() + 2:
            self.painter.setFont(self.caption_font)
        metrics = self.painter.fontMetrics()
        if metrics.ascent() <= height:  # a low picture has its pattern, and the caption below it
            chip = QRectF(0, 0, metrics.horizontalAdvance(word) + 12, min(height, metrics.height() + 2))
            chip.moveCenter(self.pictures.rect.center())
            self.painter.setPen(pen(color))
            self.painter.setBrush(theme.color("surface.panel"))
            self.painter.drawRoundedRect(chip, 4, 4)
            self.painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, word)
        self.painter.setFont(usual)

    def paint_caption(self) -> None:
        """Write the norm below, or the largest value where the norm is unknown."""
        if self.awaited:
            return
        norm = self.pictures.norm
        if norm is None:
            text = tr("no gradient")
        elif self.pictures.is_whole:
            text = tr("norm {norm}").format(norm=short(norm))
        else:
            text = tr("largest {largest}").format(largest=short(self.pictures.largest))
        self.painter.setFont(self.caption_font)
        self.painter.setPen(theme.color("text.muted"))
        self.painter.drawText(self.caption, Qt.AlignmentFlag.AlignCenter, text)

    def paint_labels(self) -> None:
        """Number the rows and the columns, or the blocks: as many as have room."""
        painter, cells = self.painter, self.pictures.weight.cells
        painter.setFont(self.caption_font)
        painter.setPen(theme.color("text.muted"))
        metrics, rect = painter.fontMetrics(), cells.rect
        rows, columns = cells.grid.order.shape
        down, across = cells.grid.down, cells.grid.across
        for place, text in with_room(down, rect.height() / rows, [metrics.height()] * len(down.labels)):
            top = max(0, rect.top() + place - metrics.height() / 2)
            line = QRectF(0, top, rect.left() - 3, metrics.height())
            painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        widths = [metrics.horizontalAdvance(text) + 6 for _, text in across.labels]
        top = self.pictures.rect.bottom() + 1
        for place, text in with_room(across, rect.width() / columns, widths):
            line = QRectF(rect.left() + place - 40, top, 80, metrics.height())
            painter.drawText(line, Qt.AlignmentFlag.AlignCenter, text)

    def paint_frames(self, marked: Cell | None, *, has_focus: bool) -> None:
        """Draw frames around the marked value, and around all of it while it has the keyboard."""
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        if marked:
            # Two lines: one of them is seen on any colour.
            cell = self.pictures.cell_rect(marked).adjusted(-1, -1, 1, 1)
            self.painter.setPen(pen(theme.color("surface.panel"), 1))
            self.painter.drawRect(cell.adjusted(-1.5, -1.5, 1.5, 1.5))
            self.painter.setPen(pen(theme.color("text.normal"), 2))
            self.painter.drawRect(cell)
        if has_focus:
            self.painter.setPen(pen(theme.color("accent.focus"), 2))
            self.painter.drawRect(self.pictures.rect.adjusted(1, 1, -1, -1))


def special_word(pictures: PairPictures, awaited: str) -> tuple[str, QColor] | None:
    """Return the word for values that must stand out, e.g. NaN, and its colour."""
    weight = pictures.weight.summary
    if awaited:
        return awaited, theme.color("text.muted")
    if weight is None:
        return tr("None"), theme.color("text.normal")
    bad = [summary.bad_in_words() for summary in pictures.summaries if summary.bad]
    if bad:
        return bad[0], theme.color("signed.nan")
    return (tr("all zero"), theme.color("text.normal")) if weight.zeros == weight.size else None


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
