"""A themed chart over epochs: it zooms along x, its height follows what is in view."""

import math

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from gradlab.window.plots.axes import RoundAxis
from gradlab.window.plots.overlay import Overlay
from gradlab.window.plots.themed_plot import ThemedPlot
from gradlab.window.theme.tokens import Theme

_KEY_STEP = 0.01  # of the visible width, per arrow key


class Chart(ThemedPlot):
    """Curves over x. Dragging moves, the wheel zooms, a double click shows everything again.

    With the keyboard: arrows move the cursor, plus and minus zoom, Home shows everything, Escape lets go.

    Signals:
        pointed: this chart, and ``(x, y)`` under the mouse or of the keyboard's cursor (then y is None);
            None where it left.
        zoomed: this chart, whose visible range of x was changed by hand.
        everything_wanted: the whole range shall be shown again.
    """

    pointed = Signal(object, object)
    zoomed = Signal(object)
    everything_wanted = Signal()

    def __init__(self, theme: Theme, x_label: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, RoundAxis("bottom", whole=True), RoundAxis("left"), x_label, parent)
        self._full_label = x_label
        self._keyboard_x: float | None = None
        self.view.setMouseEnabled(x=True, y=False)
        self.overlay = Overlay(self.view, theme)
        self.view.sigRangeChangedManually.connect(self._was_zoomed)
        self.apply_theme(theme)

    def apply_theme(self, theme: Theme) -> None:
        """Take every colour anew, and the font."""
        super().apply_theme(theme)
        self.overlay.theme = theme
        self.overlay.update()

    def show_x_label(self, on: bool) -> None:
        """Show the name of the x axis, or save its line where the chart below has the same."""
        label = self._full_label if on else ""
        if label != self.x_label:
            self.x_label = label
            self.take_font()

    def set_range(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        """Show exactly this range; y in powers of ten on a logarithmic axis."""
        if self.view.viewRange() != [list(x), list(y)]:
            self.view.setRange(xRange=x, yRange=y, padding=0, disableAutoRange=True)

    def visible(self) -> tuple[float, float]:
        """Return the visible range of x."""
        left, right = self.view.viewRange()[0]
        return left, right

    def columns(self) -> int:
        """Return how many pixels wide the curves are."""
        return max(50, int(self.view.width()))

    def _was_zoomed(self, *_: object) -> None:
        self.zoomed.emit(self)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Read off under the mouse."""
        super().mouseMoveEvent(event)
        place = self.under_mouse(event)
        if place is None:
            self.pointed.emit(self, None)
            return
        self._keyboard_x = place.x()
        self.pointed.emit(self, (place.x(), place.y()))

    def leaveEvent(self, event: QEvent) -> None:
        """Let go of the cursor."""
        super().leaveEvent(event)
        self.pointed.emit(self, None)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show everything again."""
        super().mouseDoubleClickEvent(event)
        self.everything_wanted.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do with keys what the mouse does."""
        left, right = self.visible()
        match event.key():
            case Qt.Key.Key_Left | Qt.Key.Key_Right:
                self._step(-1 if event.key() == Qt.Key.Key_Left else 1)
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self._zoom(0.8, left, right)
            case Qt.Key.Key_Minus:
                self._zoom(1.25, left, right)
            case Qt.Key.Key_Home:
                self.everything_wanted.emit()
            case Qt.Key.Key_Escape:
                self._keyboard_x = None
                self.pointed.emit(self, None)
            case _:
                super().keyPressEvent(event)

    def _step(self, direction: int) -> None:
        left, right = self.visible()
        here = self._keyboard_x if self._keyboard_x is not None else (left + right) / 2
        self._keyboard_x = min(right, max(left, here + direction * _KEY_STEP * (right - left)))
        self.pointed.emit(self, (self._keyboard_x, None))

    def _zoom(self, factor: float, left: float, right: float) -> None:
        middle = self._keyboard_x if self._keyboard_x is not None else (left + right) / 2
        low, high = middle - (middle - left) * factor, middle + (right - middle) * factor
        if math.isfinite(low) and math.isfinite(high):
            self.view.setXRange(low, high, padding=0)
            self.zoomed.emit(self)
