"""The charts of loss and metrics, with everything that is drawn in them."""

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject

from gradlab.instruments.records import Curves, EpochRow, Snapshot
from gradlab.language import tr
from gradlab.window.charts.chart import Chart
from gradlab.window.charts.formatting import short, whole
from gradlab.window.charts.overlay import PlacedMark, placed
from gradlab.window.charts.ranges import height_of, spikes_above
from gradlab.window.charts.series import Envelope
from gradlab.window.charts.x_axis import Unit, XAxis
from gradlab.window.panels.loss.compared_runs import ComparedRuns
from gradlab.window.panels.loss.curve_kinds import LOSSES, METRICS
from gradlab.window.panels.loss.curves import EpochCurve, UpdateCurve, take_rows
from gradlab.window.panels.loss.loss_cursor import LossCursor

_METRIC_HEIGHT = (-0.03, 1.04)
_REWARD_HEIGHT = (-1.04, 1.04)
_SPIKE_WIDTH = 40  # pixels that the value of a spike needs
_MOST_SPIKES = 6


class LossCharts(QObject):
    """Two charts over the same part of the run, with the curves of one run or of several.

    Attributes:
        loss, metric: the charts.
        updates, losses, metrics: the curves of the run that is shown.
        compared: those of several runs, drawn instead.
        rows: the ends of its epochs.
    """

    def __init__(self, axis: XAxis, parent: QObject) -> None:
        super().__init__(parent)
        self.loss, self.metric = Chart(axis), Chart(axis)
        self.loss.setAccessibleName(tr("Loss over the run"))
        self.metric.setAccessibleName(tr("Metrics on the validation rows over the run"))
        self.updates = UpdateCurve(self.loss)  # what is added first lies behind
        self.losses = [EpochCurve(kind, self.loss) for kind in LOSSES]
        self.metrics = [EpochCurve(kind, self.metric) for kind in METRICS]
        self.compared = ComparedRuns(self.updates, self.losses, self.metrics)
        self.rows: tuple[EpochRow, ...] = ()
        self._unit: Unit | None = None
        self._is_log = False
        self._spikes: list[PlacedMark] = []
        self._cursor = LossCursor(self.updates, self.losses, self.metrics, self.compared)

    @property
    def both(self) -> tuple[Chart, Chart]:
        """The charts."""
        return self.loss, self.metric

    @property
    def curves(self) -> list[EpochCurve | UpdateCurve]:
        """The curves of the run that is shown."""
        return [self.updates, *self.losses, *self.metrics]

    @property
    def axis(self) -> XAxis:
        """What the charts count in, and the part of the run in view."""
        return self.loss.axis

    @property
    def has_metrics(self) -> bool:
        """Whether there is anything in the second chart."""
        return any(len(curve.series) for curve in self.metrics)

    def forget(self) -> None:
        """Clear the curves of the run that is shown."""
        self.rows = ()
        for curve in self.curves:
            curve.series.clear()
        for each in (*self.losses, *self.metrics):
            each.take_now(None)

    def dress(self) -> None:
        """Apply the colours of all curves."""
        for curve in self.curves:
            curve.dress()
            curve.be_one_of_many(self.compared.count > 0)
        self.compared.dress()

    def take(self, curves: Curves) -> bool:
        """Take all curves of a run; return True if those over epochs were rebuilt."""
        if self.axis.unit != self._unit:
            self._unit = self.axis.unit
            self.rows = ()
        self.updates.take(curves, self.axis.of(curves))
        over_epochs = (*self.losses, *self.metrics)
        for curve in over_epochs:
            curve.take_now(curves.now)
        is_rebuilt = take_rows(over_epochs, self.rows, curves.epochs, self.axis.of_epochs)
        self.rows = curves.epochs
        return is_rebuilt

    def compare(self, snapshot: Snapshot) -> None:
        """Show the curves of all runs, if there are several."""
        if self.compared.compare(snapshot, self.axis):
            for curve in self.curves:
                curve.be_one_of_many(self.compared.count > 0)

    # ----------------------------------------------------------------- drawing

    def draw(
        self, curves: Curves | None, smoothing: int, *, log: bool, uncut: bool = False, note: str = ""
    ) -> None:
        """Draw the visible part of the run, and the cursor.

        Args:
            curves: of the run; None where there are none.
            smoothing: over how many updates.
            log: in powers of ten.
            uncut: make the losses as high as their highest spike.
            note: stands in the corner of both charts.
        """
        if log != self._is_log:
            self._is_log = log
            self.loss.y_axis.set_logarithmic(log)
        for chart in self.both:
            chart.show_axis()
            chart.overlay.set_note(note)
        self._draw_losses(smoothing, uncut=uncut)
        self._draw_metrics()
        self._place_marks(curves)
        self._cursor.read_off(has_curves=curves is not None, log=log)

    def _draw_losses(self, smoothing: int, *, uncut: bool) -> None:
        log, alone = self._is_log, not self.compared.count
        shapes = [curve.envelope() if alone else None for curve in self.losses]
        each = self.updates.draw(log, smoothing, on=alone)
        self.updates.mean_key.rename(tr("Mean of {count}").format(count=whole(smoothing)))
        drawn = [*shapes, each, *self.compared.draw_losses(log, smoothing)]
        height = height_of(drawn, log, cuts_spikes=not uncut)
        self.loss.show_height(height)
        self._spikes = [] if log else self._above(drawn, height[1])
        for curve, shape in zip(self.losses, shapes, strict=True):
            curve.draw(shape, log)

    def _above(self, drawn: list[Envelope | None], top: float) -> list[PlacedMark]:
        """Return marks for the highest spikes that leave the chart through its top."""
        left, right = self.loss.visible()
        width = _SPIKE_WIDTH * (right - left) / self.loss.columns()
        spikes = spikes_above(drawn, top, width, _MOST_SPIKES)
        return [PlacedMark(x, short(value), spike=True) for x, value in spikes]

    def _draw_metrics(self) -> None:
        has_reward = any(curve.kind.field == "reward" and len(curve.series) for curve in self.metrics)
        self.metric.y_axis.set_in_percent(not has_reward)
        self.metric.show_height(_REWARD_HEIGHT if has_reward else _METRIC_HEIGHT)
        for curve in self.metrics:
            curve.draw(None if self.compared.count else curve.envelope(), False)
        self.compared.draw_metrics()

    def _place_marks(self, curves: Curves | None) -> None:
        # Where the axis counts epochs, its grid shows where they end.
        rows = self.rows if self.axis.unit != "epochs" else ()
        places, numbers = self.axis.of_epochs(rows), np.array([row.epoch for row in rows], dtype=np.float64)
        for chart in self.both:
            chart.overlay.set_epochs(places, numbers)
        marks = [*placed(curves.marks, self.axis)] if curves else []
        bad = self.updates.series.first_bad
        if bad is not None:
            place = float(self.updates.series.x[bad])
            marks.append(PlacedMark(place, tr("loss is no longer a number"), loud=True))
        # Both charts have the lines; only one has the words: that of the loss, if it can be seen.
        quiet = [replace(mark, text="") for mark in marks]
        self.loss.overlay.set_marks((*self._spikes, *marks))
        self.metric.overlay.set_marks(tuple(marks if self.loss.isHidden() else quiet))
