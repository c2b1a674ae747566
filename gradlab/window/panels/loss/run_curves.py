"""The curves of one of several runs: a colour stands for the run, the style of a line for what it measures."""

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QColor

from gradlab.instruments.records import Band, Curves, Doubles, EpochRow, LaneFrame
from gradlab.language import mark, shown_name, tr
from gradlab.window import theme
from gradlab.window.charts.chart import Chart
from gradlab.window.charts.colors import blend, pen
from gradlab.window.charts.legend import CurveKey
from gradlab.window.charts.line_item import LineItem
from gradlab.window.charts.ranges import scaled
from gradlab.window.charts.series import Envelope, Series
from gradlab.window.charts.x_axis import Unit, XAxis
from gradlab.window.panels.loss.curves import EpochCurve, UpdateCurve, take_rows

_PALE = 0.55  # the share of its colour that a pinned run keeps
_BAND = 0.22
_BEHIND = -10.0
HELP = mark("All curves of this run. Its colour is the same everywhere. The number is its training loss.")


class RunCurves:
    """Draws a run beside others, or a band where it has replicas.

    Attributes:
        key: names the run, and switches all its curves.
        losses, metrics: its curves over epochs.
    """

    def __init__(
        self, updates: UpdateCurve, losses: Sequence[EpochCurve], metrics: Sequence[EpochCurve]
    ) -> None:
        """Draw into the charts of these curves; their keys switch this run's curves, too."""
        self._updates = UpdateCurve(updates.chart, (updates.key, updates.mean_key))
        self.losses = [EpochCurve(curve.kind, curve.chart, curve.key) for curve in losses]
        self.metrics = [EpochCurve(curve.kind, curve.chart, curve.key) for curve in metrics]
        self.band = BandCurve(updates.chart)
        self.key = CurveKey("", "lane.1", tr(HELP), dots=False)
        self._lane: LaneFrame | None = None
        self._unit: Unit | None = None
        self._rows: tuple[EpochRow, ...] = ()
        self._is_shown = self._is_earlier = False

    def take(self, lane: LaneFrame, axis: XAxis, *, is_shown: bool, is_earlier: bool) -> None:
        """Show a run's curves, placed on the axis."""
        if self._lane is None or lane.frame.run != self._lane.frame.run or axis.unit != self._unit:
            self._forget()
            self._unit = axis.unit
        look = (lane.token, is_shown, is_earlier)
        is_new = self._lane is None or look != (self._lane.token, self._is_shown, self._is_earlier)
        self._lane, self._is_shown, self._is_earlier = lane, is_shown, is_earlier
        self.key.rename(shown_name(lane.name))
        if is_new:
            self.dress()
        curves = lane.frame.get(Curves)
        if curves is not None:
            self._take_curves(curves, lane.band, axis)

    def let_go(self) -> None:
        """Detach from the current run and hide."""
        self._forget()
        self._lane = None
        self.key.hide()
        self.key.setObjectName("")
        self.draw_losses(False, 1)
        self.draw_metrics()

    def dress(self) -> None:
        """Apply the colour of the run."""
        if self._lane is None:
            return
        self.key.stand_for(self._lane.token)
        self.key.setObjectName(self._lane.token)
        color = theme.color(self._lane.token)
        if self._is_earlier:
            color = blend(color, theme.color("plot.background"), _PALE)
        depth = _BEHIND if self._is_earlier else (0.0 if self._is_shown else _BEHIND / 2)
        self._updates.paint(color)
        self.band.paint(color)
        for curve in (*self.losses, *self.metrics):
            curve.paint(self._lane.token, color)
        items = [self._updates.raw, self._updates.smooth]
        for curve in (*self.losses, *self.metrics):
            items += [curve.line, curve.dots]
        for item in items:
            item.setZValue(depth)

    def draw_losses(self, log: bool, smoothing: int) -> list[Envelope | None]:
        """Draw the visible part; return what is visible."""
        on = self.key.isChecked() and self._lane is not None
        has_band = len(self.band.middle) > 0
        band = self.band.draw(log, on=on and has_band and self._updates.key.isChecked())
        each = self._updates.draw(log, smoothing, on=on and not has_band, raw=self._is_shown)
        return [band, each, *_draw(self.losses, log, on)]

    def draw_metrics(self) -> None:
        """Draw the visible part."""
        _draw(self.metrics, False, self.key.isChecked() and self._lane is not None)

    def read_off(self, x: float | None) -> None:
        """Show the training loss nearest to ``x`` in the key, or the latest."""
        self.key.read_off(self.losses[0].value_at(x))

    def points_at(self, chart: Chart, x: float, log: bool) -> list[tuple[float, float, str]]:
        """Return the points of the curves in a chart that are nearest to ``x``."""
        if not self.key.isChecked():
            return []
        curves = [curve for curve in (*self.losses, *self.metrics) if curve.chart is chart]
        return [point for curve in curves if (point := curve.point_at(x, log))]

    def _forget(self) -> None:
        self._rows = ()
        self.band.clear()
        self._updates.series.clear()
        for curve in (*self.losses, *self.metrics):
            curve.series.clear()
            curve.take_now(None)

    def _take_curves(self, curves: Curves, band: Band | None, axis: XAxis) -> None:
        places = axis.of(curves)
        self._updates.take(curves, places)

        def places_of(updates: Doubles) -> Doubles:
            found: Doubles = np.interp(updates, np.append(0.0, curves.update), np.append(0.0, places))
            return found

        if band is not None:
            self.band.take(band, places_of(band.update))
            ends = band.epoch if axis.unit == "epochs" else places_of(band.epoch_update)
            for curve in (*self.losses, *self.metrics):
                if curve.kind.field in band.metrics:
                    curve.series.set(ends, band.metrics[curve.kind.field][1])
            return

        def places_of_rows(rows: tuple[EpochRow, ...]) -> Doubles:
            if axis.unit in ("epochs", "samples"):
                return axis.of_epochs(rows)
            return places_of(np.array([row.update for row in rows], dtype=np.float64))

        for curve in (*self.losses, *self.metrics):
            curve.take_now(curves.now)
        take_rows((*self.losses, *self.metrics), self._rows, curves.epochs, places_of_rows)
        self._rows = curves.epochs


