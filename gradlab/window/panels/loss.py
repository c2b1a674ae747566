"""Loss and metrics: how the run goes, update by update and epoch by epoch."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from gradlab.instruments.records import Curves, EpochRow, Frame, Mark, Progress, State
from gradlab.window.panels.base import Panel
from gradlab.window.plots.chart import Chart
from gradlab.window.plots.colors import blend, pen
from gradlab.window.plots.flow import FlowLayout
from gradlab.window.plots.formatting import round_up
from gradlab.window.plots.keys import CurveKey
from gradlab.window.plots.overlay import Cursor, PlacedMark
from gradlab.window.plots.series import Envelope, Series
from gradlab.window.theme.tokens import Theme

Doubles = NDArray[np.float64]
_SMOOTHING = (1, 5, 10, 20, 50, 100, 500, 1000)
_FIRST_SMOOTHING = 20
_DOT_ROOM = 9  # pixels between epochs, below which a line alone is clearer
_SIDE_BY_SIDE = 2.0  # width / height from which the charts stand side by side


@dataclass(frozen=True)
class _Kind:
    """One curve over epochs: the field of EpochRow, and how it is shown."""

    field: str
    name: str
    token: str
    help: str
    on: bool = True


_LOSSES = (
    _Kind("train_loss", "Training loss", "series.train", "The mean loss over all batches of an epoch."),
    _Kind(
        "val_loss",
        "Validation loss",
        "series.validation",
        "The loss on rows that are never trained on. When it rises while the training loss falls, "
        "the model learns by heart.",
    ),
)
_METRICS = (
    _Kind("val_accuracy", "Accuracy", "series.accuracy", "The share of validation rows that are right."),
    _Kind(
        "val_precision",
        "Precision",
        "series.precision",
        "Of the rows that were said to be of a class, the share that are.",
        on=False,
    ),
    _Kind(
        "val_recall",
        "Recall",
        "series.recall",
        "Of the rows of a class, the share that were found.",
        on=False,
    ),
    _Kind("val_f1", "F1", "series.f1", "One number for precision and recall: high only if both are."),
)


class _EpochCurve:
    """A line with a dot per epoch, and its key."""

    def __init__(self, kind: _Kind, chart: Chart) -> None:
        self.kind = kind
        self.chart = chart
        self.series = Series()
        self.key = CurveKey(kind.name, kind.token, kind.help, dots=True)
        self.key.box.setChecked(kind.on)
        self.line = pg.PlotCurveItem(connect="finite", antialias=True)
        self.dots = pg.ScatterPlotItem(size=7, pen=None)
        chart.addItem(self.line)
        chart.addItem(self.dots)

    def apply_theme(self, theme: Theme) -> None:
        self.key.apply_theme(theme)
        self.line.setPen(pen(theme.color(self.kind.token), 2))
        self.dots.setBrush(theme.color(self.kind.token))

    def draw(self, shown: Envelope | None, log: bool, room: float) -> None:
        """Draw the visible part; ``room`` is how many pixels an epoch has."""
        visible = shown is not None and len(shown.x) > 0
        self.line.setVisible(visible)
        self.dots.setVisible(visible and room >= _DOT_ROOM)
        if shown is None or not visible:
            return
        x, y = shown.path()
        y = _scaled(y, log)
        self.line.setData(x, y)
        if self.dots.isVisible():
            there = np.isfinite(y)
            self.dots.setData(x[there], y[there])

    def envelope(self) -> Envelope | None:
        if not self.key.on or not len(self.series):
            return None
        return self.series.envelope(*self.series.between(*self.chart.visible()), self.chart.columns())


class LossPanel(Panel):
    """Loss above, metrics below (or beside, in a wide panel), over the same epochs."""

    name = "loss"
    title = "Loss and metrics"
    help = (
        "The loss says how wrong the model is: training makes it fall. The pale line is the loss of each "
        "update, the thin line on it its smoothed course, the dots are means over whole epochs. "
        "Validation rows are never trained on: they show what the model has really understood."
    )
    watches = frozenset({"curves"})

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._run: int | None = None
        self._curves: Curves | None = None
        self._rows: tuple[EpochRow, ...] = ()
        self._end = 1.0
        self._follow = True
        self._pointed_at: tuple[Chart, float, float | None] | None = None
        self._updates = Series()
        self._make_charts()
        self._make_controls()
        self._arrange()
        self.apply_theme(theme)
        self._show_emptiness()

    def _make_charts(self) -> None:
        self.loss_chart = Chart(self.theme, "Epoch")
        self.loss_chart.setAccessibleName("Loss over epochs")
        self.metric_chart = Chart(self.theme, "Epoch")
        self.metric_chart.setAccessibleName("Metrics on the validation rows over epochs")
        # What is added first lies behind.
        self.raw_line = pg.PlotCurveItem(connect="finite")
        self.smooth_line = pg.PlotCurveItem(connect="finite", antialias=True)
        self.loss_chart.addItem(self.raw_line)
        self.loss_chart.addItem(self.smooth_line)
        self.losses = [_EpochCurve(kind, self.loss_chart) for kind in _LOSSES]
        self.metrics = [_EpochCurve(kind, self.metric_chart) for kind in _METRICS]
        for chart in (self.loss_chart, self.metric_chart):
            chart.pointed.connect(self._point)
            chart.zoomed.connect(self._zoomed)
            chart.everything_wanted.connect(self.show_everything)

    def _make_controls(self) -> None:
        self.update_key = CurveKey(
            "Each update", "series.train", "The loss of the batches of each single update: pale as it is, "
            "thin and clear its smoothed course.", dots=False,
        )  # fmt: skip
        self.smoothing = QComboBox()
        self.smoothing.setAccessibleName("Smoothing")
        self.smoothing.setToolTip("Over how many updates the clear line takes the mean. The pale line stays.")
        for count in _SMOOTHING:
            self.smoothing.addItem("Off" if count == 1 else f"{count:,} updates", count)
        self.smoothing.setCurrentIndex(_SMOOTHING.index(_FIRST_SMOOTHING))
        self.smoothing.currentIndexChanged.connect(self._draw)
        self.log_scale = QCheckBox("Log scale")
        self.log_scale.setAccessibleName("Log scale")
        self.log_scale.setToolTip(
            "Each line up is ten times as much: shows small losses as clearly as big ones."
        )
        self.log_scale.toggled.connect(self._switch_scale)
        self.whole_run = QPushButton("Whole run")
        self.whole_run.setAccessibleName("Whole run")
        self.whole_run.setToolTip("Shows all epochs again, as a double click in the chart does.")
        self.whole_run.setEnabled(False)
        self.whole_run.clicked.connect(self.show_everything)
        for key in self._keys():
            key.switched.connect(self._draw)

    def _keys(self) -> list[CurveKey]:
        return [curve.key for curve in (*self.losses, *self.metrics)] + [self.update_key]

    def _arrange(self) -> None:
        loss_keys = [curve.key for curve in self.losses] + [self.update_key]
        smoothing_label = QLabel("Smoothing")
        smoothing_label.setBuddy(self.smoothing)
        pair = QWidget()
        row = QHBoxLayout(pair)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(smoothing_label)
        row.addWidget(self.smoothing)
        loss = _block([*loss_keys, pair, self.log_scale, self.whole_run], self.loss_chart)
        self.metric_block = _block([curve.key for curve in self.metrics], self.metric_chart)
        charts = QWidget()
        self._charts = QBoxLayout(QBoxLayout.Direction.TopToBottom, charts)
        self._charts.setContentsMargins(6, 4, 6, 4)
        self._charts.addWidget(loss, 3)
        self._charts.addWidget(self.metric_block, 2)
        self.empty = QLabel("Press Run to see the loss fall")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(charts)

    def apply_theme(self, theme: Theme) -> None:
        """Take every colour anew."""
        super().apply_theme(theme)
        background, train = theme.color("plot.background"), theme.color("series.train")
        self._pale = blend(train, background, 0.38)
        self.raw_line.setPen(pen(self._pale))
        self.smooth_line.setPen(pen(blend(train, background, 0.85), 1.0))
        for chart in (self.loss_chart, self.metric_chart):
            chart.apply_theme(theme)
        for curve in (*self.losses, *self.metrics):
            curve.apply_theme(theme)
        self.update_key.apply_theme(theme, faint=self._pale)
        self.empty.setStyleSheet(f"color: {theme.color('text.muted').name()}")

    # ------------------------------------------------------------------ frames

    def show_frame(self, frame: Frame) -> None:
        """Draw the curves; a new run starts with empty ones."""
        if frame.run != self._run:
            self._forget(frame.run)
        if frame.curves is None or frame.curves is self._curves:
            return
        self._curves = frame.curves
        self._updates.set(frame.curves.update_epoch, frame.curves.update_loss)
        self._take_epochs(frame.curves.epochs)
        self._end = self._end_of_axis(frame)
        self._show_metrics(frame.task == "classification" and any(len(m.series) for m in self.metrics))
        self._show_emptiness()
        self._draw()

    def _forget(self, run: int) -> None:
        self._run = run
        self._curves = None
        self._rows = ()
        self._follow = True
        self.whole_run.setEnabled(False)
        for series in (self._updates, *(curve.series for curve in (*self.losses, *self.metrics))):
            series.clear()
        self._show_emptiness()
        self._draw()

    def _take_epochs(self, rows: tuple[EpochRow, ...]) -> None:
        known = len(self._rows)
        if len(rows) == known and (not rows or rows[-1] is self._rows[-1]):
            return
        if known and (len(rows) < known or rows[known - 1] is not self._rows[-1]):
            known = 0
        for curve in (*self.losses, *self.metrics):
            _extend(curve.series, rows[known:], curve.kind.field, keep=known > 0)
            curve.key.setVisible(bool(len(curve.series)))
        self._rows = rows

    def _end_of_axis(self, frame: Frame) -> float:
        """Leave room ahead in few steps, so that the picture does not move with every frame."""
        reached = max(
            self._updates.x[-1] if len(self._updates) else 0.0, self._rows[-1].epoch if self._rows else 0.0
        )
        planned = frame.progress.epochs
        ahead = round_up(max(1.0, float(reached)))
        return max(float(reached), min(ahead, planned) if planned else ahead, 1e-9)

    def _show_emptiness(self) -> None:
        self._stack.setCurrentIndex(1 if len(self._updates) else 0)

    def _show_metrics(self, on: bool) -> None:
        if on == self.metric_block.isHidden():
            self.metric_block.setVisible(on)
            self._turn()

    # ----------------------------------------------------------------- drawing

    def _draw(self) -> None:
        if self._follow:
            self._set_x(-0.008 * self._end, 1.012 * self._end)  # room for half a dot
        log = self.log_scale.isChecked()
        shapes = [(curve, curve.envelope()) for curve in self.losses]
        raw = self._draw_updates(log)
        self._fit_height([shape for _, shape in shapes] + [raw], log)
        left, right = self.loss_chart.visible()
        room = self.loss_chart.columns() / (right - left)
        for curve, shape in shapes:
            curve.draw(shape, log, room)
        room = self.metric_chart.columns() / (right - left)
        for curve in self.metrics:
            curve.draw(curve.envelope(), False, room)
        self._place_marks()
        self._read_off()

    def _draw_updates(self, log: bool) -> Envelope | None:
        on = self.update_key.on and len(self._updates) > 0
        window = self.smoothing.currentData()
        self.raw_line.setVisible(on)
        self.smooth_line.setVisible(on)
        if not on:
            return None
        visible = self._updates.between(*self.loss_chart.visible())
        columns = self.loss_chart.columns()
        raw = self._updates.envelope(*visible, columns)
        x, y = raw.path()
        self.raw_line.setData(x, _scaled(y, log))
        window = max(1, window)
        x, y = self._updates.smooth(*visible, columns // 4, window) if window > 1 else (x[:0], y[:0])
        self.smooth_line.setData(x, _scaled(y, log))
        self.raw_line.setPen(pen(self._pale if window > 1 else self.theme.color("series.train")))
        return raw

    def _set_x(self, left: float, right: float) -> None:
        for chart in (self.loss_chart, self.metric_chart):
            chart.view.setLimits(xMin=-0.008 * self._end, xMax=1.012 * self._end, minXRange=1e-5 * self._end)
            bottom, top = chart.view.viewRange()[1]
            chart.set_range((left, right), (bottom, top))

    def _fit_height(self, shapes: Iterable[Envelope | None], log: bool) -> None:
        low, high = _extremes(shapes, log)
        chart = self.loss_chart
        if not log:
            chart.set_range(chart.visible(), _linear_range(low, high))
        else:
            margin = 0.04 * max(high - low, 0.1)
            chart.set_range(chart.visible(), (np.floor((low - margin) * 10) / 10, high + margin))
        self.metric_chart.set_range(self.metric_chart.visible(), (-0.03, 1.04))

    def _switch_scale(self, log: bool) -> None:
        self.loss_chart.y_axis.set_logarithmic(log)
        self._draw()

    def _place_marks(self) -> None:
        if self._curves is None:
            self.loss_chart.overlay.set_marks(())
            self.metric_chart.overlay.set_marks(())
            return
        marks = [
            PlacedMark(self._epoch_of(mark.update), mark.text, loud=mark.kind == "diverged")
            for mark in self._curves.marks
        ]
        bad = self._updates.first_bad
        if bad is not None:
            marks.append(PlacedMark(float(self._updates.x[bad]), "loss is no longer a number", loud=True))
        self.loss_chart.overlay.set_marks(tuple(marks))
        # The same lines there; the words once are enough.
        self.metric_chart.overlay.set_marks(tuple(PlacedMark(m.x, "", m.loud) for m in marks))

    def _epoch_of(self, update: int) -> float:
        assert self._curves is not None
        if not len(self._curves.update):
            return 0.0
        return float(np.interp(update, self._curves.update, self._curves.update_epoch))

    # ------------------------------------------------------------------ cursor

    def _point(self, chart: Chart, place: tuple[float, float | None] | None) -> None:
        self._pointed_at = None if place is None else (chart, place[0], place[1])
        self._read_off()

    def _read_off(self) -> None:
        x = self._pointed_at[1] if self._pointed_at else None
        index = _nearest(self._updates.x, x)
        self.update_key.read_off(None if index is None else float(self._updates.y[index]))
        for curve in (*self.losses, *self.metrics):
            at = _nearest(curve.series.x, x)
            curve.key.read_off(None if at is None else float(curve.series.y[at]))
        self._place_cursor(self.loss_chart, self.losses, index)
        self._place_cursor(self.metric_chart, self.metrics, index)

    def _place_cursor(self, chart: Chart, curves: list[_EpochCurve], index: int | None) -> None:
        if self._pointed_at is None or index is None or self._curves is None:
            chart.overlay.set_cursor(None)
            return
        pointed, x, y = self._pointed_at
        log = chart is self.loss_chart and self.log_scale.isChecked()
        label = f"epoch {max(0.0, x):.2f} · update {self._curves.update[index]:,.0f}"
        if chart is self.loss_chart:
            label = " · ".join([label, *(mark.text for mark in chart.overlay.marks_near(x))])
        points = [point for curve in curves if (point := _point_of(curve, x, log))]
        chart.overlay.set_cursor(
            Cursor(x, label if chart is pointed else "", y if chart is pointed else None, tuple(points))
        )

    # -------------------------------------------------------------------- zoom

    def _zoomed(self, chart: Chart) -> None:
        self._follow = False
        self.whole_run.setEnabled(True)
        left, right = chart.visible()
        self._set_x(left, right)
        self._draw()

    def show_everything(self) -> None:
        """Show the whole run again, and go on following it."""
        self._follow = True
        self.whole_run.setEnabled(False)
        self._draw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the charts side by side where the panel is wide and low."""
        super().resizeEvent(event)
        self._turn()
        self._draw()

    def _turn(self) -> None:
        wide = self.width() >= _SIDE_BY_SIDE * max(1, self.height())
        directions = QBoxLayout.Direction
        self._charts.setDirection(directions.LeftToRight if wide else directions.TopToBottom)
        self.loss_chart.show_x_label(wide or self.metric_block.isHidden())


