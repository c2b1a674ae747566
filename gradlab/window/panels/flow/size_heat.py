"""How the sizes of gradient values are spread, over a run: a column per moment, a row per size."""

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gradlab.instruments.records import Doubles, Floats, SizeHistogram
from gradlab.language import tr, trc
from gradlab.window import theme
from gradlab.window.charts.axes import RoundAxis
from gradlab.window.charts.colorbar import MagnitudeBar
from gradlab.window.charts.colors import Bytes, ramp
from gradlab.window.charts.formatting import short, whole
from gradlab.window.charts.overlay import Cursor, Overlay, PlacedMark
from gradlab.window.charts.time_plot import TimePlot
from gradlab.window.charts.x_axis import XAxis
from gradlab.window.theme.themed import Themed
from gradlab.window.widgets.boxes import fill

_SHADES = 240
_MOST_COLUMNS = 1000
_GAP = 0.35  # decades between the sizes and the row of exact zeros
_ZERO_HEIGHT = 0.65


class SizeAxis(RoundAxis):
    """Powers of ten, and below them a row for exact zeros."""

    def __init__(self) -> None:
        super().__init__("left")
        self.logarithmic = True
        self.zero = 0.0  # the middle of that row

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """Return the zero, and the powers of ten above it."""
        return [
            (spacing, [self.zero, *(tick for tick in ticks if tick > self.zero + 0.6)])
            for spacing, ticks in super().tickValues(low, high, size)
        ]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Return the labels."""
        labels = super().tickStrings(values, scale, spacing)
        return ["0" if value == self.zero else label for value, label in zip(values, labels, strict=True)]


class SizeHeat(Themed, QWidget):
    """The picture and its colour bar: the stronger a colour, the more values have that size."""

    def __init__(self, axis: XAxis) -> None:
        super().__init__()
        self.histogram: SizeHistogram | None = None
        self._shares: Floats = np.zeros((0, 0), dtype=np.float32)
        self._bins = (0, 1)
        self._largest = 1.0
        self._pointed_at: tuple[float, float | None] | None = None
        self.sizes = SizeAxis()
        self.plot = TimePlot(axis, self.sizes)
        self.plot.setAccessibleName(tr("Sizes of the gradient's values over the run"))
        self.overlay = Overlay(self.plot.view)
        self.picture, self.zeros = (pg.ImageItem(axisOrder="row-major") for _ in range(2))
        for image in (self.picture, self.zeros):
            image.setZValue(-2000)  # behind the grid
            self.plot.addItem(image)
        self.bar = MagnitudeBar()
        fill(QHBoxLayout(self), (self.plot, 1), self.bar)
        self.plot.pointed.connect(self._point)
        self.plot.view.sigResized.connect(self.draw)
        self.wear()

    def show_histogram(self, histogram: SizeHistogram, layer: int | None) -> None:
        """Draw how sizes are spread in a layer, or in all if it is None."""
        self.histogram = histogram
        self._shares = histogram.of(layer)
        self._bins = filled_bins(self._shares, histogram.exponents)
        self._largest = max(float(self._shares.max(initial=0)), 1e-6)
        self.draw()

    def set_marks(self, marks: tuple[PlacedMark, ...]) -> None:
        """Show these marks."""
        self.overlay.set_marks(marks)

    def dress(self) -> None:
        """Draw in the theme's colours."""
        self._colors = ramp([theme.color("plot.background"), *theme.colors("magnitude.stops")[1:]], _SHADES)
        self.draw()

    def draw(self) -> None:
        """Draw the part of the run that the x-axis shows."""
        self.plot.show_axis()
        histogram = self.histogram
        if histogram is None or not len(histogram.updates):
            for image in (self.picture, self.zeros):
                image.clear()
            return
        first, last = self._bins
        low, high = float(histogram.exponents[first]), float(histogram.exponents[last])
        self.sizes.zero = low - _GAP - _ZERO_HEIGHT / 2
        left, right = self._span(histogram)
        codes = self._codes(histogram, left, right)
        self.picture.setImage(self._colors[codes[1 + first : 1 + last]], autoLevels=False)
        self.picture.setRect(QRectF(left, low, right - left, high - low))
        self.zeros.setImage(self._colors[codes[:1]], autoLevels=False)
        self.zeros.setRect(QRectF(left, low - _GAP - _ZERO_HEIGHT, right - left, _ZERO_HEIGHT))
        bottom = low - _GAP - _ZERO_HEIGHT - 0.1
        if tuple(self.plot.view.viewRange()[1]) != (bottom, high):
            self.plot.view.setRange(yRange=(bottom, high), padding=0, disableAutoRange=True)
        self.bar.show_labels([percent(part**2 * self._largest) for part in (0, 0.5, 1)])
        self._read_off()

    def _span(self, histogram: SizeHistogram) -> tuple[float, float]:
        """Return the left and the right end of the picture: the visible part of what was measured."""
        start, end = self.plot.axis.places(np.array([histogram.updates[0] - 1, histogram.end])).tolist()
        left, right = self.plot.axis.visible
        left, right = max(start, left), min(end, right)
        return (left, right) if right > left else (start, max(end, start + 1e-9))

    def _codes(self, histogram: SizeHistogram, left: float, right: float) -> Bytes:
        """Return colour numbers in evenly spaced columns; a measurement holds until the next one."""
        begins = self.plot.axis.places(histogram.updates - 1)
        inside = int(np.searchsorted(begins, right) - np.searchsorted(begins, left))
        count = min(_MOST_COLUMNS, self.plot.columns(), max(1, 8 * inside))
        middles = left + (np.arange(count) + 0.5) / count * (right - left)
        columns = np.clip(np.searchsorted(begins, middles, "right") - 1, 0, None)
        # The root makes small shares visible beside a large one.
        shades = np.sqrt(self._shares[:, columns] / self._largest) * (_SHADES - 1)
        codes: Bytes = np.rint(shades).astype(np.uint8)
        return codes

    # ------------------------------------------------------------------ cursor

    def _point(self, _: TimePlot, place: tuple[float, float | None] | None) -> None:
        self._pointed_at = place
        self._read_off()

    def _read_off(self) -> None:
        if self._pointed_at is None or self.histogram is None:
            self.overlay.set_cursor(None)
            return
        x, y = self._pointed_at
        self.overlay.set_cursor(Cursor(x, self.in_words(x, y), y))

    def in_words(self, x: float, y: float | None) -> str:
        """Say how many values have the size at a place; without ``y``, say which size most of them have."""
        assert self.histogram is not None
        begins = self.plot.axis.places(self.histogram.updates - 1)
        column = max(0, int(np.searchsorted(begins, x, "right")) - 1)
        shares = self._shares[:, column]
        when = tr("update {update}").format(update=whole(self.histogram.updates[column]))
        if not shares.any():
            return tr("{when} · nothing measured").format(when=when)
        exponents = self.histogram.exponents
        if y is None:
            row = int(shares.argmax())
        elif y < exponents[self._bins[0]]:
            row = 0
        else:
            row = min(len(exponents) - 1, int(np.searchsorted(exponents, y, "right")))
        share = percent(float(shares[row]))
        if row == 0:
            return tr("{when} · {percent} exactly zero").format(when=when, percent=share)
        low, high = (10.0 ** float(exponent) for exponent in self.histogram.exponents[row - 1 : row + 1])
        return tr("{when} · {percent} from {low} to {high}").format(
            when=when, percent=share, low=short(low, 2), high=short(high, 2)
        )


def filled_bins(shares: Floats, exponents: Doubles) -> tuple[int, int]:
    """Return the first and the last bin that ever held a value, widened to whole powers of ten."""
    [filled] = np.nonzero(shares[1:].any(axis=1))
    low, high = (exponents[filled[0]], exponents[filled[-1] + 1]) if len(filled) else (-6, 0)
    edges = (math.floor(low + 1e-9), math.ceil(high - 1e-9))
    first, last = (int(np.abs(exponents - edge).argmin()) for edge in edges)
    return first, last


def percent(share: float) -> str:
    """Return a share in percent with two digits."""
    digits = f"{100 * share:.0f}" if share >= 0.1 else f"{100 * share:.2g}"
    return trc("percentage", "{number}%").format(number=digits)
