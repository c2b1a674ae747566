"""How a network is painted: links, units on them, and words."""

from collections.abc import Sequence
from math import ceil
from typing import Literal

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPolygonF

from gradlab.instruments.records import Floats
from gradlab.language import shown_name, tr
from gradlab.window import theme
from gradlab.window.charts.colors import blend, pen, signed_ramp
from gradlab.window.charts.layer_names import MARK_SIZE, LayerMarks, paint_mark
from gradlab.window.panels.network.layer_words import LayerWords
from gradlab.window.panels.network.moment import Moment, largest
from gradlab.window.panels.network.unit_grid import Spot, UnitGrid

_SHADES = 101  # odd: the middle one is zero
_STRONGEST = 40  # links between two layers: more would only be a grey area
_ARROW = 5.0
_LABEL_CHARACTERS = 6  # a label that is cut off shorter says nothing
Columns = Sequence[dict[int, QRectF]]


def make_shades() -> list[QColor]:
    """Return the colours of values from the most negative to the most positive one."""
    return [QColor(*(int(part) for part in color)) for color in signed_ramp(_SHADES)]


class NetworkPainter:
    """Paints one picture; each painting makes a new one."""

    def __init__(self, painter: QPainter, grid: UnitGrid, moment: Moment, shades: Sequence[QColor]) -> None:
        self._painter = painter
        self._grid = grid
        self._moment = moment
        self._shades = shades
        self._words = LayerWords(grid, painter.font())

    def paint(self, marks: LayerMarks) -> None:
        """Draw the links, the units on them, the words, and marks beside the names of layers."""
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        columns = [self._grid.units(number) for number in range(len(self._grid.layers))]
        for number in range(1, len(columns)):
            self._paint_links(number, columns)
        limit = largest(map(self._moment.gradient, self._moment.source.layers))
        for number, rects in enumerate(columns):
            self._paint_units(number, rects, limit)
            self._paint_labels(number, rects)
        self._paint_words(columns)
        self._paint_marks(marks)
        self._paint_arrow()

    def _paint_units(self, number: int, rects: dict[int, QRectF], limit: float) -> None:
        layer = self._moment.source.layers[number]
        activation, gradient = self._moment.activation(layer), self._moment.gradient(layer)
        own = largest([activation])
        for index, rect in rects.items():
            left, right = QRectF(rect), QRectF(rect)
            left.setRight(rect.center().x())
            right.setLeft(rect.center().x())
            self._painter.fillRect(rect, theme.color("surface.panel"))
            if activation is not None:
                self._paint_half(left, float(activation[index]), own, number, "forward")
            if gradient is not None:
                self._paint_half(right, float(gradient[index]), limit, number, "backward")
            self._paint_frame(rect, is_marked=self._moment.marked == Spot(number, index))

    def _paint_half(
        self, rect: QRectF, value: float, limit: float, number: int, phase: Literal["forward", "backward"]
    ) -> None:
        self._painter.setOpacity(self._moment.opacity(number, phase))
        self._painter.fillRect(rect, self._color(value, limit))
        self._painter.setOpacity(1.0)

    def _paint_frame(self, rect: QRectF, *, is_marked: bool) -> None:
        token, width = ("accent.focus", 2.0) if is_marked else ("text.disabled", 1.0)
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.setPen(pen(theme.color(token), width))
        self._painter.drawRect(rect)

    def _color(self, value: float, limit: float) -> QColor:
        if not np.isfinite(value):
            return theme.color("signed.nan")
        if value == 0:
            return theme.color("signed.exact_zero")
        return self._shades[round((value / limit + 1) / 2 * (_SHADES - 1))]

    def _paint_links(self, number: int, columns: Columns) -> None:
        """Draw the strongest links into a column; after an update, the change of those that moved most."""
        layer, before, after = self._moment.signal.layers[number], columns[number - 1], columns[number]
        values = layer.weights if layer.change is None else layer.change
        if values is None:
            return
        # At rest the units are the main thing; an update is about the links.
        rest = 1 - self._moment.progress
        width, strength = (1.0, 0.5) if layer.change is None else (1.5 + 2.5 * rest, 1.0)
        ground = theme.color("surface.panel")
        limit = largest([values])
        for row, column in self._chosen_links(number, np.abs(values), list(after), list(before)):
            color = self._color(float(values[row, column]), limit)
            self._painter.setPen(pen(blend(color, ground, strength), width))
            start, end = before[column], after[row]
            self._painter.drawLine(
                QPointF(start.right(), start.center().y()), QPointF(end.left(), end.center().y())
            )

    def _chosen_links(
        self, number: int, sizes: Floats, after: list[int], before: list[int]
    ) -> list[tuple[int, int]]:
        """Return the strongest links between the units drawn, weakest first; if a unit is marked, only its own."""
        marked = self._moment.marked
        if marked is not None and marked.column in (number - 1, number):
            after, before = ([marked.index], before) if marked.column == number else (after, [marked.index])
        sizes = np.nan_to_num(sizes, nan=np.inf)[np.ix_(after, before)]
        order = np.argsort(sizes, axis=None)[-_STRONGEST:]
        rows, columns = np.unravel_index(order, sizes.shape)
        moved = [(row, column) for row, column in zip(rows, columns, strict=True) if sizes[row, column]]
        return [(after[row], before[column]) for row, column in moved]

    def _paint_words(self, columns: Columns) -> None:
        """Write how many units are not drawn, the layers' names, and what the buffer holds for each."""
        height, line = self._grid.height, self._grid.line
        if not self._grid.is_low:
            bottoms = [max(rect.bottom() for rect in rects.values()) for rects in columns]
            self._write(bottoms, self._words.more(), "text.muted")
        font = self._painter.font()
        self._painter.setFont(self._words.bold)
        self._write([height - 2.1 * line] * len(columns), self._words.names(), "text.normal")
        self._painter.setFont(font)
        self._write([height - 1.1 * line] * len(columns), self._words.buffers(), "text.muted")

    def _paint_marks(self, marks: LayerMarks) -> None:
        line = self._grid.line
        for number, layer in enumerate(self._grid.layers):
            if layer.name in marks:
                left = self._grid.column(number).left() + MARK_SIZE / 2 + 1
                paint_mark(self._painter, QPointF(left, self._grid.height - 1.6 * line), marks[layer.name])

    def _write(self, tops: Sequence[float], texts: Sequence[str], token: str) -> None:
        """Write a text into each column, or as much of it as has room."""
        self._painter.setPen(theme.color(token))
        metrics = self._painter.fontMetrics()
        for number, (top, text) in enumerate(zip(tops, texts, strict=True)):
            column = self._grid.caption_column(number)
            fitting = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, ceil(column.width()))
            line = QRectF(column.left(), top, column.width(), metrics.height())
            self._painter.drawText(
                line, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter, fitting
            )

    def _paint_labels(self, number: int, rects: dict[int, QRectF]) -> None:
        """Write the names of inputs and classes beside them, where there is room."""
        labels = self._moment.signal.layers[number].labels
        metrics = self._painter.fontMetrics()
        if not labels or next(iter(rects.values())).height() < 0.7 * metrics.height():
            return
        self._painter.setPen(theme.color("text.muted"))
        column, is_first = self._grid.column(number), number == 0
        side = Qt.AlignmentFlag.AlignRight if is_first else Qt.AlignmentFlag.AlignLeft
        for index, rect in rects.items():
            left, right = (column.left(), rect.left() - 4) if is_first else (rect.right() + 4, column.right())
            name, width = shown_name(labels[index]), right - left
            text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(width))
            if text == name or width >= _LABEL_CHARACTERS * metrics.averageCharWidth():
                room = QRectF(left, rect.center().y() - metrics.height() / 2, width, metrics.height())
                self._painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_arrow(self) -> None:
        """Say where the signal or the gradient just went."""
        painter, phase = self._painter, self._moment.signal.phase
        words = {"forward": tr("signal"), "backward": tr("gradient")}.get(phase)
        if words is None:
            return
        color = theme.color("accent.normal")
        middle = self._grid.column(0).center().x()
        left, right, y = middle, self._grid.width - middle, self._grid.line / 2
        tip, tail = (right, left) if phase == "forward" else (left, right)
        reached = tail + (tip - tail) * self._moment.progress
        back = _ARROW if tip < tail else -_ARROW
        painter.setPen(pen(color, 1.5))
        painter.setBrush(color)
        painter.drawLine(QPointF(tail, y), QPointF(reached, y))
        sides = [QPointF(reached + back, y + side) for side in (-_ARROW / 1.5, _ARROW / 1.5)]
        painter.drawPolygon(QPolygonF([QPointF(reached, y), *sides]))
        room = QRectF(0, 0, painter.fontMetrics().horizontalAdvance(words) + 12, self._grid.line)
        room.moveCenter(QPointF(self._grid.width / 2, y))
        painter.fillRect(room, theme.color("surface.panel"))
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, words)
