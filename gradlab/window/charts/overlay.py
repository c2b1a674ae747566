"""Drawn over a chart: marks of what happened, the cursor, and the points it reads off."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontInfo, QFontMetricsF, QPainter

from gradlab.instruments.records import Doubles, Mark
from gradlab.language import tr
from gradlab.window import theme
from gradlab.window.charts.axes import round_spacing
from gradlab.window.charts.colors import pen
from gradlab.window.charts.formatting import whole
from gradlab.window.charts.x_axis import XAxis

_LABEL_ROWS = 3
_NEAR = 7.0  # pixels
_MOST_LINES = 300
_TAG_HEIGHT = 40
_ARROW = 9.0
_STRETCH_ALPHA, _NARROWEST = 36, 3.0  # of 255; pixels
_NOTE_SCALE = 0.85  # beside the half of a tick's label
_LINES = {(True, False): Qt.PenStyle.SolidLine, (False, True): Qt.PenStyle.DotLine}
_NOTHING: Doubles = np.empty(0)


@dataclass(frozen=True)
class PlacedMark:
    """A vertical line at ``x`` with a short text.

    Attributes:
        loud: something went wrong.
        warns: something is likely to go wrong.
        faint: nothing happened.
        spike: an arrow at the top in place of the line: a curve goes on above it.
        until: where the stretch ends that is tinted, from the line on; None for a moment.
    """

    x: float
    text: str
    loud: bool = False
    faint: bool = False
    warns: bool = False
    spike: bool = False
    until: float | None = None


def placed(marks: Iterable[Mark], axis: XAxis) -> tuple[PlacedMark, ...]:
    """Return a run's marks, positioned on an axis; those without an update have no place there."""
    return tuple(
        PlacedMark(
            axis.place(mark.update),
            tr(mark.text),
            loud=mark.kind == "diverged" or mark.level == "error",
            warns=mark.level == "warning",
            until=None if mark.until is None else axis.place(mark.until),
        )
        for mark in marks
        if mark.update is not None
    )


@dataclass(frozen=True)
class Cursor:
    """Where the cursor is: ``y`` is None in the charts that only follow.

    ``points`` are what is read off there: place, value and colour token.
    """

    x: float
    label: str
    y: float | None = None
    points: tuple[tuple[float, float, str], ...] = ()


