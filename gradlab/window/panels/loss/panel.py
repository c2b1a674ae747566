"""Loss and metrics: how the run goes, update by update and epoch by epoch."""

from operator import is_

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QLabel,
    QMenu,
    QStackedLayout,
    QTabBar,
    QWidget,
)

from gradlab.export.tables import Table, epochs_table, table_of
from gradlab.instruments.records import Curves, EpochRow, Frame, Snapshot
from gradlab.language import mark, tr, trn
from gradlab.window.charts.chart import Chart
from gradlab.window.charts.formatting import whole
from gradlab.window.charts.overlay import Cursor, PlacedMark, placed
from gradlab.window.charts.ranges import height_of
from gradlab.window.charts.time_plot import WholeRunButton
from gradlab.window.charts.x_axis import UNITS, Unit, XAxis
from gradlab.window.panels.base import Panel
from gradlab.window.panels.bus import Desk
from gradlab.window.panels.loss.chart_block import ChartBlock
from gradlab.window.panels.loss.curve_kinds import LOSSES, METRICS
from gradlab.window.panels.loss.curves import EpochCurve, UpdateCurve, take_rows
from gradlab.window.panels.loss.run_curves import RunCurves
from gradlab.window.widgets.flow_layout import FlowLayout
from gradlab.window.widgets.menu_choice import MenuChoice
from gradlab.window.widgets.widgets import push_button

_SMOOTHING = (1, 5, 10, 20, 50, 100, 500, 1000)
_FIRST_SMOOTHING = 20
# From which size on both charts have room: in lines of text, so that it follows the font.
_STACKED_LINES = 20
_BESIDE_LINES = 40
_BESIDE_SHAPE = 2.0  # width / height
# Up to this width the keys of a low panel's losses are short, so that the chart keeps its room; below this height
# those of charts side by side are, too.
_SHORT_LINES = 24
_LOW_LINES = 13
_SHORT_LOSSES = (mark("Training"), mark("Validation"))
_SHORT_UPDATES = mark("Updates")
_METRIC_HEIGHT = (-0.03, 1.04)
_REWARD_HEIGHT = (-1.04, 1.04)


