"""Where the two charts are, and which of their keys have room."""

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QTabBar, QWidget
from typing_extensions import override

from gradlab.instruments.records import epochs_table
from gradlab.language import mark, tr
from gradlab.window.panels.loss.chart_block import ChartBlock, TableOf
from gradlab.window.panels.loss.loss_charts import LossCharts
from gradlab.window.widgets.boxes import fill

# From which size on both charts have room: in lines of text, so that it follows the font.
_STACKED_LINES = 20
_STACKED_NARROW_LINES = 28  # below ``_ROOMY_LINES`` of width, where the keys take several lines themselves
_ROOMY_LINES = 34
_BESIDE_LINES = 40
_BESIDE_SHAPE = 2.0  # width / height
# Up to this width the keys of a low panel's losses are short, so that the chart keeps its room; below this height
# those of charts side by side are, too.
_SHORT_LINES = 24
_LOW_LINES = 13
_NARROW_LINES = 18
_SHORT_LOSSES = (mark("Training"), mark("Validation"))
_SHORT_UPDATES = mark("Updates")


@dataclass(frozen=True)
class Room:
    """How much room there is.

    Attributes:
        is_beside: whether the charts stand side by side, else one above the other.
        is_tabbed: whether only one of them has room.
        is_low: whether charts side by side are too low for names of axes and long keys.
        is_short: whether the keys of the losses have room for a short name only.
        is_narrow: whether each key needs a line of its own, so that one of less weight gives way.
    """

    is_beside: bool = False
    is_tabbed: bool = False
    is_low: bool = False
    is_short: bool = False
    is_narrow: bool = False

    @classmethod
    def of(cls, width: int, height: int, line: int, *, has_metrics: bool) -> "Room":
        """Measure a panel; ``line`` is the height of a line of text."""
        beside = width >= max(_BESIDE_SHAPE * height, _BESIDE_LINES * line)
        stacked = _STACKED_LINES if width >= _ROOMY_LINES * line else _STACKED_NARROW_LINES
        tabbed = has_metrics and not beside and height < stacked * line
        low = beside and height < _LOW_LINES * line
        short = low or (tabbed and width < _SHORT_LINES * line)
        narrow = width < _NARROW_LINES * line and height < _BESIDE_LINES * line
        return cls(beside, tabbed, low, short, narrow)


class ChartsPage(QWidget):
    """Puts the charts above each other, side by side, or behind tabs.

    Attributes:
        switched: emitted when the other chart is chosen.
        tabs: choose a chart where only one has room.
        loss_block, metric_block: the charts with their keys.
        room: how much there is now.
    """

    switched = Signal()

    def __init__(self, charts: LossCharts, tools: list[QWidget], as_table: TableOf) -> None:
        """Place charts; ``tools`` stand beside their keys, ``as_table`` returns what the losses show."""
        super().__init__()
        self._charts = charts
        self._has_metrics = False
        self.room = Room()
        self.tabs = self._make_tabs()
        loss_keys = [*(curve.key for curve in charts.losses), charts.updates.key, charts.updates.mean_key]
        self.loss_block = ChartBlock(
            tr("Loss"), [self.tabs, *tools, *loss_keys], charts.loss, as_table, charts.compared
        )
        self.metric_block = ChartBlock(
            tr("Metrics"),
            [curve.key for curve in charts.metrics],
            charts.metric,
            lambda: epochs_table(charts.rows) if charts.rows else None,
        )
        self._box = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        fill(self._box, self.loss_block, self.metric_block, spacing=2, margins=(6, 2, 6, 2))

    def _make_tabs(self) -> QTabBar:
        tabs = QTabBar()
        tabs.setObjectName("chart")
        tabs.setAccessibleName(tr("Chart"))
        tabs.setWhatsThis(tr("Chooses the chart: a larger panel has room for both."))
        tabs.setDrawBase(False)
        tabs.setExpanding(False)
        for title in (tr("Loss"), tr("Metrics")):
            tabs.addTab(title)
        tabs.currentChanged.connect(self._switch)
        return tabs

    def show_metrics(self, on: bool) -> None:
        """Show the second chart, or hide it."""
        if on != self._has_metrics:
            self._has_metrics = on
            self.make_room()

    def make_room(self) -> None:
        """Show as many charts as fit, with their keys and labels."""
        charts = self._charts
        line = self.fontMetrics().height()
        room = self.room = Room.of(self.width(), self.height(), line, has_metrics=self._has_metrics)
        loss = not room.is_tabbed or self.tabs.currentIndex() == 0
        directions = QBoxLayout.Direction
        self._box.setDirection(directions.LeftToRight if room.is_beside else directions.TopToBottom)
        self._box.setStretch(0, 3 if loss else 0)
        self._box.setStretch(1, 2)
        charts.loss.show_x_label(room.is_beside and not room.is_low)
        # Low charts name the axis in the corner.
        charts.metric.show_x_label(not (room.is_tabbed or room.is_low))
        self.tabs.setVisible(room.is_tabbed)
        charts.loss.setVisible(loss)
        charts.updates.key.setVisible(loss)
        charts.updates.mean_key.setVisible(
            loss and charts.updates.is_smoothed and not (room.is_short or room.is_narrow)
        )
        charts.updates.key.shorten(tr(_SHORT_UPDATES) if room.is_short else "")
        for curve, name in zip(charts.losses, _SHORT_LOSSES, strict=True):
            curve.key.setVisible(loss and len(curve.series) > 0)
            curve.key.shorten(tr(name) if room.is_short else "")
        for curve in charts.metrics:
            curve.key.setVisible(len(curve.series) > 0)
        self.metric_block.setVisible(self._has_metrics and not (room.is_tabbed and loss))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.make_room()

    def _switch(self) -> None:
        self.make_room()
        self.switched.emit()
