"""Layers × updates: how large each layer's gradient was, in powers of ten."""

import math
from dataclasses import replace

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QColor, QFontMetricsF
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from gradlab.instruments.records import Timeline
from gradlab.language import listed, tr
from gradlab.window import theme
from gradlab.window.charts.colorbar import MagnitudeBar
from gradlab.window.charts.colors import Bytes, ramp
from gradlab.window.charts.formatting import no_size, power_of_ten, short, whole
from gradlab.window.charts.layer_names import LayerNames, with_mark
from gradlab.window.charts.time_plot import TimePlot, WholeRunButton
from gradlab.window.charts.x_axis import XAxis
from gradlab.window.theme.themed import Themed
from gradlab.window.widgets.boxes import fill

Doubles = NDArray[np.float64]
NONE = -1.0
_COLUMNS = 1000
_SHADES = 240
_ZERO, _NONE, _HATCH, _BAD = 240, 241, 242, 243
_HATCHED_SIZE = (160, 800)  # of a picture in which None is hatched, in pixels


def in_view(timeline: Timeline, axis: XAxis) -> Timeline:
    """Return the columns in view and their neighbours; each at its place on the axis instead of its update."""
    places = axis.places(timeline.updates)
    left, right = axis.visible
    first = max(0, int(np.searchsorted(places, left, "right")) - 1)
    shown = slice(first, int(np.searchsorted(places, right, "right")) + 1)
    return replace(timeline, updates=places[shown], rms=timeline.rms[:, shown])


def columns_of(
    timeline: Timeline, most: int = _COLUMNS, alone: float = 1.0
) -> tuple[Doubles, tuple[float, float]]:
    """Return at most ``most`` evenly spaced columns, and the first and last update they span.

    A single measurement is ``alone`` updates wide.

    Where several measurements fall into one column the most telling one stays: not a number, then the
    largest, then zero, then None. Between two measurements the earlier one goes on.
    """
    updates = timeline.updates
    start = float(updates[0])
    step = max(float(np.min(np.diff(updates))) if len(updates) > 1 else alone, 1e-9)
    end = float(updates[-1]) + step
    count = int(min(most, max(1, round((end - start) / step))))
    edges = np.linspace(start, end, count, endpoint=False)
    # What begins within a column counts for it; a column without any takes the one before.
    first = np.searchsorted(updates, edges - 1e-9 * (end - start), "left")
    following = np.append(first[1:], len(updates))
    held = np.where(first == following, first - 1, first)
    telling = np.where(np.isnan(timeline.rms), np.inf, timeline.rms)
    merged = np.maximum.reduceat(telling, np.maximum(held, 0), axis=1)
    empty = first == following
    merged[:, empty] = telling[:, np.maximum(first[empty] - 1, 0)]
    return np.where(np.isinf(merged), np.nan, merged), (start, end)


def encode_magnitudes(rms: Doubles, low: int, high: int) -> Bytes:
    """Return colour numbers: 10^low … 10^high to 0 … 239, then exact zero, None and not a number."""
    with np.errstate(divide="ignore", invalid="ignore"):
        place = (np.log10(np.where(rms > 0, rms, 1.0)) - low) / max(1, high - low)
    codes = np.clip(np.rint(place * (_SHADES - 1)), 0, _SHADES - 1).astype(np.uint8)
    codes[rms == 0] = _ZERO
    codes[rms < 0] = _NONE
    codes[~np.isfinite(rms)] = _BAD
    return codes


