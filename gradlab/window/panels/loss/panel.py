"""Loss and metrics: how the run goes, update by update and epoch by epoch."""

from operator import is_

from PySide6.QtWidgets import QWidget
from typing_extensions import override

from gradlab.instruments.records import Curves, Frame, Snapshot
from gradlab.language import mark, tr
from gradlab.window.charts.time_plot import WholeRunButton
from gradlab.window.charts.x_axis import Unit, XAxis
from gradlab.window.panels.base import RunPanel
from gradlab.window.panels.bus import PanelBus
from gradlab.window.panels.loss import ABOUT
from gradlab.window.panels.loss.charts_menu import ChartsMenu
from gradlab.window.panels.loss.charts_page import ChartsPage
from gradlab.window.panels.loss.loss_charts import LossCharts


class LossPanel(RunPanel):
    """Loss above, metrics below (or beside, in a wide panel), over the same part of the run.

    A low panel has room for one of them: then two tabs choose which. Where there are several runs, or replicas of
    one, a colour stands for a run, and the style of a line for what it measures.
    """

    about = ABOUT
    saves = Curves
    nothing_yet = mark("Press Run to see the loss fall")

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._snapshot = self._coming = Snapshot()
        self.axis = XAxis(self)
        self.charts = LossCharts(self.axis, self)
        self.menu = ChartsMenu(self.axis, self)
        self.whole_run = WholeRunButton(self.axis)
        self.page = ChartsPage(self.charts, [self.menu.button, self.whole_run], self.as_table)
        self.set_content(self.page)
        self.hint.setObjectName("emptyPanel")
        self._connect()
        self.wear()

    def _connect(self) -> None:
        self.menu.units.chosen.connect(self._choose_unit)
        self.menu.changed.connect(self._draw)
        self.page.switched.connect(self._draw)
        self.charts.compared.toggled.connect(self._draw)
        for key in (*(curve.key for curve in self.charts.curves), self.charts.updates.mean_key):
            key.toggled.connect(self._draw)
        for chart in self.charts.both:
            chart.view.sigResized.connect(self._draw)
        self.axis.changed.connect(self._take_axis)

    @override
    def join(self, bus: PanelBus) -> None:
        self.axis = bus.x_axis
        for chart in self.charts.both:
            chart.share(self.axis)
        self.whole_run.share(self.axis)
        self.axis.changed.connect(self._take_axis)
        self._take_axis()

    @override
    def dress(self) -> None:
        self.charts.dress()

    # ------------------------------------------------------------------ frames

    @override
    def show_frame(self, frame: Frame) -> None:
        self.show_snapshot(Snapshot(frame))

    @override
    def show_snapshot(self, snapshot: Snapshot) -> None:
        self._coming = snapshot
        self.axis.make_room_for(snapshot)
        self.axis.follow(snapshot.shown)
        super().show_frame(snapshot.shown)

    @override
    def forget(self) -> None:
        self._snapshot = self._coming
        self.charts.forget()
        self.charts.compare(self._snapshot)
        self._make_room()
        self._draw()

    @override
    def follow(self, frame: Frame) -> None:
        curves = frame.get(Curves)
        is_new = self.take_new(curves) is not None
        if curves is None or not (is_new or not _same_runs(self._coming, self._snapshot)):
            return
        self._snapshot = self._coming
        self.charts.compare(self._snapshot)
        self._take(curves)
        self.page.show_metrics(frame.task == "classification" and self.charts.has_metrics)
        self._draw()

    @override
    def hint_for(self, frame: Frame) -> str:
        others = (*self._snapshot.lanes, *self._snapshot.pinned)
        has_begun = len(self.charts.updates.series) or any(lane.frame.progress.begun for lane in others)
        return "" if has_begun else tr(self.nothing_yet)

    def _take(self, curves: Curves) -> None:
        if self.charts.take(curves):
            self._make_room()

    def _take_axis(self) -> None:
        """Draw again after another part of the run or another unit was chosen, here or in another panel."""
        self.menu.units.show_value(self.axis.unit)
        curves = self.newest(Curves)
        if curves is not None:
            self._take(curves)
            self.charts.compare(self._snapshot)
        self._draw()

    def _choose_unit(self, unit: Unit) -> None:
        self.axis.choose(unit)  # looked up each time: ``join`` replaces the axis

    def _make_room(self) -> None:
        self.page.make_room()
        self.whole_run.follow()

    def _draw(self) -> None:
        was_smoothed = self.charts.updates.is_smoothed
        room = self.page.room
        self.charts.draw(
            self.newest(Curves),
            self.menu.smoothing.value,
            log=self.menu.log_scale.isChecked(),
            uncut=self.menu.whole_height.isChecked(),
            note=tr(self.axis.kind.choice) if room.is_tabbed or room.is_low else "",
        )
        if self.charts.updates.is_smoothed != was_smoothed:
            self.page.make_room()


def _same_runs(one: Snapshot, other: Snapshot) -> bool:
    """Return whether both hold the same curves of the same runs."""
    runs = [[lane.frame.get(Curves) for lane in (*each.lanes, *each.pinned)] for each in (one, other)]
    return len(runs[0]) == len(runs[1]) and all(map(is_, *runs))
