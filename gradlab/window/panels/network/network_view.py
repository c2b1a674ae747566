"""A network as columns of units, with the signal that goes forward and the gradient that comes back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, isfinite, log10
from typing import Literal

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from gradlab.instruments.records import Counts, Floats, SignalLayer, UnitValues
from gradlab.instruments.records import Signal as NetworkSignal
from gradlab.language import shown_name, tr
from gradlab.window import theme
from gradlab.window.charts.colors import blend, pen, signed_ramp
from gradlab.window.charts.formatting import power_of_ten, short, whole
from gradlab.window.theme.themed import Themed
from gradlab.window.widgets.animation import Player, is_wanted

Rows = Literal["batch", "row"]
_SHADES = 101  # odd: the middle one is zero
_PITCH = 8.0  # pixels between two units at the least
_LARGEST = 22.0
_LOW = 9.0  # lines of text
_STRONGEST = 40  # links between two layers: more would only be a grey area
_ARROW = 5.0
_LABEL_CHARACTERS = 6  # a label that is cut off shorter says nothing


@dataclass(frozen=True)
class Spot:
    """A unit that is drawn: the number of its column, and its place in the record's ``shown``."""

    column: int
    index: int


class NetworkView(Themed, QWidget):
    """Draws each unit as two halves: its activation on the left, on the right how the loss depends on it.

    What a phase did moves once through the network where that is asked for.

    Signals:
        pointed: the Spot under the mouse or of the arrow keys, None where it left.
    """

    pointed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.signal: NetworkSignal | None = None
        self.marked: Spot | None = None
        self._before: NetworkSignal | None = None
        self._rows: Rows = "batch"
        self._progress = 1.0
        self.player = Player(self._move_on, self)
        self.setAccessibleName(tr("Network"))
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.wear()

    def show_signal(self, signal: NetworkSignal, *, animated: bool) -> None:
        """Draw what a phase did, ``animated`` where the system lets windows move things."""
        self._before, self.signal = self.signal, signal
        if self.marked is not None and not self._is_there(self.marked):
            self.mark(None)
        self.player.stop()
        self._move_on(1.0)
        if animated and self.isVisible() and is_wanted(self):
            self.player.start()

    def show_rows(self, rows: Rows) -> None:
        """Show the values of the whole batch, or of its first row."""
        self._rows = rows
        self.update()

    def forget(self) -> None:
        """Show nothing."""
        self.player.stop()
        self.signal = self._before = None
        self.mark(None)
        self.update()

    def dress(self) -> None:
        """Take the colours."""
        self._shades = [QColor(*(int(part) for part in color)) for color in signed_ramp(_SHADES)]
        self.update()

    def mark(self, spot: Spot | None) -> None:
        """Put a frame around a unit, and show its own links alone."""
        if spot != self.marked:
            self.marked = spot
            self.pointed.emit(spot)
            self.update()

    def _move_on(self, progress: float) -> None:
        self._progress = progress
        self.update()

    def _is_there(self, spot: Spot) -> bool:
        layers = self.signal.layers if self.signal else ()
        return spot.column < len(layers) and spot.index < len(layers[spot.column].shown)

    # ----------------------------------------------------------------- geometry

    def minimumSizeHint(self) -> QSize:
        """Stay large enough to see something."""
        line = self.fontMetrics().height()
        return QSize(160, 3 * line + int(3 * _PITCH))

    @property
    def _is_low(self) -> bool:
        """Whether the units need the line that says how many more there are."""
        return self.height() < _LOW * self.fontMetrics().height()

    def _area(self) -> QRectF:
        """Return where the units are: below the arrow, above the words."""
        line = self.fontMetrics().height()
        words = 3.2 if self._is_low else 4.2
        return QRectF(0, line, self.width(), max(self.height() - words * line, _PITCH))

    def _drawn(self, layer: SignalLayer) -> Counts:
        """Return which of a layer's units have room, spread over all of them."""
        count = len(layer.shown)
        fitting = max(min(count, int(self._area().height() / _PITCH)), 1)
        return np.linspace(0, count - 1, fitting).round().astype(np.int64)

    def _column(self, number: int) -> QRectF:
        assert self.signal is not None
        width = self.width() / len(self.signal.layers)
        area = self._area()
        return QRectF(number * width, area.top(), width, area.height())

    def _units(self, number: int) -> dict[int, QRectF]:
        """Return where the units of a column are drawn, by their place in the record's ``shown``."""
        assert self.signal is not None
        drawn = self._drawn(self.signal.layers[number]).tolist()
        column = self._column(number)
        pitch = min(column.height() / len(drawn), _LARGEST + 4)
        size = min(max(pitch - 2, 4), _LARGEST)
        width = min(max(2 * size, 18), 0.5 * column.width())
        top = column.center().y() - pitch * len(drawn) / 2 + (pitch - size) / 2
        left = column.center().x() - width / 2
        return {index: QRectF(left, top + place * pitch, width, size) for place, index in enumerate(drawn)}

    def spot_at(self, place: QPointF) -> Spot | None:
        """Return the unit drawn there, or None."""
        for column in range(len(self.signal.layers) if self.signal else 0):
            for index, rect in self._units(column).items():
                if rect.adjusted(-2, -1, 2, 1).contains(place):
                    return Spot(column, index)
        return None

    # ----------------------------------------------------------------- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the links, the units on them, and the words."""
        if self.signal is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        units = [self._units(number) for number in range(len(self.signal.layers))]
        for number in range(1, len(units)):
            self._paint_links(painter, number, units[number - 1], units[number])
        limit = _largest(self._gradient(layer) for layer in self._source().layers)
        for number, rects in enumerate(units):
            self._paint_units(painter, number, rects, limit)
            self._paint_words(painter, number, rects)
            self._paint_labels(painter, number, rects)
        self._paint_arrow(painter)

    def _source(self) -> NetworkSignal:
        """Return whose values are drawn: while zeroing sweeps them away, those before it."""
        assert self.signal is not None
        leaving = self.signal.phase == "zeroed" and not self.signal.emptied and self._progress < 1
        return self._before if leaving and self._before is not None else self.signal

    def _activation(self, layer: SignalLayer) -> Floats | None:
        return self._of_rows(layer.activation)

    def _gradient(self, layer: SignalLayer) -> Floats | None:
        return self._of_rows(layer.gradient)

    def _of_rows(self, values: UnitValues | None) -> Floats | None:
        return None if values is None else getattr(values, self._rows)

    def _paint_units(self, painter: QPainter, number: int, rects: dict[int, QRectF], limit: float) -> None:
        layer = self._source().layers[number]
        activation, gradient = self._activation(layer), self._gradient(layer)
        own = _largest([activation])
        for index, rect in rects.items():
            left, right = QRectF(rect), QRectF(rect)
            left.setRight(rect.center().x())
            right.setLeft(rect.center().x())
            painter.fillRect(rect, theme.color("surface.panel"))
            if activation is not None:
                painter.setOpacity(self._opacity(number, "forward"))
                painter.fillRect(left, self._color(float(activation[index]), own))
            if gradient is not None:
                painter.setOpacity(self._opacity(number, "backward"))
                painter.fillRect(right, self._color(float(gradient[index]), limit))
            painter.setOpacity(1.0)
            self._paint_frame(painter, rect, is_marked=self.marked == Spot(number, index))

    def _paint_frame(self, painter: QPainter, rect: QRectF, *, is_marked: bool) -> None:
        token, width = ("accent.focus", 2.0) if is_marked else ("text.disabled", 1.0)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(pen(theme.color(token), width))
        painter.drawRect(rect)

    def _opacity(self, number: int, phase: Literal["forward", "backward"]) -> float:
        """Return how far the wave of a phase has filled a column, or that of zeroing has left of it."""
        assert self.signal is not None
        if self.signal.phase == "zeroed" and not self.signal.emptied:
            return 1 - self._progress
        if self.signal.phase != phase:
            return 1.0
        columns = len(self.signal.layers)
        before = number if phase == "forward" else columns - 1 - number
        return float(np.clip(self._progress * columns - before, 0, 1))

    def _color(self, value: float, limit: float) -> QColor:
        if not np.isfinite(value):
            return theme.color("signed.nan")
        if value == 0:
            return theme.color("signed.exact_zero")
        return self._shades[round((value / limit + 1) / 2 * (_SHADES - 1))]

    def _paint_links(
        self, painter: QPainter, number: int, before: dict[int, QRectF], after: dict[int, QRectF]
    ) -> None:
        """Draw the strongest links into a column; after an update, the change of those that moved most."""
        assert self.signal is not None
        layer = self.signal.layers[number]
        values = layer.weights if layer.change is None else layer.change
        if values is None:
            return
        # At rest the units are the main thing; an update is about the links.
        width, strength = (1.0, 0.5) if layer.change is None else (1.5 + 2.5 * (1 - self._progress), 1.0)
        ground = theme.color("surface.panel")
        limit = _largest([values])
        for row, column in self._chosen_links(number, np.abs(values), list(after), list(before)):
            color = self._color(float(values[row, column]), limit)
            painter.setPen(pen(blend(color, ground, strength), width))
            start, end = before[column], after[row]
            painter.drawLine(
                QPointF(start.right(), start.center().y()), QPointF(end.left(), end.center().y())
            )

    def _chosen_links(
        self, number: int, sizes: Floats, after: list[int], before: list[int]
    ) -> list[tuple[int, int]]:
        """Return the strongest links between the units drawn, weakest first; of a marked unit, its own."""
        if self.marked is not None and self.marked.column in (number - 1, number):
            is_after = self.marked.column == number
            after, before = ([self.marked.index], before) if is_after else (after, [self.marked.index])
        sizes = np.nan_to_num(sizes, nan=np.inf)[np.ix_(after, before)]
        order = np.argsort(sizes, axis=None)[-_STRONGEST:]
        rows, columns = np.unravel_index(order, sizes.shape)
        moved = [(row, column) for row, column in zip(rows, columns, strict=True) if sizes[row, column]]
        return [(after[row], before[column]) for row, column in moved]

    def _paint_words(self, painter: QPainter, number: int, rects: dict[int, QRectF]) -> None:
        """Write how many units are not drawn, the layer's name, and what the buffer holds for it."""
        assert self.signal is not None
        layers, line = self.signal.layers, self.fontMetrics().height()
        if not self._is_low:
            more = self._alike([self._more(layer) for layer in layers], self.fontMetrics())
            self._write(painter, number, max(rect.bottom() for rect in rects.values()), more, "text.muted")
        bold = QFont(self.font())
        bold.setBold(True)
        painter.setFont(bold)
        names = self._alike([self._names(layer) for layer in layers], QFontMetrics(bold))
        self._write(painter, number, self.height() - 2.1 * line, names, "text.normal")
        painter.setFont(self.font())
        self._write(painter, number, self.height() - 1.1 * line, self._buffer_words(), "text.muted")

    def _more(self, layer: SignalLayer) -> tuple[str, str]:
        """Say how many units are not drawn."""
        hidden = layer.units - len(self._drawn(layer))
        return (tr("… {count} more").format(count=whole(hidden)), f"+{whole(hidden)}") if hidden else ("", "")

    def _names(self, layer: SignalLayer) -> tuple[str, str]:
        """Return a layer's name, with what is not drawn where that has no line of its own, and without."""
        _, more = self._more(layer)
        name = shown_name(layer.name)
        return f"{name} {more}".strip() if self._is_low else name, name

    def _caption_column(self, number: int) -> QRectF:
        return self._column(number).adjusted(2, 0, -2, 0)

    def _buffer_words(self) -> list[str]:
        """Say what the buffer holds for each layer; in short, what these numbers are stands under the inputs."""
        assert self.signal is not None
        _, *layers = self.signal.layers
        return self._alike([("", *3 * (tr("buffer"),)), *map(_buffer, layers)], self.fontMetrics())

    def _alike(self, texts: Sequence[tuple[str, ...]], metrics: QFontMetrics) -> list[str]:
        """Return a text of each layer, first at length, then ever shorter, so that all of them have room."""
        lengths = [list(row) for row in zip(*texts, strict=True)]
        room = self._caption_column(0).width()
        fitting = (row for row in lengths if max(map(metrics.horizontalAdvance, row)) <= room)
        return next(fitting, lengths[-1])

    def _write(self, painter: QPainter, number: int, top: float, texts: Sequence[str], token: str) -> None:
        """Write a layer's text, or as much of it as can be."""
        painter.setPen(theme.color(token))
        column, metrics = self._caption_column(number), painter.fontMetrics()
        text = metrics.elidedText(texts[number], Qt.TextElideMode.ElideMiddle, ceil(column.width()))
        line = QRectF(column.left(), top, column.width(), metrics.height())
        painter.drawText(line, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_labels(self, painter: QPainter, number: int, rects: dict[int, QRectF]) -> None:
        """Write the names of inputs and classes beside them, where there is room."""
        assert self.signal is not None
        labels = self.signal.layers[number].labels
        metrics = self.fontMetrics()
        if not labels or next(iter(rects.values())).height() < 0.7 * metrics.height():
            return
        painter.setPen(theme.color("text.muted"))
        column, is_first = self._column(number), number == 0
        side = Qt.AlignmentFlag.AlignRight if is_first else Qt.AlignmentFlag.AlignLeft
        for index, rect in rects.items():
            left, right = (column.left(), rect.left() - 4) if is_first else (rect.right() + 4, column.right())
            text = metrics.elidedText(
                shown_name(labels[index]), Qt.TextElideMode.ElideRight, int(right - left)
            )
            if (
                text != shown_name(labels[index])
                and right - left < _LABEL_CHARACTERS * metrics.averageCharWidth()
            ):
                continue
            room = QRectF(left, rect.center().y() - metrics.height() / 2, right - left, metrics.height())
            painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_arrow(self, painter: QPainter) -> None:
        """Say where the signal or the gradient just went."""
        assert self.signal is not None
        words = {"forward": tr("signal"), "backward": tr("gradient")}.get(self.signal.phase)
        if words is None:
            return
        color = theme.color("accent.normal")
        line = self.fontMetrics().height()
        left, right, y = self._column(0).center().x(), self.width() - self._column(0).center().x(), line / 2
        tip, tail = (right, left) if self.signal.phase == "forward" else (left, right)
        reached = tail + (tip - tail) * self._progress
        back = _ARROW if tip < tail else -_ARROW
        painter.setPen(pen(color, 1.5))
        painter.setBrush(color)
        painter.drawLine(QPointF(tail, y), QPointF(reached, y))
        corners = [
            QPointF(reached, y),
            *(QPointF(reached + back, y + side) for side in (-_ARROW / 1.5, _ARROW / 1.5)),
        ]
        painter.drawPolygon(QPolygonF(corners))
        room = QRectF(0, 0, self.fontMetrics().horizontalAdvance(words) + 12, line)
        room.moveCenter(QPointF(self.width() / 2, y))
        painter.fillRect(room, theme.color("surface.panel"))
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, words)

    # -------------------------------------------------------------------- input

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Read off a unit."""
        self.mark(self.spot_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Let go."""
        self.mark(None)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Let go."""
        super().focusOutEvent(event)
        self.mark(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move from unit to unit with the arrow keys."""
        steps = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, -1),
            Qt.Key.Key_Down: (0, 1),
        }
        step = steps.get(Qt.Key(event.key()))
        if step is None or self.signal is None:
            super().keyPressEvent(event)
            return
        self.mark(self._next(*step))

    def _next(self, across: int, down: int) -> Spot:
        assert self.signal is not None
        if self.marked is None:
            return Spot(0, 0)
        column = int(np.clip(self.marked.column + across, 0, len(self.signal.layers) - 1))
        drawn = list(self._units(column))
        nearest = int(np.argmin(np.abs(np.array(drawn) - self.marked.index)))
        return Spot(column, drawn[int(np.clip(nearest + down, 0, len(drawn) - 1))])

    # -------------------------------------------------------------------- words

    def in_words(self, spot: Spot) -> str:
        """Say what a unit holds."""
        assert self.signal is not None
        layer = self.signal.layers[spot.column]
        activation, gradient = self._activation(layer), self._gradient(layer)
        if activation is None:
            said = tr("{layer}, {unit}")
        elif gradient is None:
            said = tr("{layer}, {unit}: signal {signal}")
        else:
            said = tr("{layer}, {unit}: signal {signal}, gradient {gradient}")
        return said.format(
            layer=shown_name(layer.name),
            unit=_unit_name(layer, spot),
            signal="" if activation is None else short(float(activation[spot.index])),
            gradient="" if gradient is None else short(float(gradient[spot.index])),
        )


def _unit_name(layer: SignalLayer, spot: Spot) -> str:
    if layer.labels:
        return tr("“{name}”").format(name=shown_name(layer.labels[spot.index]))
    said = tr("channel {number}") if layer.kind == "channel" else tr("unit {number}")
    return said.format(number=layer.shown[spot.index])


def _buffer(layer: SignalLayer) -> tuple[str, str, str, str]:
    """Say what the buffer holds for a layer, first at length, then ever shorter."""
    norm = layer.norm
    if norm is None:
        return tr("buffer empty"), *3 * (tr("empty"),)
    rough = f"~{power_of_ten(round(log10(norm)))}" if norm and isfinite(norm) else short(norm)
    return tr("buffer {norm}").format(norm=short(norm)), short(norm), short(norm, 2), rough


def _largest(parts: Iterable[Floats | None]) -> float:
    """Return the largest finite magnitude; 1 where there is none."""
    found = [np.abs(part[np.isfinite(part)]).max(initial=0) for part in parts if part is not None]
    return float(max(found, default=0)) or 1.0
