"""How gradients flow: their size layer by layer, the steps made of them, their directions and their noise."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QLabel, QVBoxLayout, QWidget
from typing_extensions import override

from gradlab.instruments.records import Curves, Flow, Frame, Table
from gradlab.language import mark, tr
from gradlab.window.charts.colorbar import LegendEntry
from gradlab.window.charts.layer_names import LayerMarks
from gradlab.window.charts.overlay import placed
from gradlab.window.charts.time_plot import WholeRunButton
from gradlab.window.charts.x_axis import XAxis
from gradlab.window.panels.base import RunPanel
from gradlab.window.panels.bus import PanelBus, SettingChange
from gradlab.window.panels.flow import ABOUT
from gradlab.window.panels.flow.flow_views import FlowViews
from gradlab.window.panels.flow.layer_bars import pale, solid
from gradlab.window.panels.flow.words import VIEWS, FlowView
from gradlab.window.widgets.boxes import fill
from gradlab.window.widgets.caption import Caption
from gradlab.window.widgets.flow_layout import FlowLayout
from gradlab.window.widgets.widgets import QuietComboBox, named, push_button, replace_entries

ALL_LAYERS = mark("All layers")
_ROOMY_LINES = 15
_HEAD_SHARE = 0.3  # of a panel's height
_DESCRIBE_EVERY = 500  # milliseconds: a screen reader cannot follow faster


class FlowPanel(RunPanel):
    """One view at a time, chosen from a list; a line in plain words says what it shows."""

    about = ABOUT
    nothing_yet = mark(
        "Press Run or Batch to see how large the gradients are, layer by layer, and where they lead."
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.axis = XAxis(self)
        self._bus: PanelBus | None = None
        self.views = FlowViews(self.axis)
        self.hint.setObjectName("emptyPanel")
        self._make_controls()
        self._arrange()
        self._description = QTimer(self, interval=_DESCRIBE_EVERY, singleShot=True)
        self._description.timeout.connect(self.views.bars.describe)
        self.views.bars.read.connect(self.caption.show_reading)
        self.axis.changed.connect(self._show)

    @override
    def join(self, bus: PanelBus) -> None:
        self._bus = bus
        self.axis.changed.disconnect(self._show)
        self.axis = bus.x_axis
        self.axis.changed.connect(self._show)
        self.views.share(self.axis)
        self.whole_run.share(self.axis)
        self.views.bars.pointed.connect(bus.layer_pointed)

    @override
    def look_at(self, view: str) -> None:
        """Show the view of this name, one of ``about.views``."""
        self.view.setCurrentIndex(self.about.views.index(view))

    # ---------------------------------------------------------------- building

    def _make_controls(self) -> None:
        help = tr("What to look at. Each entry explains itself.")
        self.view = named(QuietComboBox(), "view", tr("View"), help)
        self.view.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        for view in VIEWS:
            self.view.addItem(tr(view.title))
            self.view.setItemData(self.view.count() - 1, tr(view.help), Qt.ItemDataRole.ToolTipRole)
        self.view.currentIndexChanged.connect(self._switch)
        help = tr("Which layer to look at, or all of them.")
        self.layer = named(QuietComboBox(), "layer", tr("Layer"), help)
        self.layer.addItem(tr(ALL_LAYERS))
        self.layer.currentIndexChanged.connect(self._choose_layer)
        self.whole_run = WholeRunButton(self.axis)
        self.accumulate = push_button(tr("Accumulate 2 batches"))
        self.accumulate.setToolTip(
            tr("Sets Accumulate batches to 2: each update then uses two batches, and they can be compared.")
        )
        self.accumulate.clicked.connect(self._want_two_batches)
        self.legend = [
            LegendEntry(
                tr("mean"), tr("The mean size of the values in a layer, without their signs."), solid
            ),
            LegendEntry(tr("largest"), tr("The largest value in a layer, without its sign."), pale),
        ]
        self.caption = Caption(tr("What this shows"))
        self.caption.setObjectName("muted")

    def _arrange(self) -> None:
        head, page = QWidget(), QWidget()
        self._line = FlowLayout(head, spacing=10)
        self._layer_choice = _named(tr("Layer"), self.layer)
        choices = (_named(tr("View"), self.view), self._layer_choice)
        for widget in (*choices, *self.legend, self.whole_run, self.accumulate):
            self._line.addWidget(widget)
        self._take_keys()
        fill(QVBoxLayout(page), head, self.caption, (self.views, 1), spacing=3, margins=(8, 2, 8, 2))
        self.set_content(page)

    def _take_keys(self) -> None:
        for chart in self.views.charts:
            for curve in chart.curves:
                if curve.key.parent() is None:
                    curve.key.hide()
                    self._line.addWidget(curve.key)

    @override
    def as_table(self) -> Table | None:
        flow = self.newest(Flow)
        return self.views.as_table(flow, self.layer.currentText()) if flow is not None else None

    # -------------------------------------------------------------------- room

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """In a low panel, hide what the plots can do without: names of axes, keys of many curves."""
        self.views.show_x_labels(self.height() >= _ROOMY_LINES * self.fontMetrics().height())
        front = self.views.chart
        for chart in self.views.charts:
            for curve in chart.curves:
                curve.key.setVisible(chart is front and curve in chart.shown)
        if front and self._line.heightForWidth(self.width()) > _HEAD_SHARE * self.height():
            for curve in front.curves:
                curve.key.hide()

    # ------------------------------------------------------------------- frames

    @override
    def show_marks(self, marks: LayerMarks) -> None:
        self.views.bars.layers.show_marks(marks)

    @override
    def follow(self, frame: Frame) -> None:
        self.axis.follow(frame)
        self.take_new(frame.get(Curves))
        flow = self.take_new(frame.get(Flow))
        if flow is not None:
            if self._name_layers(flow):
                self._make_room()
            self._show()

    @override
    def hint_for(self, frame: Frame) -> str:
        return "" if self.newest(Flow) is not None else tr(self.nothing_yet)

    def _name_layers(self, flow: Flow) -> bool:
        """Offer the layers of a model; return True if they differ from those before."""
        if not replace_entries(self.layer, [tr(ALL_LAYERS), *flow.layers]):
            return False
        self.views.name_layers(flow.matrices)
        self._take_keys()
        return True

    def _show(self) -> None:
        """Draw the view in front."""
        flow, curves = self.newest(Flow), self.newest(Curves)
        if flow is None:
            return
        view = VIEWS[self.view.currentIndex()]
        self._show_controls(view, flow)
        self.caption.show_sentence(view.caption(flow))
        marks = placed(curves.marks, self.axis) if curves is not None else ()
        self.views.show_flow(flow, self.layer.currentText(), marks)
        if not self._description.isActive():
            self._description.start()

    def _show_controls(self, view: FlowView, flow: Flow) -> None:
        self._layer_choice.setVisible(view.by_layer)
        for entry in self.legend:
            entry.setVisible(not self.views.is_over_the_run)
        self.whole_run.offer(self.views.is_over_the_run)
        self.accumulate.setVisible(view.wants_batches and flow.accumulate < 2 and self._bus is not None)

    # ------------------------------------------------------------------ wishes

    def _switch(self, index: int) -> None:
        self.views.setCurrentIndex(index)
        self.caption.show_reading("")
        self._show()
        self._make_room()

    def _choose_layer(self) -> None:
        self._show()
        self._make_room()

    def _want_two_batches(self) -> None:
        if self._bus is not None:
            self._bus.setting_wanted.emit(SettingChange("gradients.accumulate", 2))


def _named(text: str, choice: QComboBox) -> QWidget:
    box = QWidget()
    line = FlowLayout(box, spacing=5)
    name = QLabel(text)
    name.setBuddy(choice)
    line.addWidget(name)
    line.addWidget(choice)
    return box