class BandCurve:
    """The range in which most replicas lie, and the middle one, update by update.

    Attributes:
        edges: the lower and the upper end of the range; ``fill`` lies between them.
    """

    def __init__(self, chart: Chart) -> None:
        self.chart = chart
        self.low, self.middle, self.high = Series(), Series(), Series()
        self.edges = [LineItem() for _ in range(2)]
        for edge in self.edges:
            edge.setPen(None)
            chart.addItem(edge)
        self.fill = pg.FillBetweenItem(*self.edges)
        self.fill.setZValue(2 * _BEHIND)
        self._line = LineItem(antialias=True)
        chart.addItem(self.fill)
        chart.addItem(self._line)

    def clear(self) -> None:
        """Remove all points."""
        for series in (self.low, self.middle, self.high):
            series.clear()

    def paint(self, color: QColor) -> None:
        """Take the colours anew."""
        self.fill.setBrush(blend(color, theme.color("plot.background"), _BAND))
        self._line.setPen(pen(color))

    def take(self, band: Band, places: Doubles) -> None:
        """Take all recorded values, with their places on the axis."""
        for series, values in zip((self.low, self.middle, self.high), band.loss, strict=True):
            series.set(places, values)

    def draw(self, log: bool, *, on: bool) -> Envelope | None:
        """Draw the visible part; return it."""
        self.fill.setVisible(on)
        self._line.setVisible(on)
        if not on:
            return None
        visible, columns = self.middle.between(*self.chart.visible()), self.chart.columns() // 2
        low, middle, high = (
            series.envelope(*visible, columns) for series in (self.low, self.middle, self.high)
        )
        self.edges[0].setData(low.x, scaled(low.low, log))
        self.edges[1].setData(high.x, scaled(high.high, log))
        x, y = middle.path()
        self._line.setData(x, scaled(y, log))
        return Envelope(low.x, low.low, high.high)


def _draw(curves: Sequence[EpochCurve], log: bool, on: bool) -> list[Envelope | None]:
    shapes = [curve.envelope() if on else None for curve in curves]
    for curve, shape in zip(curves, shapes, strict=True):
        curve.draw(shape, log)
    return shapes
