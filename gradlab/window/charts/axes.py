"""Axes with few, round, readable ticks."""

import math

import numpy as np
import pyqtgraph as pg

from gradlab.window.charts.formatting import plain, power_of_ten, tidy
from gradlab.window.language.numbers import percent

# Room that a label needs, in pixels: along the axis, per orientation.
_ROOM = {"left": 28, "bottom": 62}


def round_spacing(span: float, count: float) -> float:
    """Return the smallest of 1, 2, 5 × 10ⁿ that cuts ``span`` into at most ``count`` pieces."""
    raw = span / max(1.0, count)
    unit = 10.0 ** math.floor(math.log10(raw))
    return next(step * unit for step in (1, 2, 5, 10) if step * unit >= raw * (1 - 1e-9))


class RoundAxis(pg.AxisItem):  # type: ignore[misc]
    """One level of round ticks; ``whole`` keeps to whole numbers while at least two of them are in view.

    With ``logarithmic`` the axis counts in powers of ten: the numbers 0, 1, 2 stand for 1, 10, 100. With
    ``in_percent`` it counts in shares: 0.5 is written as 50%.
    """

    def __init__(self, orientation: str, whole: bool = False) -> None:
        super().__init__(orientation)
        self.whole = whole
        self.logarithmic = False
        self.in_percent = False
        self.enableAutoSIPrefix(False)
        self.setStyle(tickLength=0, tickAlpha=255, hideOverlappingLabels=False)
        self.setGrid(255)

    def set_logarithmic(self, on: bool) -> None:
        """Choose whether the numbers are exponents of ten."""
        self.logarithmic = on
        self.picture = None
        self.update()

    def set_in_percent(self, on: bool) -> None:
        """Choose whether the numbers are shares."""
        if on != self.in_percent:
            self.in_percent = on
            self.picture = None
            self.update()

    def boundingRect(self) -> object:
        """Leave room for labels that stick out at the ends: pyqtgraph drops those that do not fit in."""
        return super().boundingRect().adjusted(-24, -8, 24, 8)

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """Return one level of ticks, as far apart as their labels need."""
        span = high - low
        if not (math.isfinite(span) and span > 0):
            return []
        count = size / _ROOM[self.orientation]
        if self.logarithmic:
            return [(1.0, _log_ticks(low, high, count))]
        spacing = round_spacing(span, count)
        if self.whole and span >= 2:
            spacing = max(1.0, spacing)
        first, last = math.ceil(low / spacing - 1e-9), math.floor(high / spacing + 1e-9)
        return [(spacing, [number * spacing for number in range(first, last + 1)])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Return the labels."""
        if self.logarithmic:
            return [_log_label(value) for value in values]
        if self.in_percent:
            decimals = max(0, -math.floor(math.log10(100 * spacing) + 1e-9))
            return [percent(value, decimals) for value in values]
        return [plain(value, spacing) for value in values]


def _log_ticks(low: float, high: float, count: float) -> list[float]:
    if high - low < 1.5:
        span = 10.0**high - 10.0**low
        within = [
            decade + math.log10(step)
            for decade in range(math.floor(low), math.ceil(high) + 1)
            for step in (1, 2, 5)
        ]
        ticks = [tick for tick in within if low <= tick <= high]
        if len(ticks) >= 2 or not math.isfinite(span) or span <= 0:
            return ticks
        spacing = round_spacing(span, count)
        numbers = np.arange(math.ceil(10.0**low / spacing), math.floor(10.0**high / spacing) + 1) * spacing
        return [math.log10(number) for number in numbers if number > 0]
    step = max(1, math.ceil(round_spacing(high - low, count)))
    return [float(tick) for tick in range(math.ceil(low / step) * step, math.floor(high) + 1, step)]


def _log_label(value: float) -> str:
    exponent = round(value)
    if abs(value - exponent) < 1e-9:
        return power_of_ten(exponent)
    return tidy(10.0**value)
