"""A plot over the course of a run: it zooms along the x-axis that all such plots share."""

import math

import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QPushButton

from gradlab.language import tr
from gradlab.window.charts.axes import RoundAxis
from gradlab.window.charts.themed_plot import ThemedPlot
from gradlab.window.charts.x_axis import CLOSEST, XAxis

_KEY_STEP = 0.01  # of the visible width, per arrow key


class WholeRunButton(QPushButton):
    """Shows the whole run again; visible only while a part of it is in view."""

    def __init__(self, axis: XAxis) -> None:
        super().__init__(tr("Whole run"))
        self._is_offered = True
        self.setAccessibleName(tr("Whole run"))
        self.setToolTip(tr("Shows all of the run again, as a double click in the picture does."))
        self.clicked.connect(lambda _: self._axis.show_whole_run())
        self.share(axis)

    def share(self, axis: XAxis) -> None:
        """Use another axis from now on."""
        self._axis = axis
        axis.changed.connect(self.follow)
        self.follow()

    def follow(self) -> None:
        """Appear while a part of the run is in view; called with frames, too, as a new run is shown whole."""
        self.setVisible(self._is_offered and self._axis.is_zoomed)

    def offer(self, on: bool) -> None:
        """Allow the button to appear, or hide it whatever is in view."""
        self._is_offered = on
        self.follow()


class TimePlot(ThemedPlot):
    """Dragging moves, the wheel zooms, a double click shows the whole run: in all plots that share the axis.

    With the keyboard: arrows move the cursor, plus and minus zoom, Home shows everything, Escape lets go.

    Attributes:
        axis: what it counts in and which part of the run is in view. Draw when it has changed.

    Signals:
        pointed: this plot, and ``(x, y)`` under the mouse or of the keyboard's cursor (then y is None);
            None where it left.
    """

    pointed = Signal(object, object)

    def __init__(self, axis: XAxis, y_axis: pg.AxisItem) -> None:
        self.axis = axis
        self._shows_label = True
        self._keyboard_x: float | None = None
        super().__init__(RoundAxis("bottom", whole=True), y_axis, tr(axis.kind.label))
        self.setWhatsThis(
            tr(
                "The run from left to right. Point at a place, or press the left and right arrow keys, to "
                "read it off. The wheel, + and − zoom; drag to move along. A double click, or Home, shows "
                "the whole run again. All charts over the run move together. Right-click to save what is "
                "drawn."
            )
        )
        self.view.setMouseEnabled(x=True, y=False)
        self.view.sigRangeChangedManually.connect(self._share_range)
        self.wear()

    def share(self, axis: XAxis) -> None:
        """Use another axis from now on."""
        self.axis = axis

    def show_x_label(self, on: bool) -> None:
        """Show the name of the x-axis, or save its line, e.g. where the plot below has the same."""
        self._shows_label = on
        self._label_axis()

    def show_axis(self) -> None:
        """Show the part of the run that is in view on the axis."""
        self._label_axis()
        axis = self.axis
        low, high = axis.bounds
        self.view.setLimits(xMin=low, xMax=high, minXRange=CLOSEST * axis.end)
        if tuple(self.view.viewRange()[0]) != axis.visible:
            self.view.setRange(xRange=axis.visible, padding=0, disableAutoRange=True)

    def _label_axis(self) -> None:
        kind = self.axis.kind
        self.x_axis.whole = self.axis.unit != "seconds"
        label = tr(kind.label) if self._shows_label else ""
        if label != self.x_label:
            self.x_label = label
            self.take_font()

    def visible(self) -> tuple[float, float]:
        """Return the visible range of x."""
        left, right = self.view.viewRange()[0]
        return left, right

    def columns(self) -> int:
        """Return how many pixels wide the picture is."""
        return max(50, int(self.view.width()))

    def _share_range(self, *_: object) -> None:
        self.axis.show(*self.visible())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the cursor to the mouse."""
        super().mouseMoveEvent(event)
        place = self.under_mouse(event)
        if place is None:
            self.pointed.emit(self, None)
            return
        self._keyboard_x = place.x()
        self.pointed.emit(self, (place.x(), place.y()))

    def leaveEvent(self, event: QEvent) -> None:
        """Take the cursor away."""
        super().leaveEvent(event)
        self.pointed.emit(self, None)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show everything again."""
        super().mouseDoubleClickEvent(event)
        self.axis.show_whole_run()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the cursor and zoom with the keyboard."""
        match event.key():
            case Qt.Key.Key_Left | Qt.Key.Key_Right:
                self._step(-1 if event.key() == Qt.Key.Key_Left else 1)
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self._zoom(0.8)
            case Qt.Key.Key_Minus:
                self._zoom(1.25)
            case Qt.Key.Key_Home:
                self.axis.show_whole_run()
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

    def _zoom(self, factor: float) -> None:
        left, right = self.visible()
        middle = self._keyboard_x if self._keyboard_x is not None else (left + right) / 2
        low, high = middle - (middle - left) * factor, middle + (right - middle) * factor
        if math.isfinite(low) and math.isfinite(high):
            self.view.setXRange(low, high, padding=0)  # within the limits
            self._share_range()
