"""Points in a plane: what all pictures of two-dimensional data have in common."""

from collections.abc import Iterable
from html import escape

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QFontInfo, QResizeEvent

from gradlab.instruments.records import Doubles
from gradlab.window import theme
from gradlab.window.charts.axes import RoundAxis
from gradlab.window.charts.colors import pen
from gradlab.window.theme.themed import Themed

# pyqtgraph's name of each symbol and the letter that shows it in a legend.
SYMBOLS = (("o", "●"), ("s", "■"), ("t1", "▲"), ("d", "◆"), ("star", "★"), ("t", "▼"))
_NAMED_LINES = 11  # height from which on the axes have room for names, in lines of text
HOLLOW = {"●": "○", "■": "□", "▲": "△", "◆": "◇", "★": "☆", "▼": "▽"}


class ScatterPlot(Themed, pg.PlotWidget):  # type: ignore[misc]
    """A still picture of points: the axes follow the data, not the mouse. Call ``wear`` once it is complete."""

    def __init__(self) -> None:
        self._axes = {"bottom": RoundAxis("bottom"), "left": RoundAxis("left")}
        super().__init__(axisItems=self._axes)  # type: ignore[call-arg]
        self._names = {"bottom": "", "left": ""}
        item = self.getPlotItem()
        item.setMenuEnabled(False)
        # pyqtgraph leaves its menu without an owner, and so without an end.
        item.ctrlMenu.setParent(self, item.ctrlMenu.windowFlags())
        item.hideButtons()
        item.layout.setContentsMargins(2, 4, 12, 2)
        item.getViewBox().setMouseEnabled(x=False, y=False)
        item.getViewBox().disableAutoRange()

    def dress(self) -> None:
        """Apply the theme's colours."""
        self.setBackground(theme.color("plot.background"))
        for axis in self._axes.values():
            axis.setPen(pen(theme.color("plot.grid")))
            axis.setTickPen(pen(theme.color("plot.grid")))
            axis.setTextPen(pen(theme.color("plot.axis")))
        self._label_axes()

    def name_axes(self, x: str, y: str) -> None:
        """Name the axes."""
        names = {"bottom": x, "left": y}
        if names != self._names:
            self._names = names
            self._label_axes()

    def _label_axes(self) -> None:
        style = {
            "color": theme.color("plot.axis").name(),
            "font-size": f"{QFontInfo(self.font()).pointSizeF():g}pt",
        }
        for side, axis in self._axes.items():
            axis.setTickFont(self.font())
            axis.setLabel(escape(self._names[side]), **style)
        self._make_room()

    def _make_room(self) -> None:
        """Name the axes, unless the points need the room more."""
        line = self.fontMetrics().height()
        named = self.height() >= _NAMED_LINES * line
        for axis in self._axes.values():
            axis.showLabel(named)
        self._axes["left"].setWidth(self.fontMetrics().horizontalAdvance("−00.00") + 10 + named * line)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Name the axes only where there is room."""
        super().resizeEvent(event)
        if hasattr(self, "_names"):  # pyqtgraph resizes already while it is built
            self._make_room()

    def set_range(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        """Show exactly this range."""
        view = self.getPlotItem().getViewBox()
        if view.viewRange() != [list(x), list(y)]:
            view.setRange(xRange=x, yRange=y, padding=0, disableAutoRange=True)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the font of the theme, e.g. in large text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "_names"):
            self._label_axes()


class Points(pg.ScatterPlotItem):  # type: ignore[misc]
    """Points of one kind: filled for training rows, hollow for validation rows.

    Attributes:
        size: in pixels, where there is room for it.
    """

    def __init__(self, symbol: str, hollow: bool, size: int = 8) -> None:
        super().__init__(symbol=symbol, size=size, pxMode=True)
        self.size = size
        self._hollow = hollow
        self._scale = 1.0
        self._colors: tuple[QColor, QColor] | None = None
        self._shown: Doubles | None = None

    def take_colors(self, color: QColor, background: QColor) -> None:
        """Colour the edges of hollow points; fill others, with an edge that sets them off from neighbours."""
        edge, fill = self._colors = (color, background) if self._hollow else (background, color)
        self.setPen(pen(edge, (1.6 if self._hollow else 0.8) * self._scale))
        self.setBrush(fill)

    def take_scale(self, scale: float) -> None:
        """Draw the points in this share of their size."""
        if scale != self._scale:
            self._scale = scale
            self.setSize(self.size * scale)
            if self._colors is not None:
                edge, _ = self._colors
                self.setPen(pen(edge, (1.6 if self._hollow else 0.8) * scale))

    def show_points(self, points: Doubles) -> None:
        """Draw ``points``, shape ``(rows, 2)``, unless they are there already."""
        if self._shown is None or not np.array_equal(points, self._shown, equal_nan=True):
            self._shown = points
            finite = points[np.isfinite(points).all(axis=1)]
            self.setData(x=finite[:, 0], y=finite[:, 1])


def legend(entries: Iterable[tuple[QColor, str, str]]) -> str:
    """Return a line of rich text: a coloured symbol and a name for each (colour, symbol, name)."""
    return " &nbsp; ".join(
        f'<span style="color: {color.name()}">{symbol}</span>&nbsp;{escape(name).replace(" ", "&nbsp;")}'
        for color, symbol, name in entries
    )


def margins(values: Doubles) -> tuple[float, float]:
    """Return the range of ``values`` with a margin of 8% on both sides."""
    finite = values[np.isfinite(values)]
    if not len(finite):
        return -1.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    span = high - low
    is_flat = span <= 1e-9 * max(abs(low), abs(high))
    margin = 1.0 if is_flat else 0.08 * span
    return low - margin, high + margin


def with_model(data: Doubles, model: Doubles) -> tuple[float, float]:
    """Return a range with all of ``data``, and with ``model`` as far as that leaves the data readable."""
    low, high = margins(data)
    span = high - low
    inside = model[np.isfinite(model)]
    return margins(np.concatenate([data, np.clip(inside, low - span, high + span)]))
