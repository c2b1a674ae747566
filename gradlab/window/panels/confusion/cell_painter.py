"""How the cells of the matrix are painted: all of them in one go.

A delegate, as Qt has it, is asked cell by cell, and each asks the model for the same things again: with ten
classes that took as long as all other panels together.
"""

from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QModelIndex, QRect
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen

from gradlab.language import tr, trc
from gradlab.window import theme
from gradlab.window.charts.drawn_words import DrawnWords
from gradlab.window.panels.confusion.cell_words import rows_in_words, short_percent
from gradlab.window.panels.confusion.class_counts import MEASURES
from gradlab.window.panels.confusion.confusion_model import Show
from gradlab.window.panels.confusion.drawing import draw_lines
from gradlab.window.panels.confusion.table_look import LEVELS, TableLook


class Span(NamedTuple):
    """Where a row or a column of the table lies: pixels from the top or the left of what is seen."""

    number: int
    start: int
    size: int


class CellPainter:
    """Draws cells: their fill says how many rows they count, their side of the diagonal whether that is right."""

    def __init__(self, look: TableLook) -> None:
        self._look = look
        self._counts, self._measures = DrawnWords(), DrawnWords()

    def paint(self, painter: QPainter, rows: list[Span], columns: list[Span]) -> None:
        """Draw the cells of these rows and columns."""
        classes = self._look.model.classes
        counted = [column for column in columns if column.number < classes]
        self._paint_counts(painter, rows, counted)
        self._measures.begin(painter, self._look.measure)
        for column in columns[len(counted) :]:
            self._paint_measure(painter, rows, column)

    def paint_marks(self, painter: QPainter, chosen: QRect, focused: QRect, hovered: QRect) -> None:
        """Frame the cell that is marked, and the one of the keyboard or else of the mouse; empty ones are none."""
        if not chosen.isEmpty():
            painter.setPen(QPen(theme.color("text.normal"), 3))
            painter.drawRect(chosen.adjusted(1, 1, -2, -2))
        if not focused.isEmpty():
            painter.setPen(QPen(theme.color("accent.focus"), 2))
            painter.drawRect(focused.adjusted(1, 1, -1, -1))
        if not hovered.isEmpty() and hovered != focused:
            painter.setPen(theme.color("text.normal"))
            painter.drawRect(hovered.adjusted(0, 0, -1, -1))

    def place(self, cell: QRect, index: QModelIndex) -> QRect:
        """Return the part of a cell's rectangle that is drawn in."""
        return cell.adjusted(self._left(index.column()), 0, -1, -1)

    def _left(self, column: int) -> int:
        return self._look.gap(column) if column >= self._look.model.classes else 0

    def _paint_counts(self, painter: QPainter, rows: list[Span], columns: list[Span]) -> None:
        if not rows or not columns:
            return
        matrix, look = self._look.model, self._look
        counts, levels = matrix.counts.matrix.tolist(), self._levels()
        room = QRect(0, 0, columns[0].size - 1, rows[0].size - 1)  # every cell is as large
        has_notes = self._lines_of_notes(room) > 0
        faint = theme.color("text.disabled")
        self._counts.begin(painter, look.cell)
        for row, top, height in rows:
            for column, left, width in columns:
                fill, ink = (look.right if row == column else look.wrong)[levels[row][column]]
                rect = QRect(left, top, width - 1, height - 1)
                painter.fillRect(rect, fill)
                painter.setPen(ink if counts[row][column] or row == column else faint)
                if has_notes:
                    draw_lines(painter, rect, self._lines(rect, row, column))
                else:
                    self._counts.draw_centred(painter, rect, self._line(rect, row, column))

    def _levels(self) -> list[list[int]]:
        """Return how hot each cell is, 0 … LEVELS."""
        shares = self._look.model.shares
        # The square root makes a few wrong rows visible beside many right ones.
        heat = np.sqrt(shares)
        np.fill_diagonal(heat, np.diagonal(shares))
        levels: list[list[int]] = np.rint(heat * LEVELS).astype(int).tolist()
        return levels

    def _line(self, rect: QRect, row: int, column: int) -> str:
        """Return what a low cell says: its number, after what that means where there is room."""
        matrix = self._look.model
        text, outcome = matrix.cell_text(row, column), matrix.counts.outcome(row, column)
        if outcome is None:
            return text
        named = f"{outcome.short} {text}"
        return named if QFontMetrics(self._look.cell).horizontalAdvance(named) < rect.width() else text

    def _lines(self, rect: QRect, row: int, column: int) -> list[tuple[QFont, str]]:
        """Return what a large cell says: its number and below it, smaller, what it means."""
        matrix, text, notes = self._look.model, "", self._notes(rect, row, column)
        text = matrix.cell_text(row, column)
        if notes and matrix.show_as is not Show.COUNTS:
            text = trc("percentage", "{number}%").format(number=text)
        return [(self._look.cell, text), *((self._look.note, note) for note in notes)]

    def _lines_of_notes(self, rect: QRect) -> int:
        note, cell = QFontMetrics(self._look.note), QFontMetrics(self._look.cell)
        return (rect.height() - cell.height() - 6) // note.height()

    def _notes(self, rect: QRect, row: int, column: int) -> list[str]:
        matrix, metrics, width = self._look.model, QFontMetrics(self._look.note), rect.width() - 6
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
        return notes[: self._lines_of_notes(rect)]

    def _paint_measure(self, painter: QPainter, rows: list[Span], column: Span) -> None:
        matrix = self._look.model
        number = column.number - matrix.classes
        left = column.start + self._left(column.number)
        width = column.start + column.size - 1 - left
        token = MEASURES[number].token
        values = matrix.counts.measures[number].tolist()
        groove, bar = theme.color("surface.raised"), theme.color(token) if token else QColor()
        painter.setPen(theme.color("text.normal"))
        height = painter.fontMetrics().height()
        texts = [self._look.measure_value(number, value) for value in values]
        for row, top, size in rows:
            if token and size > height:
                y = min(top + (size - 2) // 2 + height // 2, top + size - 4)
                painter.fillRect(left, y, width, 3, groove)
                painter.fillRect(left, y, round(width * values[row]), 3, bar)
            self._measures.draw_centred(painter, QRect(left, top, width, size - 3), texts[row])


def _share_of_row(percent: str) -> str:
    return tr("{percent}% of row").format(percent=percent)
