"""How the cells of the matrix are painted."""

import math

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget
from typing_extensions import override

from gradlab.language import tr, trc
from gradlab.window import theme
from gradlab.window.panels.confusion.cell_words import rows_in_words, short_percent
from gradlab.window.panels.confusion.class_counts import MEASURES
from gradlab.window.panels.confusion.confusion_model import Show
from gradlab.window.panels.confusion.drawing import CENTER, draw_lines
from gradlab.window.panels.confusion.table_look import LEVELS, TableLook
from gradlab.window.widgets.record_table import Index


class CellDelegate(QStyledItemDelegate):
    """Draws a cell: its fill says how many, its side of the diagonal whether that is right."""

    def __init__(self, look: TableLook, table: QWidget) -> None:
        super().__init__(table)
        self._look = look

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row, column = index.row(), index.column()
        painter.save()
        rect = option.rect.adjusted(0, 0, -1, -1)
        if column < self._look.model.classes:
            self._paint_count(painter, rect, row, column)
        else:
            rect.adjust(self._look.gap(column), 0, 0, 0)
            self._paint_measure(painter, rect, row, column)
        if (row, column) == self._look.chosen:
            painter.setPen(QPen(theme.color("text.normal"), 3))
            painter.drawRect(rect.adjusted(1, 1, -2, -2))
        self._paint_frame(painter, rect, option.state)
        painter.restore()

    def _paint_count(self, painter: QPainter, rect: QRect, row: int, column: int) -> None:
        matrix = self._look.model
        fill, ink = self._shade(row, column)
        painter.fillRect(rect, fill)
        if not matrix.counts.matrix[row, column] and row != column:
            ink = theme.color("text.disabled")
        painter.setPen(ink)
        text, notes = matrix.cell_text(row, column), self._notes(rect, row, column)
        if notes and matrix.show_as is not Show.COUNTS:
            text = trc("percentage", "{number} %").format(number=text)
        lines = [(self._look.cell, text), *((self._look.note, note) for note in notes)]
        draw_lines(painter, rect, lines)

    def _shade(self, row: int, column: int) -> tuple[QColor, QColor]:
        share = float(self._look.model.shares[row, column])
        if row == column:
            return self._look.right[round(share * LEVELS)]
        # The square root makes a few wrong rows visible beside many right ones.
        return self._look.wrong[round(math.sqrt(share) * LEVELS)]

    def _notes(self, rect: QRect, row: int, column: int) -> list[str]:
        """Return what a large cell says below its number."""
        matrix, metrics, width = self._look.model, QFontMetrics(self._look.note), rect.width() - 6
        room = (rect.height() - QFontMetrics(self._look.cell).height() - 6) // metrics.height()
        if room <= 0:
            return []
        # Whether a note fits is decided by the longest of its kind: all cells then say the same things.
        counts = matrix.show_as is Show.COUNTS
        longest = _share_of_row("100") if counts else rows_in_words(int(matrix.counts.matrix.max()))
        notes = []
        if outcome := matrix.counts.outcome(row, column):
            is_wide = metrics.horizontalAdvance(tr("False negative")) <= width
            notes.append(tr(outcome.long) if is_wide else outcome.short)
        if metrics.horizontalAdvance(longest) <= width:
            share = _share_of_row(short_percent(matrix.counts.row_shares[row, column]))
            notes.append(share if counts else rows_in_words(int(matrix.counts.matrix[row, column])))
        return notes[:room]

    def _paint_measure(self, painter: QPainter, rect: QRect, row: int, column: int) -> None:
        matrix = self._look.model
        number = column - matrix.classes
        height = QFontMetrics(self._look.header).height()
        if (token := MEASURES[number].token) and rect.height() >= height:
            value = float(matrix.counts.measures[number][row])
            below = rect.center().y() + height // 2
            bar = QRect(rect.left(), min(below, rect.bottom() - 2), rect.width(), 3)
            painter.fillRect(bar, theme.color("surface.raised"))
            bar.setWidth(round(bar.width() * value))
            painter.fillRect(bar, theme.color(token))
        painter.setPen(theme.color("text.normal"))
        painter.setFont(self._look.header)
        painter.drawText(rect.adjusted(0, 0, 0, -2), CENTER, matrix.data(matrix.index(row, column)))

    def _paint_frame(self, painter: QPainter, rect: QRect, state: QStyle.StateFlag) -> None:
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(theme.color("accent.focus"), 2))
            painter.drawRect(rect.adjusted(1, 1, -1, -1))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(theme.color("text.normal"))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))


def _share_of_row(percent: str) -> str:
    return tr("{percent} % of row").format(percent=percent)
