"""A line with a dot at each point, where there is room for dots."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QColor, QPen

from gradlab.window.charts.chart import Chart
from gradlab.window.charts.line_item import LineItem
from gradlab.window.charts.ranges import scaled
from gradlab.window.charts.series import Envelope, Series

_DOT_ROOM = 9  # pixels between points, below which a line alone is clearer


class DottedCurve:
    """A line with a dot per point.

    Attributes:
        series: its points; several of them may have the same x.
    """

    def __init__(self, chart: Chart, dot_size: int) -> None:
        """Add the curve to a chart; ``dot_size`` is in pixels."""
        self.chart = chart
        self.series = Series()
        self.line = LineItem(antialias=True)
        self.dots = pg.ScatterPlotItem(size=dot_size, pen=None)
        self._pens = QPen(), QPen()
        self._is_dense = False
        chart.addItem(self.line)
        chart.addItem(self.dots)

    def color(self, line: QPen, dots: QColor) -> None:
        """Set pen and dots; where points are dense, the line is one pixel wide, which draws ten times as fast."""
        thin = QPen(line)
        thin.setWidthF(1)
        self._pens = line, thin
        self.line.setPen(self._pens[self._is_dense])
        self.dots.setBrush(dots)

    def visible(self) -> Envelope:
        """Return the visible part."""
        return self.series.envelope(*self.series.between(*self.chart.visible()), self.chart.columns())

    def draw(self, shown: Envelope | None, logarithmic: bool) -> None:
        """Draw the visible part; None hides the curve."""
        if shown is None or not len(shown.x):
            self.line.setVisible(False)
            self.dots.setVisible(False)
            return
        self.line.setVisible(True)
        self._be_dense(not self._dots_have_room(shown))
        x, y = shown.path()
        y = scaled(y, logarithmic)
        self.line.setData(x, y)
        if self.dots.isVisible():
            there = np.isfinite(y)
            self.dots.setData(x[there], y[there])

    def _be_dense(self, dense: bool) -> None:
        self.dots.setVisible(not dense)
        if dense != self._is_dense:
            self._is_dense = dense
            self.line.setPen(self._pens[dense])

    def _dots_have_room(self, shown: Envelope) -> bool:
        left, right = self.chart.visible()
        pixels = self.chart.columns() * (shown.x[-1] - shown.x[0]) / (right - left)
        return bool(pixels >= _DOT_ROOM * np.count_nonzero(np.diff(shown.x)))