def _block(keys: list[QWidget], chart: Chart) -> QWidget:
    block = QWidget()
    column = QVBoxLayout(block)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(2)
    bar = QWidget()
    flow = FlowLayout(bar)
    for key in keys:
        flow.addWidget(key)
    column.addWidget(bar)
    column.addWidget(chart, 1)
    return block


def _extend(series: Series, rows: tuple[EpochRow, ...], field: str, keep: bool) -> None:
    given = [(row.epoch, value) for row in rows if (value := getattr(row, field)) is not None]
    fresh = np.array(given, dtype=np.float64).reshape(-1, 2)
    x = np.concatenate([series.x, fresh[:, 0]]) if keep else fresh[:, 0].copy()
    y = np.concatenate([series.y, fresh[:, 1]]) if keep else fresh[:, 1].copy()
    if not keep:
        series.clear()
    series.set(x, y)


def _scaled(y: Doubles, log: bool) -> Doubles:
    """Return powers of ten on a logarithmic axis; what has none becomes a gap."""
    if not log:
        return y
    return np.log10(np.where(y > 0, y, np.nan))


def _extremes(shapes: Iterable[Envelope | None], log: bool) -> tuple[float, float]:
    """Return the lowest and highest finite value of all curves, in the axis' numbers."""
    parts = [_scaled(part, log) for shape in shapes if shape for part in (shape.low, shape.high)]
    values = np.concatenate(parts) if parts else np.empty(0)
    values = values[np.isfinite(values)]
    if not len(values):
        return 0.0, 1.0
    return float(values.min()), float(values.max())


