"""The outputs of the layers, and which units are dead or saturated."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from gradlab.instruments.records import Activations, Course, Frame, LayerActivations, Table
from gradlab.language import mark, tr
from gradlab.window.charts.colorbar import MagnitudeBar
from gradlab.window.charts.course_chart import CourseChart, CurveName, Look
from gradlab.window.charts.layer_names import LayerMarks
from gradlab.window.charts.x_axis import XAxis
from gradlab.window.language.numbers import percent
from gradlab.window.panels.activations import ABOUT
from gradlab.window.panels.activations.activation_row import ActivationRow
from gradlab.window.panels.activations.unit_map import UnitMap
from gradlab.window.panels.activations.words import caption, unit_in_words, units_caption
from gradlab.window.panels.base import RunPanel
from gradlab.window.panels.bus import PanelBus
from gradlab.window.widgets.boxes import fill
from gradlab.window.widgets.caption import Caption
from gradlab.window.widgets.flow_layout import FlowLayout
from gradlab.window.widgets.widgets import named, replace_entries

TABS = (mark("Layers"), mark("Units"), mark("Over time"))
LAYERS, UNITS, COURSE = range(3)


class ActivationsPanel(RunPanel):
    """The layers in rows; behind tabs the units of one of them, and how many were dead or saturated over time.

    Attributes:
        layer_pointed: emitted with the name of the layer that is pointed at, or empty.
        rows: the layers.
    """

    layer_pointed = Signal(str)
    about = ABOUT
    nothing_yet = mark("As soon as the model is loaded, you see here what its layers output.")

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[ActivationRow] = []
        self._found: LayerMarks = {}
        self._make_parts()
        self._arrange()

    def _make_parts(self) -> None:
        self.tabs = QTabBar()
        self.tabs.setObjectName("view")
        self.tabs.setAccessibleName(tr("View of the activations"))
        self.tabs.setWhatsThis(
            tr(
                "Layers: what each layer outputs. Units: how often each unit of a layer is active. "
                "Over time: how many units were dead or saturated."
            )
        )
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        for title in TABS:
            self.tabs.addTab(tr(title))
        self.tabs.currentChanged.connect(self._switch)
        self.layer = named(QComboBox(), "layer", tr("Layer"), tr("The layer whose units are shown."))
        self.layer.currentIndexChanged.connect(self._show)
        self.caption = Caption(tr("What the layers output"))
        self.units = UnitMap()
        self.units.pointed.connect(self._point)
        self.bar = MagnitudeBar()
        self.bar.setToolTip(
            tr("How much of the time a unit is active: how many of its outputs pass a gradient on.")
        )
        self.bar.show_labels([percent(share, 0) for share in (0, 0.5, 1)])
        self.course = CourseChart(
            XAxis(self),
            tr("Dead or saturated units over time, in percent"),
            Look(height=(-2, 102), fixed=True),
        )

    def _arrange(self) -> None:
        self._views = QStackedWidget()
        for view in (self._layers_view(), self._units_view(), self._course_view()):
            self._views.addWidget(view)
        top = fill(QHBoxLayout(), (self.tabs, 1), self.layer)
        page = QWidget()
        fill(QVBoxLayout(page), top, self.caption, (self._views, 1), spacing=4, margins=(8, 0, 8, 2))
        self.set_content(page)
        self._switch(LAYERS)

    def _layers_view(self) -> QWidget:
        rows = QWidget()
        self._column = fill(QVBoxLayout(rows), None, spacing=0)
        area = QScrollArea()
        area.setWidget(rows)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.viewport().setAutoFillBackground(False)
        rows.setAutoFillBackground(False)
        return area

    def _units_view(self) -> QWidget:
        view = QWidget()
        fill(QHBoxLayout(view), (self.units, 1), self.bar)
        return view

    def _course_view(self) -> QWidget:
        view = QWidget()
        self._keys = FlowLayout(spacing=6)
        fill(QVBoxLayout(view), self._keys, (self.course, 1), spacing=2)
        return view

    @override
    def join(self, bus: PanelBus) -> None:
        self.layer_pointed.connect(bus.layer_pointed)
        self.course.share(bus.x_axis)
        bus.x_axis.changed.connect(self._show)

    @override
    def as_table(self) -> Table | None:
        shown = self.newest(Activations)
        if shown is None:
            return None
        if self.tabs.currentIndex() == COURSE:
            return shown.course.as_table([layer.name for layer in shown.layers])
        return (shown if self.tabs.currentIndex() == LAYERS else self._layer_of(shown)).as_table()

    # ------------------------------------------------------------------- frames

    @override
    def show_marks(self, marks: LayerMarks) -> None:
        self._found = marks
        for row in self.rows:
            row.show_mark(marks.get(row.accessibleName()))

    @override
    def follow(self, frame: Frame) -> None:
        self.course.axis.follow(frame)
        if (activations := self.take_new(frame.get(Activations))) is not None:
            self._name_layers(activations.layers)
            self._show()

    def _name_layers(self, layers: Sequence[LayerActivations]) -> None:
        """Make a row, a choice and a curve per layer, unless the layers are the same as before."""
        if not replace_entries(self.layer, [layer.name for layer in layers]):
            return
        for row in self.rows:
            row.deleteLater()
            row.setParent(None)
        self.rows = [self._make_row(number) for number in range(len(layers))]
        self.course.name_curves(
            [_curve(number, layer) for number, layer in enumerate(layers) if layer.trouble]
        )
        for number, curve in enumerate(self.course.curves):
            curve.key.setObjectName(f"curve {number}")
            self._keys.addWidget(curve.key)

    def _make_row(self, number: int) -> ActivationRow:
        row = ActivationRow()
        row.chosen.connect(lambda: self._choose(number))
        row.read.connect(self.caption.show_reading)
        row.pointed.connect(self.layer_pointed)
        self._column.insertWidget(number, row, 1000)  # the stretch below takes what no row wants
        return row

    def _choose(self, number: int) -> None:
        self.layer.setCurrentIndex(number)
        self.tabs.setCurrentIndex(UNITS)

    def _switch(self, index: int) -> None:
        self._views.setCurrentIndex(index)
        self.layer.setVisible(index == UNITS)
        self.caption.show_reading("")
        self._show()

    def _show(self) -> None:
        """Draw the view in front."""
        shown = self.newest(Activations)
        if shown is None:
            return
        if self.tabs.currentIndex() == LAYERS:
            for row, layer in zip(self.rows, shown.layers, strict=True):
                row.show_layer(layer)
                row.show_mark(self._found.get(layer.name))
        elif self.tabs.currentIndex() == UNITS:
            self.units.show_layer(self._layer_of(shown))
        else:
            self.course.show_course(_percent(shown))
        self.caption.show_sentence(self._caption(shown))

    def _layer_of(self, shown: Activations) -> LayerActivations:
        return shown.layers[max(self.layer.currentIndex(), 0)]

    # -------------------------------------------------------------------- words

    def _point(self, unit: int | None) -> None:
        shown = self.newest(Activations)
        layer = None if unit is None or shown is None else self._layer_of(shown)
        self.caption.show_reading("" if layer is None or unit is None else unit_in_words(layer, unit))
        self.layer_pointed.emit("" if layer is None else layer.name)

    def _caption(self, shown: Activations) -> str:
        if self.tabs.currentIndex() == COURSE and any(layer.trouble for layer in shown.layers):
            return tr(
                "The share of dead or saturated units in each layer, in percent, since this panel is open."
            )
        if self.tabs.currentIndex() == UNITS:
            return units_caption(self._layer_of(shown), shown.rows)
        return caption(shown)


def _curve(number: int, layer: LayerActivations) -> CurveName:
    help = (
        tr("The share of the units of {layer} that are dead, in percent.")
        if layer.trouble == "dead"
        else tr("The share of the units of {layer} that are saturated, in percent.")
    )
    return CurveName(layer.name, f"classes.colors.{number}", help.format(layer=layer.name))


def _percent(shown: Activations) -> Course:
    """Return the course of the layers that have one, in percent."""
    numbers = [number for number, layer in enumerate(shown.layers) if layer.trouble]
    course = shown.course
    return Course(course.updates, 100 * course.low[numbers], 100 * course.high[numbers])