class TimelineView(Themed, QWidget):
    """A picture with a row per layer over the shared x-axis, and its colour bar.

    Attributes:
        read: emitted with a line about the measurement under the mouse; empty where there is none.
        pointed: emitted with the name of the layer under the mouse; empty where there is none.
    """

    read = Signal(str)
    pointed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = TimelinePlot(XAxis(self))
        self.plot.pointed.connect(self._point)
        self.image = pg.ImageItem(axisOrder="row-major")
        self.plot.addItem(self.image)
        self.bar = MagnitudeBar()
        self.timeline: Timeline | None = None
        self.range = (-6, 0)
        self.whole_run = WholeRunButton(self.axis)
        beside = fill(QVBoxLayout(), (self.bar, 1), self.whole_run, spacing=2)
        fill(QHBoxLayout(self), (self.plot, 1), beside)
        self.setAccessibleName(tr("Size of each layer's gradient over the updates"))
        self.wear()

    @property
    def axis(self) -> XAxis:
        """What it counts in, and which part of the run is in view."""
        return self.plot.axis

    def share(self, axis: XAxis) -> None:
        """Show the same part of the run as every other plot that shares the axis."""
        self.plot.share(axis)
        self.whole_run.share(axis)
        axis.changed.connect(self._draw)

    def _draw(self) -> None:
        if self.timeline is not None:
            self.show_timeline(self.timeline)

    def show_timeline(self, timeline: Timeline) -> None:
        """Draw the measurements so far."""
        self.timeline = timeline
        if not len(timeline.updates) or not timeline.layers:
            self.image.clear()
            return
        self.whole_run.follow()
        self.plot.show_axis()
        self.plot.show_layers(timeline.layers)
        alone = self.axis.place(timeline.updates[0] + 1) - self.axis.place(timeline.updates[0])
        merged, (start, end) = columns_of(in_view(timeline, self.axis), alone=alone)
        self.range = _decades(timeline.rms)
        codes = encode_magnitudes(merged, *self.range)
        if (codes == _NONE).any():
            codes = _hatched(codes)
        self.image.setImage(self._colors[codes], autoLevels=False)
        layers = len(timeline.layers)
        self.image.setRect(QRectF(start, 0, end - start, layers))
        low, high = self.range
        self.bar.show_labels([power_of_ten(exponent) for exponent in range(low, high + 1)])

    def forget(self) -> None:
        """Clear the picture."""
        self.timeline = None
        self.image.clear()
        self.read.emit("")

    def dress(self) -> None:
        """Draw in the theme's colours."""
        special = [theme.color(f"signed.{name}") for name in ("exact_zero", "none", "none_hatch", "nan")]
        colors = ramp(theme.colors("magnitude.stops"), _SHADES)
        self._colors = np.vstack([colors, *(_rgba(color) for color in special)])
        self._draw()

    def describe(self) -> None:
        """Describe the latest measurements in words, for screen readers."""
        words = self._in_words(-1)
        if words:
            self.plot.setAccessibleDescription(words)

    def _point(self, _: TimePlot, place: tuple[float, float | None] | None) -> None:
        if place is None:
            self.read.emit("")
            self.pointed.emit("")
        elif place[1] is None:
            self.read.emit(self._in_words(self._column(place[0])))
        else:
            self.point(place[0], place[1])

    def point(self, x: float, y: float) -> None:
        """Read off the measurement at a place and a row."""
        timeline = self.timeline
        if timeline is None or not len(timeline.updates) or not 0 <= y < len(timeline.layers):
            self.read.emit("")
            return
        column, layer = self._column(x), timeline.layers[int(y)]
        words = tr("{layer} at update {update}: {text}").format(
            layer=layer,
            update=whole(timeline.updates[column]),
            text=magnitude_in_words(float(timeline.rms[int(y), column])),
        )
        self.read.emit(with_mark(words, self.plot.names.marks.get(layer)))
        self.pointed.emit(layer)

    def _column(self, x: float) -> int:
        """Return the number of the measurement at a place: it holds until the next one."""
        known = self.timeline.updates if self.timeline else np.empty(0)
        return max(0, int(np.searchsorted(known, self.axis.update_at(x), "right")) - 1)

    def _in_words(self, column: int) -> str:
        """Say all measurements of one column in words."""
        timeline = self.timeline
        if timeline is None or not len(timeline.updates):
            return ""
        measured = zip(timeline.layers, timeline.rms[:, column], strict=True)
        words = listed(f"{layer} {magnitude_in_words(float(rms))}" for layer, rms in measured)
        return tr("At update {update}: {text}").format(update=whole(timeline.updates[column]), text=words)


class TimelinePlot(TimePlot):
    """The plot itself: layers from the top down."""

    def __init__(self, axis: XAxis) -> None:
        self.names = LayerNames()
        super().__init__(axis, self.names)
        self.x_axis.setGrid(False)
        self.view.invertY(True)
        self.setAccessibleName(tr("Timeline"))

    @override
    def label_width(self) -> int:
        return self.names.width_of_names(QFontMetricsF(self.font()))

    def show_layers(self, layers: tuple[str, ...]) -> None:
        """Give each of these layers a row."""
        if self.names.show_layers(layers):
            self.take_font()
            self.view.setYRange(0, len(layers), padding=0)


def magnitude_in_words(rms: float) -> str:
    """Return what a measurement of a timeline says."""
    return no_size(rms) or tr("typical size {size}").format(size=short(rms))


def _decades(rms: Doubles) -> tuple[int, int]:
    """Return whole powers of ten around all values, two apart at least and twelve at most."""
    values = rms[np.isfinite(rms) & (rms > 0)]
    if not len(values):
        return -6, 0
    low, high = math.floor(np.log10(values.min())), math.ceil(np.log10(values.max()))
    return max(min(low, high - 2), high - 12), high


def _hatched(codes: Bytes) -> Bytes:
    """Make cells of several pixels, with lines across those that stand for None."""
    high, wide = (max(1, size // count) for size, count in zip(_HATCHED_SIZE, codes.shape, strict=True))
    codes = np.repeat(np.repeat(codes, high, axis=0), wide, axis=1)
    rows, columns = np.arange(codes.shape[0])[:, None], np.arange(codes.shape[1])
    codes[(codes == _NONE) & ((rows + columns) % 8 < 2)] = _HATCH
    return codes


def _rgba(color: QColor) -> Bytes:
    return np.array([color.getRgb()], dtype=np.uint8)
