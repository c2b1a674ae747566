"""One sequence at a time: its inputs, its target and what the model predicts, step by step."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QVBoxLayout, QWidget

from gradlab.instruments.records import SequencesView
from gradlab.language import shown_name, tr
from gradlab.window import theme
from gradlab.window.charts.colors import pen
from gradlab.window.charts.formatting import short
from gradlab.window.charts.scatter import ScatterPlot, legend, with_model
from gradlab.window.panels.data.fitted_line import LOST
from gradlab.window.theme.themed import Themed

MOST_DOTS = 60  # of longer sequences the steps are not marked one by one


class SequencesPlot(Themed, QWidget):
    """A plot over the time steps, and a slider to choose which sequence it shows.

    Attributes:
        inputs: a curve for each feature, ``true`` and ``predicted`` those of the target.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Sequences and predictions"))
        self._view: SequencesView | None = None
        self.plot = ScatterPlot()
        self.plot.wear()
        self.plot.setAccessibleName(tr("Sequence over time steps"))
        self.inputs: list[pg.PlotDataItem] = []
        self.true = self._add()
        self.predicted = self._add()
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName("row")
        self.slider.setMinimumHeight(22)  # else the handle is cut off
        self.slider.setAccessibleName(tr("Sequence"))
        self.slider.setToolTip(tr("Which of these validation sequences is drawn."))
        self.slider.setPageStep(3)
        self.slider.valueChanged.connect(self._draw)
        self.text = QLabel()
        name = QLabel(tr("Sequence"))
        name.setBuddy(self.slider)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(name)
        row.addWidget(self.slider, 1)
        row.addWidget(self.text)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.plot, 1)
        column.addLayout(row)
        self.wear()

    def _add(self) -> pg.PlotDataItem:
        item = pg.PlotDataItem(connect="finite", antialias=True)
        self.plot.addItem(item)
        return item

    def dress(self) -> None:
        """Take the colours."""
        for number, item in enumerate(self.inputs):
            item.setPen(pen(self._input_color(number)))
        for item, token in ((self.true, "series.train"), (self.predicted, "series.validation")):
            color = theme.color(token)
            item.setPen(pen(color, 1.5))
            item.setSymbolPen(pen(color))
            item.setSymbolBrush(color)

    def show_view(self, view: SequencesView) -> str:
        """Draw it; return the caption."""
        self._view = view
        while len(self.inputs) < view.inputs.shape[2]:
            self.inputs.append(self._add())
            self.inputs[-1].setZValue(-1)
            self.inputs[-1].setPen(pen(self._input_color(len(self.inputs) - 1)))
        for number, item in enumerate(self.inputs):
            item.setVisible(number < view.inputs.shape[2])
        self.slider.setRange(0, max(len(view.true) - 1, 0))
        self._draw()
        return self._caption(view) if np.isfinite(view.predicted).all() else tr(LOST)

    @Slot()
    def _draw(self) -> None:
        view, number = self._view, self.slider.value()
        if view is None or not len(view.true):
            return
        inputs, true, predicted = view.inputs[number], view.true[number], view.predicted[number]
        steps = np.arange(1, len(inputs) + 1, dtype=np.float64)
        for item, values in zip(self.inputs, inputs.T, strict=False):
            item.setData(steps, values)
        last = steps[-len(true) :]  # one target per sequence belongs to its last step
        symbol = "o" if len(true) <= MOST_DOTS else None
        self.true.setData(last, true, symbol=symbol, symbolSize=7)
        self.predicted.setData(last, predicted, symbol="d" if symbol else None, symbolSize=8)
        self.plot.name_axes(tr("time step"), tr("value"))
        self.plot.set_range(
            (0.5, len(steps) + 0.5), with_model(np.concatenate([inputs.ravel(), true]), predicted)
        )
        error = short(float(np.abs(true - predicted).mean()))
        self.text.setText(
            tr("{number} of {count} · off by {error}").format(
                number=number + 1, count=len(view.true), error=error
            )
        )
        self.slider.setAccessibleDescription(self.text.text())

    def _caption(self, view: SequencesView) -> str:
        entries = [
            (self._input_color(number), "━", tr("input {name}").format(name=shown_name(name)))
            for number, name in enumerate(view.input_names)
        ]
        what = shown_name(view.target_name)
        entries.append((theme.color("series.train"), "●", tr("true {name}").format(name=what)))
        entries.append((theme.color("series.validation"), "◆", tr("predicted {name}").format(name=what)))
        return legend(entries)

    def _input_color(self, number: int) -> QColor:
        """Return a quiet colour for the first input, and colours of the classes for more: there are none here."""
        return theme.color("plot.axis") if number == 0 else theme.class_color(number + 1)
