"""The curves of several runs, with a key for each run."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gradlab.instruments.records import Snapshot
from gradlab.window.charts.chart import Chart
from gradlab.window.charts.series import Envelope
from gradlab.window.charts.x_axis import XAxis
from gradlab.window.panels.loss.curves import EpochCurve, UpdateCurve
from gradlab.window.panels.loss.run_curves import RunCurves
from gradlab.window.widgets.flow_layout import FlowLayout


class ComparedRuns(QWidget):
    """A bar with the runs' keys; hidden while there is nothing to compare.

    Attributes:
        toggled: emitted when the curves of a run were switched on or off.
        all: the curves of each run; made once, for the largest number of runs so far.
        count: how many runs are compared; a single one counts if it has replicas.
    """

    toggled = Signal()

    def __init__(
        self, updates: UpdateCurve, losses: Sequence[EpochCurve], metrics: Sequence[EpochCurve]
    ) -> None:
        """Draw into the charts of these curves."""
        super().__init__()
        self.all: list[RunCurves] = []
        self.count = 0
        self._kinds = updates, losses, metrics
        self._flow = FlowLayout(self, spacing=6)
        self.hide()

    def compare(self, snapshot: Snapshot, axis: XAxis) -> bool:
        """Show the curves of all runs if there are several, or replicas; return True if their number changed."""
        lanes = (*snapshot.lanes, *snapshot.pinned)
        compared = lanes if len(lanes) > 1 or any(lane.band is not None for lane in lanes) else ()
        while len(self.all) < len(compared):
            self._add()
        racing = {lane.frame.run for lane in snapshot.lanes}
        for run, lane in zip(self.all, compared, strict=False):
            number = lane.frame.run
            run.take(lane, axis, is_shown=number == snapshot.shown.run, is_earlier=number not in racing)
        if len(compared) == self.count:
            return False
        self.count = len(compared)
        for run in self.all[self.count :]:
            run.let_go()
        for run in self.all[: self.count]:
            run.key.show()
        self.setVisible(self.count > 0)
        return True

    def dress(self) -> None:
        """Apply the colours of the runs."""
        for run in self.all:
            run.dress()

    def draw_losses(self, log: bool, smoothing: int) -> list[Envelope | None]:
        """Draw the visible part of all losses; return what is visible."""
        return [shape for run in self.all for shape in run.draw_losses(log, smoothing)]

    def draw_metrics(self) -> None:
        """Draw the visible part of all metrics."""
        for run in self.all:
            run.draw_metrics()

    def points_at(self, chart: Chart, x: float, log: bool) -> list[tuple[float, float, str]]:
        """Return the points of the curves in a chart that are nearest to ``x``, with their colour tokens."""
        return [point for run in self.all for point in run.points_at(chart, x, log)]

    def _add(self) -> None:
        run = RunCurves(*self._kinds)
        run.key.toggled.connect(self.toggled)
        self._flow.addWidget(run.key)
        self.all.append(run)
