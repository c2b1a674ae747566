"""A slice of the loss landscape from above: colours, lines of equal loss, and the path of the training."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QBrush, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gradlab.instruments.records import Directions, Doubles, Landscape, LossSurface
from gradlab.language import mark, tr, trn
from gradlab.window import theme
from gradlab.window.charts.axes import RoundAxis, round_spacing
from gradlab.window.charts.colorbar import MagnitudeBar
from gradlab.window.charts.colors import Bytes, pen, ramp
from gradlab.window.charts.formatting import short, tidy, whole
from gradlab.window.charts.plane import SmoothImage
from gradlab.window.charts.scatter import legend
from gradlab.window.charts.themed_plot import ThemedPlot
from gradlab.window.panels.landscape.contours import contour_lines
from gradlab.window.theme.themed import Themed

_SHADES = 255
_BAD = 255
_BANDS = 10  # between two lines of equal loss
_LABELS = 5
_MOST_DIGITS = 5
_MOST_DECADES = 6
_MOST_MARKS = 8
_PATH = "series.validation"
_AXES: dict[Directions, str] = {
    "path": mark("Along the path’s main direction; upwards: its second"),
    "random": mark("First random direction; upwards: the second"),
    "weights": mark("First weight; upwards: the second"),
}


@dataclass(frozen=True)
class Heights:
    """How losses become heights from 0 to 1.

    Attributes:
        low, high: the losses at both ends, as logarithms to base ten where ``logarithmic``.
    """

    low: float
    high: float
    logarithmic: bool

    @classmethod
    def of(cls, losses: Doubles, logarithmic: bool) -> "Heights":
        """Return heights that reach from the lowest loss to the highest; logarithms keep to six powers of ten."""
        values = losses[np.isfinite(losses)]
        if logarithmic:
            values = np.log10(values[values > 0])
        if not len(values):
            return cls(0.0, 1.0, logarithmic)
        low, high = float(values.min()), float(values.max())
        return cls(max(low, high - _MOST_DECADES) if logarithmic else low, high, logarithmic)

    def __call__(self, losses: Doubles) -> Doubles:
        """Return the heights of losses; what is not finite stays so."""
        values = losses
        if self.logarithmic:
            with np.errstate(divide="ignore", invalid="ignore"):
                values = np.maximum(np.log10(np.maximum(losses, 0.0)), self.low)
            values = np.where(np.isfinite(losses), values, losses)
        heights: Doubles = (values - self.low) / ((self.high - self.low) or 1.0)
        return heights

    def labels(self) -> list[str]:
        """Return losses at even heights, from 0 to 1, with as many digits as tell them apart."""
        values = np.linspace(self.low, self.high, _LABELS)
        losses = 10.0**values if self.logarithmic else values
        for digits in range(2, _MOST_DIGITS + 1):
            labels = [tidy_loss(loss, digits) for loss in losses]
            if len(set(labels)) == len(set(losses.tolist())):
                break
        return labels


class LandscapeView(Themed, QWidget):
    """The picture and its colour bar.

    Signals:
        read: one line about the place under the mouse; empty where there is none.
    """

    read = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = _Plot(self)
        self.bar = MagnitudeBar()
        self.logarithmic = True
        self.heights = Heights(0.0, 1.0, logarithmic=True)
        self._landscape: Landscape | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.plot, 1)
        row.addWidget(self.bar)
        self.wear()

    def show_landscape(self, landscape: Landscape) -> None:
        """Draw what changed."""
        before, self._landscape = self._landscape, landscape
        if before is None or landscape.surface is not before.surface:
            self._draw_surface(landscape.surface)
        self.plot.draw_path(landscape)

    def set_logarithmic(self, on: bool) -> None:
        """Choose whether colours and lines follow the loss or its logarithm."""
        self.logarithmic = on
        if self._landscape is not None:
            self._draw_surface(self._landscape.surface)

    def show_x_label(self, on: bool) -> None:
        """Name the axes, or leave the room to the picture."""
        self.plot.show_x_label(on)

    def forget(self) -> None:
        """Let the next landscape be drawn from scratch."""
        self._landscape = None

    def dress(self) -> None:
        """Draw in the colours."""
        self.plot.wear()
        if self._landscape is not None:
            self._draw_surface(self._landscape.surface)
            self.plot.draw_path(self._landscape)

    def legend(self) -> str:
        """Return what the marks mean, as rich text."""
        return "" if self._landscape is None else self.plot.legend(self._landscape)

    def point(self, x: float, y: float) -> None:
        """Say the loss at the computed point that is nearest to a place."""
        if self._landscape is None:
            return
        surface = self._landscape.surface
        loss = float(surface.losses[_nearest(surface.y, y), _nearest(surface.x, x)])
        self.read.emit(_read_off(loss, surface))

    def _draw_surface(self, surface: LossSurface) -> None:
        self.heights = Heights.of(surface.losses, self.logarithmic)
        self.bar.show_labels(self.heights.labels())
        self.plot.draw_surface(surface, self.heights(surface.losses))
        self.plot.setAccessibleDescription(in_words(surface))


class _Plot(ThemedPlot):
    def __init__(self, view: LandscapeView) -> None:
        super().__init__(RoundAxis("bottom"), RoundAxis("left"), "")
        self._directions: Directions = "path"
        self._names_axes = False
        self._owner = view
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
        self._image = SmoothImage(axisOrder="row-major")
        self._lines = pg.PlotCurveItem(connect="pairs", antialias=True)
        self._halo, self._path = pg.PlotCurveItem(antialias=True), pg.PlotCurveItem(antialias=True)
        self._epochs = pg.ScatterPlotItem(size=5, pxMode=True)
        self._ends = pg.ScatterPlotItem(size=10, pxMode=True)
        for item in (self._image, self._lines, self._halo, self._path, self._epochs, self._ends):
            self.addItem(item)

    def dress(self) -> None:
        """Take the colours."""
        super().dress()
        bad = np.array([theme.color("signed.nan").getRgb()], dtype=np.uint8)
        self._colors = np.vstack([ramp(theme.colors("magnitude.stops"), _SHADES), bad])
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
        """Name the axes, or leave the room to the picture."""
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
        self._image.setImage(self._colors[codes(heights)], autoLevels=False)
        # Each value stands at the middle of its pixel.
        step_x, step_y = (axis[1] - axis[0] for axis in (surface.x, surface.y))
        self._image.setRect(
            surface.x[0] - step_x / 2,
            surface.y[0] - step_y / 2,
            step_x * len(surface.x),
            step_y * len(surface.y),
        )
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
            entries.insert(1, (color, "•", _every_in_words(every)))
        if not np.isfinite(landscape.surface.losses).all():
            entries.append((theme.color("signed.nan"), "■", tr("the loss is not a number")))
        return legend(entries)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say what is under the mouse."""
        super().mouseMoveEvent(event)
        place = self.under_mouse(event)
        if place is None:
            self._owner.read.emit("")
        else:
            self._owner.point(place.x(), place.y())

    def leaveEvent(self, event: QEvent) -> None:
        """Say nothing any more."""
        super().leaveEvent(event)
        self._owner.read.emit("")