def _linear_range(low: float, high: float) -> tuple[float, float]:
    """Start at zero unless the values are far above it; end at a round number, to keep still."""
    if low >= 0 and low < 0.4 * high:
        return -0.02 * high, max(high * 1.04, 1e-12)
    margin = 0.06 * (high - low) or abs(high) * 0.1 or 1.0
    return low - margin, high + margin


def _nearest(x: Doubles, wanted: float | None) -> int | None:
    """Return the index of the value nearest to ``wanted``, the last without one, None without values."""
    if not len(x):
        return None
    if wanted is None:
        return len(x) - 1
    right = min(int(np.searchsorted(x, wanted)), len(x) - 1)
    left = max(0, right - 1)
    return left if abs(x[left] - wanted) <= abs(x[right] - wanted) else right


def _point_of(curve: _EpochCurve, x: float, log: bool) -> tuple[float, float, str] | None:
    at = _nearest(curve.series.x, x)
    if at is None or not curve.key.on:
        return None
    y = float(_scaled(curve.series.y[at : at + 1], log)[0])
    return (float(curve.series.x[at]), y, curve.kind.token) if np.isfinite(y) else None


def examples(epochs: int = 30, updates: int = 43) -> list[Frame]:
    """Return the frames of a made-up run that learns by heart in the end, with ``updates`` per epoch."""
    chance = np.random.default_rng(0)
    count = epochs * updates
    update = np.arange(1, count + 1, dtype=np.float64)
    place = update / updates
    course = 0.04 + 2.2 * np.exp(-place / 4)
    loss = course * np.exp(0.35 * chance.standard_normal(count))
    rows = [_example_row(epoch, epoch * updates, epochs, chance) for epoch in range(epochs + 1)]
    marks = (Mark(count // 3, "learning rate 0.1 → 0.05"), Mark(count // 2, "zeroing: never"))
    return [
        Frame(
            serial=epoch,
            state=State.RUNNING,
            progress=Progress(epoch=epoch, epochs=epochs),
            curves=Curves(
                update[:now], place[:now], loss[:now], loss[:now], tuple(rows[: epoch + 1]),
                tuple(mark for mark in marks if mark.update <= now),
            ),
        )
        for epoch in range(1, epochs + 1)
        for now in [epoch * updates]
    ]  # fmt: skip


def _example_row(epoch: int, update: int, epochs: int, chance: np.random.Generator) -> EpochRow:
    train = 0.04 + 2.2 * float(np.exp(-epoch / 4))
    validation = train + 0.1 + 0.25 * (epoch / epochs) ** 2 + 0.02 * chance.standard_normal()
    right = 1 - 0.9 * float(np.exp(-epoch / 5)) - 0.03
    near = [float(np.clip(right + 0.012 * chance.standard_normal(), 0, 1)) for _ in range(3)]
    precision, recall, f1 = near
    return EpochRow(epoch, update, update * 32, train, right, validation, right, precision, recall, f1, 0.1)


if __name__ == "__main__":
    from gradlab.window.panels.preview import preview

    preview(LossPanel, examples(), milliseconds=200)
