"""The cursor in both charts, and the values that it reads off."""

from collections.abc import Sequence

from gradlab.window.charts.chart import Chart
from gradlab.window.charts.overlay import Cursor
from gradlab.window.panels.loss.compared_runs import ComparedRuns
from gradlab.window.panels.loss.curves import EpochCurve, UpdateCurve


class LossCursor:
    """Follows the place that is pointed at in either chart."""

    def __init__(
        self,
        updates: UpdateCurve,
        losses: Sequence[EpochCurve],
        metrics: Sequence[EpochCurve],
        compared: ComparedRuns,
    ) -> None:
        self._updates, self._losses, self._metrics, self._compared = updates, losses, metrics, compared
        self._pointed_at: tuple[Chart, float, float | None] | None = None
        self._is_log = self._has_curves = False
        for chart in (losses[0].chart, metrics[0].chart):
            chart.pointed.connect(self._point)

    def read_off(self, *, has_curves: bool, log: bool) -> None:
        """Show the values at the cursor, or the latest; ``log``: the losses are drawn as logarithms."""
        self._has_curves, self._is_log = has_curves, log
        self._show()

    def _point(self, chart: Chart, place: tuple[float, float | None] | None) -> None:
        self._pointed_at = None if place is None else (chart, place[0], place[1])
        self._show()

    def _show(self) -> None:
        x = self._pointed_at[1] if self._pointed_at else None
        self._updates.read_off(x)
        for curve in (*self._losses, *self._metrics):
            curve.read_off(x)
        for run in self._compared.all:
            run.read_off(x)
        self._place(self._losses, log=self._is_log)
        self._place(self._metrics, log=False)

    def _place(self, curves: Sequence[EpochCurve], *, log: bool) -> None:
        chart = curves[0].chart
        if self._pointed_at is None or not self._has_curves:
            chart.overlay.set_cursor(None)
            return
        pointed, x, y = self._pointed_at
        marks = (mark.text for mark in chart.overlay.marks_near(x) if mark.text)
        label = " · ".join([chart.axis.in_words(x), *marks])
        if self._compared.count:
            points = self._compared.points_at(chart, x, log)
        else:
            points = [point for curve in curves if (point := curve.point_at(x, log))]
        is_here = chart is pointed
        cursor = Cursor(x, label if is_here else "", y if is_here else None, tuple(points))
        chart.overlay.set_cursor(cursor)