class Overlay(pg.GraphicsObject):  # type: ignore[misc]
    """Draws in pixels over a view box, so that texts keep their size and can make room for each other."""

    def __init__(self, view: pg.ViewBox) -> None:
        # Beside the view box, not in it: that would cut off the tag on the axis.
        super().__init__(view.parentItem())
        self.marks: tuple[PlacedMark, ...] = ()
        self.cursor: Cursor | None = None
        self.note = ""
        self._epochs = (_NOTHING, _NOTHING)
        self.view = view
        self.setZValue(100)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        view.sigRangeChanged.connect(self._moved)
        view.sigResized.connect(self._moved)

    def _moved(self, *_: object) -> None:
        self.prepareGeometryChange()
        self.setPos(self.view.geometry().topLeft())
        self.update()

    def set_marks(self, marks: tuple[PlacedMark, ...]) -> None:
        """Replace the marks."""
        if marks != self.marks:
            self.marks = marks
            self.update()

    def set_cursor(self, cursor: Cursor | None) -> None:
        """Move the cursor, or take it away."""
        if cursor != self.cursor:
            self.cursor = cursor
            self.update()

    def set_note(self, text: str) -> None:
        """Write a note into the corner of the axes, e.g. the unit of an x-axis that has no line for its name."""
        if text != self.note:
            self.note = text
            self.update()

    def set_epochs(self, places: Doubles, numbers: Doubles) -> None:
        """Mark where these epochs end, as many as have room."""
        self._epochs = places, numbers
        self.update()

    def marked_epochs(self, room: float) -> list[tuple[float, int]]:
        """Return places and numbers of the epochs in view that can be told apart, ``room`` pixels each."""
        places, numbers = self._epochs
        left, right = self.view.viewRange()[0]
        shown = slice(*np.searchsorted(places, [left, right]).tolist())
        places, numbers = places[shown], numbers[shown]
        if not len(numbers):
            return []
        step = max(1.0, round_spacing(len(numbers), self.view.width() / room))
        kept = (numbers > 0) & (numbers % step == 0)
        return list(zip(places[kept].tolist(), numbers[kept].astype(int).tolist(), strict=True))

    def boundingRect(self) -> QRectF:
        """Cover the view box, the tick labels below it and the corner beside them."""
        return QRectF(self.view.rect()).adjusted(-self.pos().x(), 0, 0, _TAG_HEIGHT)

    def to_pixels(self, x: float, y: float) -> QPointF:
        """Return where a point of the data lies, in pixels from the view box's corner."""
        (left, right), (bottom, top) = self.view.viewRange()
        box = self.view.rect()
        return QPointF((x - left) / (right - left) * box.width(), (top - y) / (top - bottom) * box.height())

    def marks_near(self, x: float) -> list[PlacedMark]:
        """Return the marks within a few pixels of ``x``."""
        here = self.to_pixels(x, 0).x()
        return [mark for mark in self.marks if abs(self.to_pixels(mark.x, 0).x() - here) <= _NEAR]

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw marks first, the cursor on top."""
        font = self.scene().font()
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        box = QRectF(self.view.rect())
        self._paint_note(painter, metrics, box)
        painter.setClipRect(box)
        self._paint_marks(painter, metrics, box)
        if self.cursor:
            self._paint_cursor(painter, box, self.cursor)
            painter.setClipping(False)
            self._paint_tag(painter, metrics, box, self.cursor)

    def _paint_note(self, painter: QPainter, metrics: QFontMetricsF, box: QRectF) -> None:
        painter.setPen(theme.color("plot.axis"))
        font = QFont(painter.font())
        font.setPointSizeF(_NOTE_SCALE * QFontInfo(font).pointSizeF())
        painter.save()
        painter.setFont(font)
        corner = QRectF(2 - self.pos().x(), box.height() + 2, self.pos().x(), metrics.height() + 3)
        painter.drawText(corner, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self.note)
        painter.restore()

    def _paint_marks(self, painter: QPainter, metrics: QFontMetricsF, box: QRectF) -> None:
        epochs = [
            PlacedMark(place, _epoch_in_words(whole(number)), faint=True)
            for place, number in self.marked_epochs(metrics.horizontalAdvance(_epoch_in_words("0,000")) + 12)
        ]
        self._paint_stretches(painter, box)
        visible = self._visible((*epochs, *self.marks), box)
        for at, mark in visible[:_MOST_LINES]:
            style = _LINES.get((mark.loud, mark.faint), Qt.PenStyle.DashLine)
            painter.setPen(pen(self._mark_color(mark), 1.5 if mark.loud else 1.0, style))
            if mark.spike:
                _paint_arrow(painter, at, self._mark_color(mark))
            else:
                painter.drawLine(QPointF(at, 0), QPointF(at, box.height()))
        for rect, mark in stagger(visible, metrics, box):
            _paint_label(painter, rect, mark.text, self._mark_color(mark))

    def _paint_stretches(self, painter: QPainter, box: QRectF) -> None:
        for mark in self.marks:
            if mark.until is not None:
                color = self._mark_color(mark)
                color.setAlpha(_STRETCH_ALPHA)
                left, right = (self.to_pixels(x, 0).x() for x in (mark.x, mark.until))
                painter.fillRect(QRectF(left, 0, max(right - left, _NARROWEST), box.height()), color)

    def _visible(self, marks: tuple[PlacedMark, ...], box: QRectF) -> list[tuple[float, PlacedMark]]:
        placed = [(round(self.to_pixels(mark.x, 0).x()) + 0.5, mark) for mark in marks]
        return [(at, mark) for at, mark in placed if -1 <= at <= box.width() + 1]

    def _mark_color(self, mark: PlacedMark) -> QColor:
        if mark.loud or mark.warns:
            return theme.color("status.error" if mark.loud else "status.warning")
        return theme.color("plot.axis" if mark.faint else "plot.mark")

    def _paint_cursor(self, painter: QPainter, box: QRectF, cursor: Cursor) -> None:
        color = theme.color("plot.cursor")
        painter.setPen(pen(color))
        at = self.to_pixels(cursor.x, cursor.y if cursor.y is not None else 0)
        x = round(at.x()) + 0.5
        painter.drawLine(QPointF(x, 0), QPointF(x, box.height()))
        if cursor.y is not None:
            painter.setPen(pen(color, style=Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(0, at.y()), QPointF(box.width(), at.y()))
        self._paint_points(painter, cursor)

    def _paint_tag(self, painter: QPainter, metrics: QFontMetricsF, box: QRectF, cursor: Cursor) -> None:
        """Write the place of the cursor onto the axis, where it hides no curve."""
        if not cursor.label:
            return
        width = metrics.horizontalAdvance(cursor.label) + 12
        left = self.to_pixels(cursor.x, 0).x() - width / 2
        rect = QRectF(min(max(0.0, left), box.width() - width), box.height() + 2, width, metrics.height() + 3)
        painter.setPen(pen(theme.color("surface.border")))
        painter.setBrush(theme.color("surface.raised"))
        painter.drawRoundedRect(rect, 3, 3)
        painter.setPen(theme.color("text.normal"))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, cursor.label)

    def _paint_points(self, painter: QPainter, cursor: Cursor) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(pen(theme.color("plot.background"), 1.5))
        for x, y, token in cursor.points:
            painter.setBrush(theme.color(token))
            painter.drawEllipse(self.to_pixels(x, y), 4.5, 4.5)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def stagger(
    marks: list[tuple[float, PlacedMark]], metrics: QFontMetricsF, box: QRectF
) -> list[tuple[QRectF, PlacedMark]]:
    """Place labels in up to three rows, loud ones first and faint ones last; leave out those without room."""
    placed: list[tuple[QRectF, PlacedMark]] = []
    step = metrics.height() + 4
    rows = max(1, min(_LABEL_ROWS, int(box.height() / 2 / step)))
    worded = [pair for pair in marks[:_MOST_LINES] if pair[1].text]
    for at, mark in sorted(worded, key=lambda pair: (pair[1].faint, not pair[1].loud, pair[0])):
        for row in range(rows):
            rect = _beside(at, 2 + row * step, mark.text, metrics, box)
            if not any(rect.adjusted(-3, 0, 3, 0).intersects(other) for other, _ in placed):
                placed.append((rect, mark))
                break
    return placed


def _beside(x: float, top: float, text: str, metrics: QFontMetricsF, box: QRectF) -> QRectF:
    """Return the label's rectangle right of the line, or left of it if there is no room on the right."""
    width = min(metrics.horizontalAdvance(text) + 8, box.width())
    left = x + 3 if x + 3 + width <= box.width() else x - 3 - width
    return QRectF(max(0.0, left), top, width, metrics.height() + 2)


def _paint_arrow(painter: QPainter, x: float, color: QColor) -> None:
    """Draw an arrow against the top of the chart."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawPolygon([QPointF(x, 0), QPointF(x - _ARROW / 2, _ARROW), QPointF(x + _ARROW / 2, _ARROW)])
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _paint_label(painter: QPainter, rect: QRectF, text: str, color: QColor) -> None:
    back = theme.color("plot.background")
    back.setAlpha(225)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(back)
    painter.drawRoundedRect(rect, 3, 3)
    painter.setPen(color)
    shown = QFontMetricsF(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, shown)


def _epoch_in_words(number: str) -> str:
    return tr("epoch {number}").format(number=number)
