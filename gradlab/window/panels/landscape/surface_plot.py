"""A slice of the loss landscape from above: colours, lines of equal loss, and the path of the training."""

import math
from collections.abc import Iterable

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QBrush, QMouseEvent
from typing_extensions import override

from gradlab.instruments.records import Directions, Doubles, Landscape, LossSurface
from gradlab.language import mark, tr
from gradlab.window import theme
from gradlab.window.charts.axes import RoundAxis, round_spacing
from gradlab.window.charts.colors import pen, ramp
from gradlab.window.charts.plane import SmoothImage
from gradlab.window.charts.scatter import legend
from gradlab.window.charts.themed_plot import ThemedPlot
from gradlab.window.panels.landscape.contours import contour_lines
from gradlab.window.panels.landscape.heights import SHADES, codes
from gradlab.window.panels.landscape.words import every_in_words

_BANDS = 10  # between two lines of equal loss
_MOST_MARKS = 8
_PATH = "series.validation"
_AXES: dict[Directions, str] = {
    "path": mark("Along the path’s main direction; upwards: its second"),
    "random": mark("First random direction; upwards: the second"),
    "weights": mark("First weight; upwards: the second"),
}


class SurfacePlot(ThemedPlot):
    """The picture: colours, lines of equal loss, and the path.

    Attributes:
        pointed: emitted with the place under the mouse, None outside.
        image: the colours.
    """

    pointed = Signal(object)

    def __init__(self) -> None:
        super().__init__(RoundAxis("bottom"), RoundAxis("left"), "")
        self._directions: Directions = "path"
        self._names_axes = False
        for axis in (self.x_axis, self.y_axis):
            axis.setGrid(False)
        self.view.setMouseEnabled(x=False, y=False)
        self.setAccessibleName(tr("Loss landscape"))
        self.setWhatsThis(
            tr(
                "Colours say how large the loss is, lines join places of the same loss, and the path is "
                "the way that training took. Point at a place to read its loss."
            )
        )
        self.image = SmoothImage(axisOrder="row-major")
        self._lines = pg.PlotCurveItem(connect="pairs", antialias=True)
        self._halo, self._path = pg.PlotCurveItem(antialias=True), pg.PlotCurveItem(antialias=True)
        self._epochs = pg.ScatterPlotItem(size=5, pxMode=True)
        self._ends = pg.ScatterPlotItem(size=10, pxMode=True)
        for item in (self.image, self._lines, self._halo, self._path, self._epochs, self._ends):
            self.addItem(item)
        self.wear()

    @override
    def dress(self) -> None:
        super().dress()
        bad = np.array([theme.color("signed.nan").getRgb()], dtype=np.uint8)
        self._colors = np.vstack([ramp(theme.colors("magnitude.stops"), SHADES), bad])
        line = theme.color("text.normal")
        line.setAlpha(90)  # seen on every colour below it
        self._lines.setPen(pen(line))
        background, path = theme.color("plot.background"), theme.color(_PATH)
        self._halo.setPen(pen(background, 4))
        self._path.setPen(pen(path, 2))
        self._epochs.setPen(pen(background))
        self._epochs.setBrush(path)
        self._start_brush, self._now_brush = pg.mkBrush(background), pg.mkBrush(path)
        self._ends.setPen(pen(path, 2))

    def show_x_label(self, on: bool) -> None:
        """Show the names of the axes, or leave their room to the picture."""
        if on != self._names_axes:
            self._names_axes = on
            self._name_axes()

    def _name_axes(self) -> None:
        self.x_label = tr(_AXES[self._directions]) if self._names_axes else ""
        self.take_font()

    def draw_surface(self, surface: LossSurface, heights: Doubles) -> None:
        """Draw colours and lines."""
        if self._directions != surface.directions:
            self._directions = surface.directions
            self._name_axes()
        self.image.setImage(self._colors[codes(heights)], autoLevels=False)
        self.image.stretch_over(surface.x, surface.y)
        levels = np.arange(1, _BANDS) / _BANDS
        self._lines.setData(*contour_lines(surface.x, surface.y, heights, levels))
        self.view.setRange(
            xRange=(surface.x[0], surface.x[-1]), yRange=(surface.y[0], surface.y[-1]), padding=0
        )

    def draw_path(self, landscape: Landscape) -> None:
        """Draw the path, its ends and marks at round epochs."""
        path = landscape.path
        for curve in (self._halo, self._path):
            curve.setData(path[:, 0], path[:, 1])
        _, marks = epoch_marks(landscape)
        self._epochs.setData(marks[:, 0], marks[:, 1])
        spots = [] if landscape.is_current else [_spot((0.0, 0.0), "+", self._now_brush)]
        if len(path):
            spots += [_spot(path[0], "o", self._start_brush), _spot(path[-1], "o", self._now_brush)]
        self._ends.setData(spots)

    def legend(self, landscape: Landscape) -> str:
        """Return what the marks mean, as rich text."""
        color = theme.color(_PATH)
        every, marks = epoch_marks(landscape)
        now = tr("now") if is_inside(landscape) else tr("now: outside this map")
        entries = [(color, "○", tr("start")), (color, "●", now)] if len(landscape.path) else []
        if not landscape.is_current:
            entries.append((color, "+", tr("computed here")))
        if len(marks):
            entries.insert(1, (color, "•", every_in_words(every)))
        if not np.isfinite(landscape.surface.losses).all():
            entries.append((theme.color("signed.nan"), "■", tr("the loss is not a number")))
        return legend(entries)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self.pointed.emit(self.under_mouse(event))

    @override
    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.pointed.emit(None)


def _spot(place: Iterable[float], symbol: str, brush: QBrush) -> dict[str, object]:
    return {"pos": tuple(place), "symbol": symbol, "brush": brush}


def is_inside(landscape: Landscape) -> bool:
    """Return whether the last point of the path is on the map."""
    axes = (landscape.surface.x, landscape.surface.y)
    return all(
        axis[0] <= place <= axis[-1]
        for point in landscape.path[-1:]
        for axis, place in zip(axes, point, strict=True)
    )


def epoch_marks(landscape: Landscape) -> tuple[int, Doubles]:
    """Return a round number of epochs, and where the path was after every such number, ``(marks, 2)``.

    Between two known points, the path is interpolated.
    """
    path, epochs = landscape.path, landscape.epochs
    if len(path) < 2 or epochs[-1] <= epochs[0]:
        return 1, np.empty((0, 2))
    every = max(int(round_spacing(float(epochs[-1] - epochs[0]), _MOST_MARKS)), 1)
    first = math.floor(epochs[0] / every) + 1
    round_ones = np.arange(first, math.ceil(epochs[-1] / every)) * every
    return every, np.column_stack([np.interp(round_ones, epochs, column) for column in path.T])
