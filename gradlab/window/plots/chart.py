"""A themed chart over epochs: it zooms along x, its height follows what is in view."""

import math

import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from gradlab.window.plots.axes import RoundAxis
from gradlab.window.plots.colors import pen
from gradlab.window.plots.overlay import Overlay
from gradlab.window.theme.tokens import Theme

_KEY_STEP = 0.01  # of the visible width, per arrow key


class Chart(pg.PlotWidget):  # type: ignore[misc]
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
        self.x_axis = RoundAxis("bottom", whole=True)
        self.y_axis = RoundAxis("left")
        super().__init__(parent, axisItems={"bottom": self.x_axis, "left": self.y_axis})
        self.theme = theme
        self._x_label = x_label
        self._labelled = True
        self._keyboard_x: float | None = None
        for axis in (self.x_axis, self.y_axis):
            axis.setZValue(-1000)  # the grid belongs behind the curves
        self.view: pg.ViewBox = self.getPlotItem().getViewBox()
        self.view.setMouseEnabled(x=True, y=False)
        self.view.setDefaultPadding(0)
        self.view.disableAutoRange()
        self.getPlotItem().setMenuEnabled(False)
        self.getPlotItem().hideButtons()
        self.getPlotItem().layout.setContentsMargins(2, 6, 10, 0)
        self.overlay = Overlay(self.view, theme)
        self.view.sigRangeChangedManually.connect(self._was_zoomed)
        self.apply_theme(theme)

    def apply_theme(self, theme: Theme) -> None:
        """Take every colour anew, and the font."""
        self.theme = theme
        self.overlay.theme = theme
        self.setBackground(theme.color("plot.background"))
        for axis in (self.x_axis, self.y_axis):
            axis.setPen(pen(theme.color("plot.grid")))
            axis.setTickPen(pen(theme.color("plot.grid")))
            axis.setTextPen(pen(theme.color("plot.axis")))
        self._take_font()

    def show_x_label(self, on: bool) -> None:
        """Show the name of the x axis, or save its line where the chart below has the same."""
        if on != self._labelled:
            self._labelled = on
            self._take_font()

    def _take_font(self) -> None:
        font = self.font()
        self.scene().setFont(font)
        height = self.fontMetrics().height()
        for axis in (self.x_axis, self.y_axis):
            axis.setTickFont(font)
        self.y_axis.setWidth(self.fontMetrics().horizontalAdvance("0.0001") + 12)
        color = self.theme.color("plot.axis").name()
        size = f"{font.pointSizeF():g}pt" if font.pointSizeF() > 0 else f"{font.pixelSize()}px"
        self.x_axis.setLabel(self._x_label, **{"color": color, "font-size": size})
        self.x_axis.showLabel(self._labelled)
        self.x_axis.setHeight((2 * height if self._labelled else height) + 5)

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
        scene = self.mapToScene(event.position().toPoint())
        if not self.view.sceneBoundingRect().contains(scene):
            self.pointed.emit(self, None)
            return
        place = self.view.mapSceneToView(scene)
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

    def changeEvent(self, event: QEvent) -> None:
        """Follow the font of the theme, e.g. in large text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "overlay"):
            self._take_font()
