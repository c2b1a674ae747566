"""The place of each value of a grid in a rectangle, and its neighbours."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF

from gradlab.window.panels.gradients.value_grid import GAP, ValueGrid


class ValueCells:
    """The cells of a grid; positions are those in the flattened parameter.

    Attributes:
        grid: which value belongs where.
        rect: where the picture is, in pixels.
    """

    def __init__(self, grid: ValueGrid) -> None:
        self.grid = grid
        self.rect = QRectF()
        there = grid.order != GAP
        self._places = np.flatnonzero(there)[np.argsort(grid.order[there])]

    def place_in(self, room: QRectF, stretch: float = 1.0) -> None:
        """Fill a rectangle; square values fill only as much of it as stretches them by at most ``stretch``."""
        self.rect = QRectF(room)
        if self.grid.is_square:
            rows, columns = self.grid.order.shape
            wide, high = room.width() / columns, room.height() / rows
            wide, high = min(wide, high * stretch), min(high, wide * stretch)
            self.rect.setSize(QSizeF(wide * columns, high * rows))
            self.rect.moveCenter(room.center())

    def index_at(self, place: QPointF) -> int | None:
        """Return which value is drawn at a place; None beside the picture and in a gap."""
        if not self.rect.contains(place) or self.rect.isEmpty():
            return None
        rows, columns = self.grid.order.shape
        down = int((place.y() - self.rect.top()) / self.rect.height() * rows)
        across = int((place.x() - self.rect.left()) / self.rect.width() * columns)
        index = int(self.grid.order[min(rows - 1, down), min(columns - 1, across)])
        return None if index == GAP else index

    def place_of(self, index: int) -> tuple[int, int]:
        """Return the row and the column of a value in the picture."""
        row, column = divmod(int(self._places[index]), self.grid.order.shape[1])
        return row, column

    def cell_rect(self, index: int) -> QRectF:
        """Return the rectangle of a value."""
        rows, columns = self.grid.order.shape
        row, column = self.place_of(index)
        width, height = self.rect.width() / columns, self.rect.height() / rows
        return QRectF(self.rect.left() + column * width, self.rect.top() + row * height, width, height)

    def step(self, index: int, down: int, across: int) -> int | None:
        """Return the next value in a direction, over gaps; None beyond the edge."""
        order = self.grid.order
        row, column = self.place_of(index)
        while 0 <= row + down < order.shape[0] and 0 <= column + across < order.shape[1]:
            row, column = row + down, column + across
            if order[row, column] != GAP:
                return int(order[row, column])
        return None

    def enter(self, share: float, down: int, across: int) -> int:
        """Return the first value met when coming in over an edge, ``share`` of the way along it."""
        order = self.grid.order
        lines = (order if across else order.T)[:, :: across + down]
        line = lines[min(int(share * len(lines)), len(lines) - 1)]
        return int(line[np.argmax(line != GAP)]) if (line != GAP).any() else int(order[0, 0])

    def share_of(self, index: int, across: int) -> float:
        """Return how far along the edge a value is, from 0 to 1: downwards for moves across, else to the right."""
        axis = 0 if across else 1
        length: int = self.grid.order.shape[axis]
        return (self.place_of(index)[axis] + 0.5) / length