class LossPanel(Panel):
    """Loss above, metrics below (or beside, in a wide panel), over the same part of the run.

    A low panel has room for one of them: then two tabs choose which. Where there are several runs, or replicas of
    one, a colour stands for a run, and the style of a line for what it measures.
    """

    name = "loss"
    title = mark("Loss and metrics")
    help = mark(
        "The loss says how wrong the model is: training makes it fall. The pale line is the loss of each "
        "update, the thin line on it its smoothed course, the dots are means over whole epochs. "
        "Validation rows are never trained on: they show what the model has really understood. "
        "Where several runs are compared, each has its own colour, and pinned ones are pale; of replicas a band "
        "shows where most of them lie, and a line the middle one."
    )
    watches = frozenset({Curves})

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run: int | None = None
        self._snapshot = Snapshot()
        self._curves: Curves | None = None
        self._rows: tuple[EpochRow, ...] = ()
        self._unit: Unit | None = None
        self._has_metrics = False
        self._is_tabbed = False
        self._pointed_at: tuple[Chart, float, float | None] | None = None
        self.axis = XAxis(self)
        self._make_charts()
        self._make_controls()
        self._arrange()
        self.wear()
        self._make_room()
        self._show_emptiness()
        for chart in (self.loss_chart, self.metric_chart):
            chart.pointed.connect(self._point)
            chart.view.sigResized.connect(self._draw)
        self.axis.changed.connect(self._take_axis)

    def join(self, desk: Desk) -> None:
        """Show the same part of the run as the other panels."""
        self.axis = desk.x_axis
        for chart in (self.loss_chart, self.metric_chart):
            chart.share(self.axis)
        self.whole_run.share(self.axis)
        self.axis.changed.connect(self._take_axis)
        self._take_axis()

    # ---------------------------------------------------------------- building

    def _make_charts(self) -> None:
        self.loss_chart = Chart(self.axis)
        self.loss_chart.setAccessibleName(tr("Loss over the run"))
        self.metric_chart = Chart(self.axis)
        self.metric_chart.setAccessibleName(tr("Metrics on the validation rows over the run"))
        self.updates = UpdateCurve(self.loss_chart)  # what comes first lies behind
        self.losses = [EpochCurve(kind, self.loss_chart) for kind in LOSSES]
        self.metrics = [EpochCurve(kind, self.metric_chart) for kind in METRICS]
        self._all: list[EpochCurve | UpdateCurve] = [self.updates, *self.losses, *self.metrics]
        self.runs: list[RunCurves] = []  # made once for as many as were ever compared
        self._compared = 0

    def _make_controls(self) -> None:
        self.tabs = QTabBar()
        self.tabs.setObjectName("chart")
        self.tabs.setAccessibleName(tr("Chart"))
        self.tabs.setWhatsThis(tr("Chooses the chart: a larger panel has room for both."))
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        for title in (tr("Loss"), tr("Metrics")):
            self.tabs.addTab(title)
        self.tabs.currentChanged.connect(self._switch_chart)
        self.view_button = push_button(tr("View"))
        self.view_button.setToolTip(tr("What the charts count in along the run, smoothing and log scale."))
        self.view_button.setMenu(self._make_menu())
        self.whole_run = WholeRunButton(self.axis)
        for curve in self._all:
            curve.key.toggled.connect(self._draw)

    def _make_menu(self) -> QMenu:
        units = {
            unit: (tr(kind.choice), tr("Along the charts: {what}.").format(what=tr(kind.help)))
            for unit, kind in UNITS.items()
        }
        self.units = MenuChoice(tr("&Horizontal axis"), units, self.axis.unit, self)
        self.units.setObjectName("unit")
        self.units.chosen.connect(self._choose_unit)
        help = tr("Over how many updates the clear line takes the mean. The pale line stays.")
        counts = {count: (_smoothing_in_words(count), help) for count in _SMOOTHING}
        self.smoothing = MenuChoice(tr("&Smoothing"), counts, _FIRST_SMOOTHING, self)
        self.smoothing.setObjectName("smoothing")
        self.smoothing.chosen.connect(self._draw)
        menu = QMenu(tr("View"), self)
        menu.setToolTipsVisible(True)
        menu.addMenu(self.units)
        menu.addMenu(self.smoothing)
        self.log_scale = menu.addAction(tr("&Log scale"))
        self.log_scale.setObjectName("log scale")
        self.log_scale.setCheckable(True)
        self.log_scale.setToolTip(
            tr("Each line up is ten times as much: shows small losses as clearly as big ones.")
        )
        self.log_scale.toggled.connect(self._switch_scale)
        return menu

    def _choose_unit(self, unit: Unit) -> None:
        self.axis.choose(unit)

    def _arrange(self) -> None:
        loss_keys = [*(curve.key for curve in self.losses), self.updates.key]
        loss_bar = [self.tabs, self.view_button, self.whole_run, *loss_keys]
        self.run_bar = QWidget()
        self._run_flow = FlowLayout(self.run_bar, spacing=6)
        self.run_bar.hide()
        self.loss_block = ChartBlock(tr("Loss"), loss_bar, self.loss_chart, self.as_table, self.run_bar)
        metric_keys = [curve.key for curve in self.metrics]
        self.metric_block = ChartBlock(
            tr("Metrics"),
            metric_keys,
            self.metric_chart,
            lambda: epochs_table(self._rows) if self._rows else None,
        )
        charts = QWidget()
        self._charts = QBoxLayout(QBoxLayout.Direction.TopToBottom, charts)
        self._charts.setContentsMargins(6, 2, 6, 2)
        self._charts.setSpacing(2)
        self._charts.addWidget(self.loss_block)
        self._charts.addWidget(self.metric_block)
        self.empty = QLabel(tr("Press Run to see the loss fall"))
        self.empty.setObjectName("emptyPanel")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(charts)

    def as_table(self) -> Table | None:
        """Return every recorded update and the ends of all epochs."""
        return table_of(self._curves) if self._curves is not None else None

    def dress(self) -> None:
        """Take the colours of all curves."""
        for curve in self._all:
            curve.dress()
            curve.be_one_of_many(self._compared > 0)
        for run in self.runs:
            run.dress()

    # -------------------------------------------------------------------- room

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many charts as have room."""
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """Put the charts above each other, side by side, or behind tabs; show what belongs to them."""
        line = self.fontMetrics().height()
        beside = self.width() >= max(_BESIDE_SHAPE * self.height(), _BESIDE_LINES * line)
        tabbed = self._is_tabbed = self._has_metrics and not beside and self.height() < _STACKED_LINES * line
        loss = not tabbed or self.tabs.currentIndex() == 0
        metrics = self._has_metrics and not (tabbed and loss)
        directions = QBoxLayout.Direction
        self._charts.setDirection(directions.LeftToRight if beside else directions.TopToBottom)
        self._charts.setStretch(0, 3 if loss else 0)
        self._charts.setStretch(1, 2)
        low = self._is_low = beside and self.height() < _LOW_LINES * line
        self.loss_chart.show_x_label(beside and not low)
        # Low charts name the axis in the corner.
        self.metric_chart.show_x_label(not (tabbed or low))
        self.tabs.setVisible(tabbed)
        for widget in (self.loss_chart, self.updates.key):
            widget.setVisible(loss)
        short = low or (tabbed and self.width() < _SHORT_LINES * line)
        self.updates.key.shorten(tr(_SHORT_UPDATES) if short else "")
        for curve, name in zip(self.losses, _SHORT_LOSSES, strict=True):
            curve.key.setVisible(loss and len(curve.series) > 0)
            curve.key.shorten(tr(name) if short else "")
        for curve in self.metrics:
            curve.key.setVisible(len(curve.series) > 0)
        self.metric_block.setVisible(metrics)
        self.whole_run.follow()

    def _switch_chart(self) -> None:
        self._make_room()
        self._draw()

    def _show_emptiness(self) -> None:
        others = any(lane.frame.progress.begun for lane in (*self._snapshot.lanes, *self._snapshot.pinned))
        self._stack.setCurrentIndex(1 if len(self.updates.series) or others else 0)

    # ------------------------------------------------------------------ frames

    def show_frame(self, frame: Frame) -> None:
        """Draw the curves of one run."""
        self.show_snapshot(Snapshot(frame))

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Draw the curves of all runs; those of a new run start empty."""
        frame, curves = snapshot.shown, snapshot.shown.get(Curves)
        self.axis.make_room_for(snapshot)
        self.axis.follow(frame)
        if frame.run != self._run:
            self._forget(frame.run)
        if curves is None or (curves is self._curves and _same_runs(snapshot, self._snapshot)):
            return
        self._snapshot = snapshot
        self._compare(snapshot)
        self._curves = curves
        self._take_curves(curves)
        has_metrics = frame.task == "classification" and any(len(curve.series) for curve in self.metrics)
        if has_metrics != self._has_metrics:
            self._has_metrics = has_metrics
            self._make_room()
        self._show_emptiness()
        self._draw()

    def _compare(self, snapshot: Snapshot) -> None:
        """Take the curves of all runs, where there are several, or a band."""
        lanes = (*snapshot.lanes, *snapshot.pinned)
        compared = lanes if len(lanes) > 1 or any(lane.band is not None for lane in lanes) else ()
        while len(self.runs) < len(compared):
            self._add_run()
        racing = {lane.frame.run for lane in snapshot.lanes}
        for run, lane in zip(self.runs, compared, strict=False):
            number = lane.frame.run
            run.take(lane, self.axis, is_shown=number == snapshot.shown.run, is_earlier=number not in racing)
        if len(compared) != self._compared:
            for run in self.runs[len(compared) :]:
                run.let_go()
            for run in self.runs[: len(compared)]:
                run.key.show()
            self._compared = len(compared)
            self.run_bar.setVisible(self._compared > 0)
            for curve in self._all:
                curve.be_one_of_many(self._compared > 0)

    def _add_run(self) -> None:
        run = RunCurves(self.updates, self.losses, self.metrics)
        run.key.toggled.connect(self._draw)
        self._run_flow.addWidget(run.key)
        self.runs.append(run)

    def _forget(self, run: int) -> None:
        self._run = run
        self._curves = None
        self._rows = ()
        for curve in self._all:
            curve.series.clear()
        self._show_emptiness()
        self._make_room()
        self._draw()

    def _take_curves(self, curves: Curves) -> None:
        if self.axis.unit != self._unit:
            self._unit = self.axis.unit
            self._rows = ()
        self.updates.take(curves, self.axis.of(curves))
        self._take_epochs(curves.epochs)

    def _take_axis(self) -> None:
        """Draw the part of the run that was chosen, here or in another panel, in what was chosen to count in."""
        self.units.show_value(self.axis.unit)
        if self._curves is not None:
            self._take_curves(self._curves)
            self._compare(self._snapshot)
        self._draw()

    def _take_epochs(self, rows: tuple[EpochRow, ...]) -> None:
        if take_rows((*self.losses, *self.metrics), self._rows, rows, self.axis.of_epochs):
            self._make_room()
        self._rows = rows

    # ----------------------------------------------------------------- drawing

    def _draw(self) -> None:
        for chart in (self.loss_chart, self.metric_chart):
            chart.show_axis()
            chart.overlay.set_note(tr(self.axis.kind.choice) if self._is_tabbed or self._is_low else "")
        log, alone = self.log_scale.isChecked(), not self._compared
        shapes = [curve.envelope() if alone else None for curve in self.losses]
        each = self.updates.draw(log, self.smoothing.value, on=alone)
        others = [shape for run in self.runs for shape in run.draw_losses(log, self.smoothing.value)]
        self.loss_chart.show_height(height_of([*shapes, each, *others], log))
        for curve, shape in zip(self.losses, shapes, strict=True):
            curve.draw(shape, log)
        has_reward = any(curve.kind.field == "reward" and len(curve.series) for curve in self.metrics)
        self.metric_chart.show_height(_REWARD_HEIGHT if has_reward else _METRIC_HEIGHT)
        for curve in self.metrics:
            curve.draw(curve.envelope() if alone else None, False)
        for run in self.runs:
            run.draw_metrics()
        self._place_marks()
        self._read_off()

    def _switch_scale(self, log: bool) -> None:
        self.loss_chart.y_axis.set_logarithmic(log)
        self._draw()

    def _place_marks(self) -> None:
        # Where the axis counts epochs, its grid shows where they end.
        rows = self._rows if self.axis.unit != "epochs" else ()
        places, numbers = self.axis.of_epochs(rows), np.array([row.epoch for row in rows], dtype=np.float64)
        for chart in (self.loss_chart, self.metric_chart):
            chart.overlay.set_epochs(places, numbers)
        marks = [*placed(self._curves.marks, self.axis)] if self._curves else []
        bad = self.updates.series.first_bad
        if bad is not None:
            place = float(self.updates.series.x[bad])
            marks.append(PlacedMark(place, tr("loss is no longer a number"), loud=True))
        # The same lines in both; the words once are enough, where the loss can be seen.
        quiet = [PlacedMark(mark.x, "", mark.loud) for mark in marks]
        self.loss_chart.overlay.set_marks(tuple(marks))
        self.metric_chart.overlay.set_marks(tuple(marks if self.loss_chart.isHidden() else quiet))

    # ------------------------------------------------------------------ cursor

    def _point(self, chart: Chart, place: tuple[float, float | None] | None) -> None:
        self._pointed_at = None if place is None else (chart, place[0], place[1])
        self._read_off()

    def _read_off(self) -> None:
        x = self._pointed_at[1] if self._pointed_at else None
        for curve in (*self._all, *self.runs):
            curve.read_off(x)
        self._place_cursor(self.loss_chart, self.losses)
        self._place_cursor(self.metric_chart, self.metrics)

    def _place_cursor(self, chart: Chart, curves: list[EpochCurve]) -> None:
        if self._pointed_at is None or self._curves is None:
            chart.overlay.set_cursor(None)
            return
        pointed, x, y = self._pointed_at
        log = chart is self.loss_chart and self.log_scale.isChecked()
        label = " · ".join(
            [self.axis.in_words(x), *(mark.text for mark in chart.overlay.marks_near(x) if mark.text)]
        )
        points = [point for curve in curves if (point := curve.point_at(x, log))]
        if self._compared:
            points = [point for run in self.runs for point in run.points_at(chart, x, log)]
        chart.overlay.set_cursor(
            Cursor(x, label if chart is pointed else "", y if chart is pointed else None, tuple(points))
        )


def _smoothing_in_words(count: int) -> str:
    if count == 1:
        return tr("off")
    return trn("{count} update", "{count} updates", count).format(count=whole(count))


def _same_runs(one: Snapshot, other: Snapshot) -> bool:
    """Whether both show the same runs, as far as these have come."""
    runs = [[lane.frame.get(Curves) for lane in (*each.lanes, *each.pinned)] for each in (one, other)]
    return len(runs[0]) == len(runs[1]) and all(map(is_, *runs))
