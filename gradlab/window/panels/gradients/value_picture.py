"""One array as a picture: where its values are, what they are, and how it is painted."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QBrush, QImage, QPainter

from gradlab.instruments.records import Floats
from gradlab.window import theme
from gradlab.window.charts.colors import Bytes, pen
from gradlab.window.charts.heat_colors import GAP as GAP_COLOR
from gradlab.window.charts.heat_colors import Summary, encode, pooled, to_image
from gradlab.window.panels.gradients.value_grid import GAP, Arrangement


class ArrayPicture:
    """The values of an array in their arrangement, inside a rectangle.

    Attributes:
        arrangement: where each value belongs; ``rect`` where the picture is, in pixels.
        summary: what is said of the values; None where there are none.
    """

    def __init__(self, arrangement: Arrangement) -> None:
        self.arrangement = arrangement
        self.rect = QRectF()
        self.summary: Summary | None = None
        self._values: Floats | None = None
        self._image: QImage | None = None
        order = arrangement.order
        self._there = order != GAP
        self._has_gaps = not self._there.all()
        self._empty: NDArray[np.bool_] | None = None
        self._empty_size = (0, 0)
        self._places = np.flatnonzero(self._there)[np.argsort(order[self._there])]

    # ------------------------------------------------------------------- values

    def take(self, values: Floats | None) -> None:
        """Take new values and measure them; ``draw`` then makes them visible."""
        self._values = None if values is None else values.ravel()
        self.summary = None if values is None else Summary.of(values)

    def value(self, index: int) -> np.float32 | None:
        """Return one value; None where there is none."""
        return None if self._values is None else np.float32(self._values[index])

    # ----------------------------------------------------------------- geometry

    def place_in(self, room: QRectF, stretch: float = 1.0) -> None:
        """Fill a rectangle; where values should be square, as much of it as stretches them no more than this."""
        self.rect = QRectF(room)
        if self.arrangement.is_square:
            rows, columns = self.arrangement.order.shape
            wide, high = room.width() / columns, room.height() / rows
            wide, high = min(wide, high * stretch), min(high, wide * stretch)
            self.rect.setSize(QSizeF(wide * columns, high * rows))
            self.rect.moveCenter(room.center())

    def index_at(self, place: QPointF) -> int | None:
        """Return which value is drawn there; None beside the picture and in a gap."""
        if not self.rect.contains(place) or self.rect.isEmpty():
            return None
        rows, columns = self.arrangement.order.shape
        down = int((place.y() - self.rect.top()) / self.rect.height() * rows)
        across = int((place.x() - self.rect.left()) / self.rect.width() * columns)
        index = int(self.arrangement.order[min(rows - 1, down), min(columns - 1, across)])
        return None if index == GAP else index

    def place_of(self, index: int) -> tuple[int, int]:
        """Return the row and the column of a value in the picture."""
        row, column = divmod(int(self._places[index]), self.arrangement.order.shape[1])
        return row, column

    def cell_rect(self, index: int) -> QRectF:
        """Return where a value is drawn."""
        rows, columns = self.arrangement.order.shape
        row, column = self.place_of(index)
        width, height = self.rect.width() / columns, self.rect.height() / rows
        return QRectF(self.rect.left() + column * width, self.rect.top() + row * height, width, height)

    def step(self, index: int, down: int, across: int) -> int | None:
        """Return the next value in a direction, over gaps; None beyond the edge."""
        order = self.arrangement.order
        row, column = self.place_of(index)
        while 0 <= row + down < order.shape[0] and 0 <= column + across < order.shape[1]:
            row, column = row + down, column + across
            if order[row, column] != GAP:
                return int(order[row, column])
        return None

    def enter(self, share: float, down: int, across: int) -> int:
        """Return the value at which one comes in, moving in a direction, ``share`` of the way along the edge."""
        order = self.arrangement.order
        lines = (order if across else order.T)[:, :: across + down]
        line = lines[min(int(share * len(lines)), len(lines) - 1)]
        return int(line[np.argmax(line != GAP)]) if (line != GAP).any() else int(order[0, 0])

    def share_of(self, index: int, across: int) -> float:
        """Return how far down a value is, or how far to the right where one moves up or down."""
        axis = 0 if across else 1
        length: int = self.arrangement.order.shape[axis]
        return (self.place_of(index)[axis] + 0.5) / length

    # ----------------------------------------------------------------- painting

    def draw(self, limit: float, table: list[int], ratio: float) -> None:
        """Make the picture, on a scale from −limit to limit, for a display of so many pixels per unit."""
        if self._values is None or self.rect.isEmpty():
            self._image = None
            return
        rows, columns = int(self.rect.height() * ratio), int(self.rect.width() * ratio)
        order = self.arrangement.order
        if order.shape[0] > rows or order.shape[1] > columns:
            codes = self._pooled(limit, rows, columns)
        else:
            codes = np.append(encode(self._values, limit), np.uint8(GAP_COLOR))[order]  # GAP: the last one
        self._image = to_image(codes, table)

    def _pooled(self, limit: float, rows: int, columns: int) -> Bytes:
        assert self._values is not None
        values = np.append(self._values, np.float32(0))[self.arrangement.order]
        codes = encode(pooled(values, rows, columns), limit)
        if self._has_gaps:
            codes[self._nothing_left(rows, columns)] = GAP_COLOR
        return codes

    def _nothing_left(self, rows: int, columns: int) -> NDArray[np.bool_]:
        """Return where a smaller picture shows nothing but gaps; that changes with its size alone."""
        if self._empty is None or self._empty_size != (rows, columns):
            self._empty = pooled(self._there.astype(np.float32), rows, columns) == 0
            self._empty_size = (rows, columns)
        return self._empty

    def recolor(self, table: list[int]) -> None:
        """Take the colours of another theme."""
        if self._image is not None:
            self._image.setColorTable(table)

    def paint(self, painter: QPainter, nothing: QBrush) -> None:
        """Draw it; ``nothing`` fills it where there are no values."""
        if self._image is None:
            painter.fillRect(self.rect, nothing)
        else:
            painter.drawImage(self.rect, self._image)
        if self._image is None or not self._has_gaps:
            painter.setPen(pen(theme.color("surface.border")))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect.adjusted(0.5, 0.5, -0.5, -0.5))
