"""A chart with everything that belongs to it."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from gradlab.instruments.records import Table
from gradlab.window.charts.chart import Chart
from gradlab.window.widgets.boxes import fill
from gradlab.window.widgets.flow_layout import FlowLayout

TableOf = Callable[[], Table | None]


class ChartBlock(QWidget):
    """A chart below its keys and tools; an exported picture has both.

    Attributes:
        as_table: returns the data that the chart shows.
    """

    def __init__(
        self,
        name: str,
        bar: Sequence[QWidget],
        chart: Chart,
        as_table: TableOf,
        second_bar: QWidget | None = None,
    ) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.as_table = as_table
        top = QWidget()
        flow = FlowLayout(top, spacing=6)
        for widget in bar:
            flow.addWidget(widget)
        bars = [top] if second_bar is None else [top, second_bar]
        fill(QVBoxLayout(self), *bars, (chart, 1), spacing=2)
