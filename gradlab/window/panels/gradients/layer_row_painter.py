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
        columns: where the pictures stand; ``top`` and ``height``: the room of them.
        caption: how much of the height the captions take, at the bottom.
    """

    painter: QPainter
    columns: RowColumns
    top: int
    height: int
    caption: int

    def paint_name(self, lines: Sequence[str], width: int, mark: Mark | None) -> None:
        """Write the name to the left, its first line in bold letters, and a mark above it or at its end.

        A low row has room for the first line alone.
        """
        painter, metrics = self.painter, self.painter.fontMetrics()
        usual = painter.font()
        lines = lines[: max(1, self.height // metrics.height())]
        top = (self._picture_height - len(lines) * metrics.height()) // 2
        top = max(0, min(top, self.height - len(lines) * metrics.height()))
        is_above = top >= MARK_SIZE + 2
        if mark is not None and not is_above:
            width -= MARK_SIZE + 2
        for number, line in enumerate(lines):
            font = QFont(usual)
            font.setBold(number == 0)
            painter.setFont(font)
            painter.setPen(theme.color("text.muted" if number else "text.normal"))
            text = painter.fontMetrics().elidedText(line, Qt.TextElideMode.ElideRight, width)
            painter.drawText(0, top + number * metrics.height() + metrics.ascent(), text)
        painter.setFont(usual)
        if mark is not None:
            above = QPointF(MARK_SIZE / 2, top - MARK_SIZE / 2 - 2)
            behind = QPointF(width + 2 + MARK_SIZE / 2, top + metrics.height() / 2)
            paint_mark(painter, above if is_above else behind, mark)

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
            self.painter.drawText(
                QRect(left, 0, width, self._picture_height), Qt.AlignmentFlag.AlignCenter, sign
            )
        self.painter.setFont(usual)

    def paint_bars(self, limits: Sequence[float | None]) -> None:
        """Draw the colour bar of each group that has a limit; in a low row beside the caption, too."""
        colors = upright(signed_stops())
        line = self.painter.fontMetrics().height()
        height = self._picture_height - 4 if self._picture_height >= 2 * line else self.height - 3
        for (left, width), limit in zip(self.columns.bars, limits, strict=True):
            if limit is None:
                continue
            end = tidy(limit)
            ends = [f"−{end}", "0", end] if height + 4 >= 2 * line - 1 else [f"±{end}"]
            paint_bar(self.painter, QRectF(left, self.top + 2, width, height), colors, ends)

    @property
    def _picture_height(self) -> int:
        return self.height - self.caption
