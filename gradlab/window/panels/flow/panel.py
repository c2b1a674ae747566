"""How gradients flow: their size layer by layer, the steps made of them, their directions and their noise."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QLabel, QStackedLayout, QStackedWidget, QVBoxLayout, QWidget

from gradlab.export.tables import Table, course_table, histogram_table, sizes_table
from gradlab.instruments.records import (
    Course,
    Curves,
    Flow,
    Frame,
)
from gradlab.language import mark, tr
from gradlab.window.charts.colorbar import LegendEntry
from gradlab.window.charts.course_chart import CourseChart, CurveName, Look
from gradlab.window.charts.guides import Level, Zone
from gradlab.window.charts.overlay import PlacedMark, placed
from gradlab.window.charts.x_axis import XAxis
from gradlab.window.panels.base import Panel
from gradlab.window.panels.bus import Desk
from gradlab.window.panels.flow.layer_bars import LayerBars, pale, solid
from gradlab.window.panels.flow.size_heat import SizeHeat
from gradlab.window.panels.flow.views import VIEWS, View
from gradlab.window.widgets.caption import Caption
from gradlab.window.widgets.flow_layout import FlowLayout
from gradlab.window.widgets.hint import Hint
from gradlab.window.widgets.widgets import QuietComboBox, push_button

ALL_LAYERS = mark("All layers")
BEFORE = mark(
    "Press Run or Step batch to see how large the gradients are, layer by layer, and where they lead."
)
_ROOMY_LINES = 15
_HEAD_SHARE = 0.3  # of a panel's height
_DESCRIBE_EVERY = 500  # milliseconds: a screen reader cannot follow faster

RATIO = Look(
    logarithmic=True,
    height=(-4.7, -1.3),
    levels=(Level(-3, mark("rule of thumb: 0.001")),),
    zones=(
        Zone(mark("too fast?"), low=-2),
        Zone(mark("healthy"), -4, -2, good=True),
        Zone(mark("too slow?"), high=-4),
    ),
)
DIRECTIONS = Look(
    height=(-1.12, 1.12),
    fixed=True,
    levels=(Level(1, mark("same direction")), Level(0, mark("at right angles")), Level(-1, mark("opposite"))),
)
_DIRECTIONS = (
    CurveName(
        mark("Step and gradient"),
        "series.train",
        mark(
            "The cosine between the step that was made and the opposite of the gradient that the optimizer used. "
            "Plain SGD steps exactly against it: 1. Momentum and Adam go their own ways."
        ),
    ),
    CurveName(
        mark("Micro-batches"),
        "series.validation",
        mark(
            "The cosine between the gradients of neighbouring micro-batches of one update: near 1 they agree, "
            "near 0 they have little in common."
        ),
    ),
)
_NOISE = (
    CurveName(
        mark("Noise scale"),
        "series.precision",
        mark(
            "The gradient noise scale: at about so many rows per update, noise and signal are equally strong."
        ),
    ),
    CurveName(
        mark("Rows per update"),
        "series.train",
        mark("How many rows each update uses: all its micro-batches."),
    ),
)
_NORMS = (
    CurveName(
        mark("Before"), "series.validation", mark("The length of the whole gradient, as the batches made it.")
    ),
    CurveName(mark("After"), "series.train", mark("The length of what the optimizer used.")),
    CurveName(
        mark("Limit"), "series.f1", mark("The setting Clip norm: longer gradients are shortened to it.")
    ),
)


class FlowPanel(Panel):
    """One view at a time, chosen from a list; a line in plain words says what it shows."""

    name = "flow"
    title = mark("Gradient flow")
    help = mark(
        "Whether the gradient arrives in every layer, how large the steps are that the optimizer makes of it, "
        "whether the batches agree on the direction, and how much of it is noise. All numbers are the "
        "optimizer's own. They are measured only while this panel is in sight; in long runs not at every update."
    )
    watches = frozenset({Flow, Curves})
    rest = 0.25

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.axis = XAxis(self)
        self._desk: Desk | None = None
        self._run: int | None = None
        self._flow: Flow | None = None
        self._curves: Curves | None = None
        self._make_views()
        self._make_controls()
        self._arrange()
        self._words = QTimer(self, interval=_DESCRIBE_EVERY, singleShot=True)
        self._words.timeout.connect(self.bars.describe)
        self.bars.read.connect(self.story.show_reading)
        self.axis.changed.connect(self._show)
        self._show()

    def join(self, desk: Desk) -> None:
        """Show the same part of the run as the other panels; change settings where asked to."""
        self._desk = desk
        self.axis.changed.disconnect(self._show)
        self.axis = desk.x_axis
        self.axis.changed.connect(self._show)
        for plot in (self.heat.plot, *self._charts):
            plot.share(self.axis)

    def look_at(self, view: str) -> None:
        """Show the view of this name; see ``flow_views``."""
        names = [each.name for each in VIEWS]
        self.view.setCurrentIndex(names.index(view))

    # ---------------------------------------------------------------- building

    def _make_views(self) -> None:
        axis = self.axis
        self.bars = LayerBars()
        self.heat = SizeHeat(axis)
        self.ratios = CourseChart(axis, tr("Update ratio over the run"), RATIO)
        self.directions = CourseChart(axis, tr("Directions over the run"), DIRECTIONS, _in_words(_DIRECTIONS))
        self.noise = CourseChart(
            axis, tr("Noise scale over the run"), Look(logarithmic=True), _in_words(_NOISE)
        )
        self.norms = CourseChart(
            axis, tr("Gradient norm over the run"), Look(logarithmic=True), _in_words(_NORMS)
        )
        self._charts = (self.ratios, self.directions, self.noise, self.norms)
        for number, chart in enumerate(self._charts):
            chart.setObjectName(f"chart {number}")

    def _make_controls(self) -> None:
        self.view = QuietComboBox()
        self.view.setObjectName("view")
        self.view.setAccessibleName(tr("View"))
        self.view.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.view.setToolTip(tr("What to look at. Each entry explains itself."))
        for view in VIEWS:
            self.view.addItem(tr(view.title))
            self.view.setItemData(self.view.count() - 1, tr(view.help), Qt.ItemDataRole.ToolTipRole)
        self.view.currentIndexChanged.connect(self._switch)
        self.layer = QuietComboBox()
        self.layer.setObjectName("layer")
        self.layer.setAccessibleName(tr("Layer"))
        self.layer.setToolTip(tr("Which layer to look at, or all of them."))
        self.layer.addItem(tr(ALL_LAYERS))
        self.layer.currentIndexChanged.connect(self._choose_layer)
        self.whole_run = push_button(tr("Whole run"))
        self.whole_run.setToolTip(tr("Shows all of the run again, as a double click in the chart does."))
        self.whole_run.clicked.connect(self._show_whole_run)
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
        self.story = Caption(tr("What this shows"))
        self.story.setObjectName("muted")

    def _arrange(self) -> None:
        head, page = QWidget(), QWidget()
        self._line = FlowLayout(head, spacing=10)
        self._layer_choice = _named(tr("Layer"), self.layer)
        choices = (_named(tr("View"), self.view), self._layer_choice)
        for widget in (*choices, *self.legend, self.whole_run, self.accumulate):
            self._line.addWidget(widget)
        for chart in self._charts:
            self._take_keys(chart)
        self.views = QStackedWidget()
        for widget in (self.bars, self.heat, *self._charts):
            self.views.addWidget(widget)
        column = QVBoxLayout(page)
        column.setContentsMargins(8, 2, 8, 2)
        column.setSpacing(3)
        column.addWidget(head)
        column.addWidget(self.story)
        column.addWidget(self.views, 1)
        self.empty = Hint(tr(BEFORE))
        self.empty.setObjectName("emptyPanel")
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(page)

    def as_table(self) -> Table | None:
        """Return the view in front."""
        flow = self._flow
        if flow is None:
            return None
        front = self.views.currentWidget()
        if front is self.bars:
            return sizes_table(flow.layers, flow.sizes)
        if front is self.heat:
            return histogram_table(flow.histogram, self._chosen_layer)
        courses = (flow.ratios, flow.directions, flow.noise, flow.norms)
        number = next(number for number, chart in enumerate(self._charts) if chart is front)
        named = (_layer_names(flow.matrices), _DIRECTIONS, _NOISE, _NORMS)[number]
        return course_table([curve.name for curve in named], courses[number])

    def _take_keys(self, chart: CourseChart) -> None:
        for number, curve in enumerate(chart.curves):
            curve.key.setObjectName(f"{chart.objectName()} curve {number}")
            curve.key.hide()
            self._line.addWidget(curve.key)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the plots the room they need."""
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """In a low panel do without what the plots can be read without: names of axes, keys of many curves."""
        roomy = self.height() >= _ROOMY_LINES * self.fontMetrics().height()
        for plot in (self.bars, self.heat.plot, *self._charts):
            plot.show_x_label(roomy)
        front = self.views.currentWidget()
        for chart in self._charts:
            for curve in chart.curves:
                curve.key.setVisible(chart is front and curve in chart.shown)
        if (
            isinstance(front, CourseChart)
            and self._line.heightForWidth(self.width()) > _HEAD_SHARE * self.height()
        ):
            for curve in front.curves:
                curve.key.hide()

    # ------------------------------------------------------------------- frames

    def show_frame(self, frame: Frame) -> None:
        """Draw what changed in the view in front; a new run starts empty."""
        self.axis.follow(frame)
        if frame.run != self._run:
            self._run = frame.run
            self._flow = self._curves = None
            self._show()
        self._curves = frame.get(Curves) or self._curves
        flow = frame.get(Flow)
        if flow is not None and flow is not self._flow:
            self._flow = flow
            if self._name_layers(flow):
                self._make_room()
            self._show()

    def _name_layers(self, flow: Flow) -> bool:
        """Take the names of a model's layers; return whether they are other ones than before."""
        names = [tr(ALL_LAYERS), *flow.layers]
        if names == [self.layer.itemText(index) for index in range(self.layer.count())]:
            return False
        with QSignalBlocker(self.layer):
            self.layer.clear()
            self.layer.addItems(names)
        self.ratios.name_curves(_layer_names(flow.matrices))
        self._take_keys(self.ratios)
        return True

    def _show(self) -> None:
        """Draw the view in front."""
        flow = self._flow
        self._stack.setCurrentIndex(flow is not None)
        if flow is None:
            return
        index = self.view.currentIndex()
        self._show_controls(VIEWS[index], flow)
        self.story.show_sentence(VIEWS[index].story(flow))
        match self.views.currentWidget():
            case self.bars:
                self.bars.show_sizes(flow.layers, flow.sizes)
            case self.heat:
                self.heat.show_histogram(flow.histogram, self._chosen_layer)
                self.heat.set_marks(self._marks())
            case self.ratios:
                self._draw(self.ratios, flow.ratios, self._chosen_matrix(flow))
            case self.directions:
                self._draw(self.directions, flow.directions)
            case self.noise:
                self._draw(self.noise, flow.noise)
            case self.norms:
                self._draw(self.norms, flow.norms)
        if not self._words.isActive():
            self._words.start()

    def _draw(self, chart: CourseChart, course: Course, only: int | None = None) -> None:
        chart.show_course(course, only)
        chart.set_marks(self._marks())

    def _show_controls(self, view: View, flow: Flow) -> None:
        self._layer_choice.setVisible(view.by_layer)
        for entry in self.legend:
            entry.setVisible(self.views.currentWidget() is self.bars)
        self.whole_run.setVisible(self.axis.is_zoomed and self.views.currentWidget() is not self.bars)
        self.accumulate.setVisible(view.wants_batches and flow.accumulate < 2 and self._desk is not None)

    @property
    def _chosen_layer(self) -> int | None:
        return self.layer.currentIndex() - 1 if self.layer.currentIndex() > 0 else None

    def _chosen_matrix(self, flow: Flow) -> int | None:
        name = self.layer.currentText()
        return flow.matrices.index(name) if name in flow.matrices else None

    def _marks(self) -> tuple[PlacedMark, ...]:
        return placed(self._curves.marks, self.axis) if self._curves is not None else ()

    # ------------------------------------------------------------------ wishes

    def _switch(self, index: int) -> None:
        self.views.setCurrentIndex(index)
        self.story.show_reading("")
        self._show()
        self._make_room()

    def _choose_layer(self) -> None:
        self._show()
        self._make_room()

    def _show_whole_run(self) -> None:
        self.axis.show_whole_run()

    def _want_two_batches(self) -> None:
        if self._desk is not None:
            self._desk.setting_wanted.emit("gradients.accumulate", 2)


def _named(text: str, choice: QComboBox) -> QWidget:
    box = QWidget()
    line = FlowLayout(box, spacing=5)
    name = QLabel(text)
    name.setBuddy(choice)
    line.addWidget(name)
    line.addWidget(choice)
    return box


def _in_words(names: Sequence[CurveName]) -> list[CurveName]:
    """Return what people read of curves; tables keep their own names."""
    return [replace(curve, name=tr(curve.name), help=tr(curve.help)) for curve in names]


def _layer_names(layers: tuple[str, ...]) -> list[CurveName]:
    return [
        CurveName(
            layer,
            f"classes.colors.{number}",
            tr("How much an update changes the weights of {layer}.").format(layer=layer),
        )
        for number, layer in enumerate(layers)
    ]


# --------------------------------------------------------------------- preview
