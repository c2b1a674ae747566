"""What a row of the buffer paints around its pictures: name, headings or signs, and colour bars."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFont, QPainter

from gradlab.instruments.records import Mark
from gradlab.window import theme
from gradlab.window.charts.colorbar import paint_bar, upright
from gradlab.window.charts.colors import signed_stops
from gradlab.window.charts.formatting import tidy
from gradlab.window.charts.layer_names import MARK_SIZE, paint_mark
from gradlab.window.panels.gradients.row_columns import RowColumns


@dataclass(frozen=True)
class LayerRowPainter:
    """Paints one picture of a row; each painting makes a new one.

    Attributes:
        columns: where the pictures stand; ``top`` and ``height``: the room of them without their captions.
    """

    painter: QPainter
    columns: RowColumns
    top: int
    height: int

    def paint_name(self, lines: Sequence[str], width: int, mark: Mark | None) -> None:
        """Write the name to the left, its first line in bold letters, and a mark above it."""
        painter, metrics = self.painter, self.painter.fontMetrics()
        usual = painter.font()
        top = (self.height - len(lines) * metrics.height()) // 2
        for number, line in enumerate(lines):
            font = QFont(usual)
            font.setBold(number == 0)
            painter.setFont(font)
            painter.setPen(theme.color("text.muted" if number else "text.normal"))
            text = painter.fontMetrics().elidedText(line, Qt.TextElideMode.ElideRight, width)
            painter.drawText(0, top + number * metrics.height() + metrics.ascent(), text)
        painter.setFont(usual)
        if mark is not None:
            paint_mark(painter, QPointF(MARK_SIZE / 2, top - MARK_SIZE / 2 - 2), mark)

    def paint_headings(self, headings: Sequence[str]) -> None:
        """Write a heading above each picture."""
        self.painter.setPen(theme.color("text.normal"))
        metrics = self.painter.fontMetrics()
        for (left, width), heading in zip(self.columns.tiles, headings, strict=True):
            text = metrics.elidedText(heading, Qt.TextElideMode.ElideRight, width)
            room = QRect(left, 0, width, metrics.height())
            self.painter.drawText(room, Qt.AlignmentFlag.AlignCenter, text)

    def paint_signs(self, signs: Sequence[str]) -> None:
        """Write what stands between the pictures."""
        usual = self.painter.font()
        font = QFont(usual)
        font.setBold(True)
        font.setPointSizeF(font.pointSizeF() * 1.4 if font.pointSizeF() > 0 else 14)
        self.painter.setFont(font)
        self.painter.setPen(theme.color("text.normal"))
        for (left, width), sign in zip(self.columns.signs, signs, strict=False):
            self.painter.drawText(QRect(left, 0, width, self.height), Qt.AlignmentFlag.AlignCenter, sign)
        self.painter.setFont(usual)

    def paint_bars(self, limits: Sequence[float | None]) -> None:
        """Draw the colour bar of each group that has a limit."""
        colors = upright(signed_stops())
        for (left, width), limit in zip(self.columns.bars, limits, strict=True):
            if limit is not None:
                end = tidy(limit)
                bar = QRectF(left, self.top + 2, width, self.height - 4)
                paint_bar(self.painter, bar, colors, [f"−{end}", "0", end])
