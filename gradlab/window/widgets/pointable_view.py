"""A picture in which one thing at a time can be pointed at."""

from typing import Generic, TypeVar

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

Spot = TypeVar("Spot")
STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class PointableView(QWidget, Generic[Spot]):
    """A picture whose parts are pointed at with the mouse or the arrow keys, and let go by either.

    A subclass says what a spot is (a unit's number, a cell, …), where it is, and what lies beside it; it draws a
    frame around ``marked``::

        class Squares(PointableView[int]):
            def spot_at(self, place):
                number = int(place.x() // SIDE)
                return number if number < self.count else None

            def beside_marked(self, across, down):
                return 0 if self.marked is None else min(max(self.marked + across, 0), self.count - 1)

    Attributes:
        pointed: emitted with the spot that is pointed at, None when it is let go.
        marked: the spot that is framed; None where there is none.
    """

    pointed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.marked: Spot | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def spot_at(self, place: QPointF) -> Spot | None:
        """Return the spot that is drawn at a place, or None."""
        raise NotImplementedError

    def beside_marked(self, across: int, down: int) -> Spot | None:
        """Return the spot one step beside the marked one: itself at an edge, None where there are no spots."""
        raise NotImplementedError

    def mark(self, spot: Spot | None) -> None:
        """Frame a spot, without a signal."""
        if spot != self.marked:
            self.marked = spot
            self.update()

    def point(self, spot: Spot | None) -> None:
        """Frame a spot and emit ``pointed``, as mouse and keys do."""
        if spot != self.marked:
            self.mark(spot)
            self.pointed.emit(spot)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.point(self.spot_at(event.position()))

    @override
    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.point(None)

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.point(None)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = STEPS.get(Qt.Key(event.key()))
        spot = self.beside_marked(*step) if step else None
        if spot is None:
            super().keyPressEvent(event)
        else:
            self.point(spot)