def _spot(place: Iterable[float], symbol: str, brush: QBrush) -> dict[str, object]:
    return {"pos": tuple(place), "symbol": symbol, "brush": brush}


def codes(heights: Doubles) -> Bytes:
    """Return colour numbers: heights 0 … 1 to 0 … 254, what is not finite 255."""
    finite = np.isfinite(heights)
    shades = np.rint(np.where(finite, heights, 0.0) * (_SHADES - 1))
    return np.where(finite, np.clip(shades, 0, _SHADES - 1), _BAD).astype(np.uint8)


def is_inside(landscape: Landscape) -> bool:
    """Return whether the path's last point is on the map."""
    axes = (landscape.surface.x, landscape.surface.y)
    return all(
        axis[0] <= place <= axis[-1]
        for point in landscape.path[-1:]
        for axis, place in zip(axes, point, strict=True)
    )


def epoch_marks(landscape: Landscape) -> tuple[int, Doubles]:
    """Return a round number of epochs and where the path was each time that many were over, ``(marks, 2)``.

    Between two known points of the path it is taken to be straight.
    """
    path, epochs = landscape.path, landscape.epochs
    if len(path) < 2 or epochs[-1] <= epochs[0]:
        return 1, np.empty((0, 2))
    every = max(int(round_spacing(float(epochs[-1] - epochs[0]), _MOST_MARKS)), 1)
    first = math.floor(epochs[0] / every) + 1
    round_ones = np.arange(first, math.ceil(epochs[-1] / every)) * every
    return every, np.column_stack([np.interp(round_ones, epochs, column) for column in path.T])


def in_words(surface: LossSurface) -> str:
    """Return the picture in words, for those who do not see it."""
    finite = surface.losses[np.isfinite(surface.losses)]
    if not len(finite):
        return tr("The loss is nowhere a number")
    bad = surface.losses.size - len(finite)
    said = (
        tr(
            "The loss is {loss} at the weights, from {low} to {high} in the picture; "
            "at {bad} of {all} points it is not a number"
        )
        if bad
        else tr("The loss is {loss} at the weights, from {low} to {high} in the picture")
    )
    return said.format(
        loss=loss_in_words(surface.center_loss),
        low=short(finite.min()),
        high=short(finite.max()),
        bad=whole(bad),
        all=whole(surface.losses.size),
    )


def _every_in_words(epochs: int) -> str:
    if epochs == 1:
        return tr("every epoch")
    return trn("every {count} epoch", "every {count} epochs", epochs).format(count=whole(epochs))


def loss_in_words(loss: float) -> str:
    """Return a loss with three digits."""
    return short(loss) if math.isfinite(loss) else tr("not a number (too large to compute with)")


def tidy_loss(loss: float, digits: int) -> str:
    """Return a loss as short as a colour bar needs it."""
    return tidy(loss, digits) if abs(loss) >= 10 or loss == 0 else short(loss, digits)


def _read_off(loss: float, surface: LossSurface) -> str:
    if not (math.isfinite(loss) and surface.center_loss > 0):
        return tr("Here the loss is {loss}.").format(loss=loss_in_words(loss))
    return tr("Here the loss is {loss}, {times} times that of the weights at update {update}.").format(
        loss=short(loss), times=short(loss / surface.center_loss, 2), update=whole(surface.update)
    )


def _nearest(axis: Doubles, value: float) -> int:
    return int(np.abs(axis - value).argmin())
