"""What the layers give out, and which units are dead or saturated."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QStackedLayout,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from gradlab.export.tables import Table, course_table, table_of
from gradlab.instruments.records import Activations, Course, Frame, LayerActivations
from gradlab.language import listed, mark, tr
from gradlab.window.charts.colorbar import MagnitudeBar
from gradlab.window.charts.course_chart import CourseChart, CurveName, Look
from gradlab.window.charts.x_axis import XAxis
from gradlab.window.language.numbers import percent
from gradlab.window.panels.activations.activation_row import ActivationRow, kind_in_words, troubled_in_words
from gradlab.window.panels.activations.unit_map import UnitMap
from gradlab.window.panels.base import Panel
from gradlab.window.panels.bus import Desk
from gradlab.window.widgets.caption import Story
from gradlab.window.widgets.flow_layout import FlowLayout
from gradlab.window.widgets.hint import Hint

BEFORE = mark("As soon as the model is loaded, you see here what its layers give out.")
TABS = (mark("Layers"), mark("Units"), mark("Over time"))
LAYERS, UNITS, COURSE = range(3)


class ActivationsPanel(Panel):
    """The layers in rows; behind tabs the units of one of them, and how many were dead or saturated over time."""

    name = "activations"
    title = mark("Activations")
    help = mark(
        "What each layer gives out on a fixed sample of training rows. A unit that gives out 0 on every row is "
        "dead: no gradient reaches its weights. A unit that most rows push to its bound is saturated: its "
        "gradient is almost 0. Zeros alone are no fault: in a healthy ReLU layer 45 to 60 % of a row's outputs "
        "are 0. Click a layer to see its units."
    )
    watches = frozenset({"activations", "curves"})
    rest = 0.25

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run: int | None = None
        self._shown: Activations | None = None
        self.rows: list[ActivationRow] = []
        self._make_parts()
        self._arrange()

    def _make_parts(self) -> None:
        self.tabs = QTabBar()
        self.tabs.setAccessibleName(tr("View of the activations"))
        self.tabs.setWhatsThis(
            tr(
                "Layers: what each layer gives out. Units: how often each unit of a layer is active. "
                "Over time: how many units were dead or saturated."
            )
        )
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        for title in TABS:
            self.tabs.addTab(tr(title))
        self.tabs.currentChanged.connect(self._switch)
        self.layer = QComboBox()
        self.layer.setAccessibleName(tr("Layer"))
        self.layer.setToolTip(tr("The layer whose units are shown."))
        self.layer.currentIndexChanged.connect(self._show)
        self.story = Story(tr("What the layers give out"))
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
        top = QHBoxLayout()
        top.addWidget(self.tabs, 1)
        top.addWidget(self.layer)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(8, 0, 8, 2)
        column.setSpacing(4)
        column.addLayout(top)
        column.addWidget(self.story)
        column.addWidget(self._views, 1)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(Hint(tr(BEFORE)))
        self._pages.addWidget(page)
        self._switch(LAYERS)

    def _layers_view(self) -> QWidget:
        rows = QWidget()
        self._column = QVBoxLayout(rows)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addStretch(1)
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
        row = QHBoxLayout(view)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.units, 1)
        row.addWidget(self.bar)
        return view

    def _course_view(self) -> QWidget:
        view = QWidget()
        self._keys = FlowLayout(spacing=6)
        column = QVBoxLayout(view)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(self._keys)
        column.addWidget(self.course, 1)
        return view

    def join(self, desk: Desk) -> None:
        """Share the x-axis with the other panels over time."""
        self.course.share(desk.x_axis)
        desk.x_axis.changed.connect(self._show)

    def as_table(self) -> Table | None:
        """Return the view in front."""
        shown = self._shown
        if shown is None:
            return None
        if self.tabs.currentIndex() == COURSE:
            return course_table([layer.name for layer in shown.layers], shown.course)
        return table_of(shown if self.tabs.currentIndex() == LAYERS else self._layer_of(shown))

    # ------------------------------------------------------------------- frames

    def show_frame(self, frame: Frame) -> None:
        """Draw the newest measurement; a new run starts empty."""
        if frame.run != self._run:
            self._run = frame.run
            self._shown = None
        self.course.axis.follow(frame)
        if frame.activations is not None and frame.activations is not self._shown:
            self._shown = frame.activations
            self._name_layers(frame.activations.layers)
            self._show()
        self._pages.setCurrentIndex(0 if self._shown is None else 1)

    def _name_layers(self, layers: Sequence[LayerActivations]) -> None:
        """Make a row, a choice and a curve per layer, where there are other layers than before."""
        names = [layer.name for layer in layers]
        if names == [self.layer.itemText(number) for number in range(self.layer.count())]:
            return
        for row in self.rows:
            row.deleteLater()
            row.setParent(None)
        self.rows = [self._make_row(number) for number in range(len(layers))]
        self.layer.blockSignals(True)
        self.layer.clear()
        self.layer.addItems(names)
        self.layer.blockSignals(False)
        self.course.name_curves(
            [_curve(number, layer) for number, layer in enumerate(layers) if layer.trouble]
        )
        for curve in self.course.curves:
            self._keys.addWidget(curve.key)

    def _make_row(self, number: int) -> ActivationRow:
        row = ActivationRow()
        row.chosen.connect(lambda: self._choose(number))
        row.read.connect(self.story.read)
        self._column.insertWidget(number, row, 1000)  # the stretch below takes what no row wants
        return row

    def _choose(self, number: int) -> None:
        self.layer.setCurrentIndex(number)
        self.tabs.setCurrentIndex(UNITS)

    def _switch(self, index: int) -> None:
        self._views.setCurrentIndex(index)
        self.layer.setVisible(index == UNITS)
        self.story.read("")
        self._show()

    def _show(self) -> None:
        """Draw the view in front."""
        shown = self._shown
        if shown is None:
            return
        if self.tabs.currentIndex() == LAYERS:
            for row, layer in zip(self.rows, shown.layers, strict=True):
                row.show_layer(layer)
        elif self.tabs.currentIndex() == UNITS:
            self.units.show_layer(self._layer_of(shown))
        else:
            self.course.show_course(_percent(shown))
        self.story.tell(self._story(shown))

    def _layer_of(self, shown: Activations) -> LayerActivations:
        return shown.layers[max(self.layer.currentIndex(), 0)]

    # -------------------------------------------------------------------- words

    def _point(self, unit: int | None) -> None:
        shown = self._shown
        self.story.read("" if unit is None or shown is None else unit_in_words(self._layer_of(shown), unit))

    def _story(self, shown: Activations) -> str:
        if self.tabs.currentIndex() == COURSE and any(layer.trouble for layer in shown.layers):
            return tr(
                "The share of dead or saturated units in each layer, in percent, since this panel is open."
            )
        if self.tabs.currentIndex() == UNITS:
            return layer_story(self._layer_of(shown), shown.rows)
        return story(shown)


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


def story(shown: Activations) -> str:
    """Say in plain words how the layers are."""
    kinds = {layer.trouble for layer in shown.layers if layer.trouble}
    if not kinds:
        return tr(
            "No layer has an activation function that could die or saturate: all units pass a gradient on."
        )
    troubled = [layer for layer in shown.layers if layer.troubled.any()]
    if troubled:
        where = listed(
            tr("{name}: {text}").format(name=layer.name, text=troubled_in_words(layer)) for layer in troubled
        )
        return tr(_MEANING[troubled[0].trouble]).format(layers=where, rows=shown.rows)
    if "dead" in kinds:
        return tr(
            "No unit is dead on all {rows} sample rows. Zeros are normal: in a healthy ReLU layer, "
            "45 to 60 % of a row's outputs are 0."
        ).format(rows=shown.rows)
    return tr("No unit is saturated on most of the {rows} sample rows.").format(rows=shown.rows)


_MEANING = {
    "dead": mark(
        "{layers}. Dead units give out 0 on all {rows} sample rows: no gradient reaches their weights."
    ),
    "saturated": mark(
        "{layers}. Saturated units sit at a bound on most of {rows} sample rows and pass hardly any gradient."
    ),
}
_SQUARES = {
    "": mark(
        "{layer}. A square is a unit: the stronger its colour, the more of its outputs "
        "on {rows} sample rows pass a gradient on."
    ),
    "dead": mark(
        "{layer}. A square is a unit (hatched: dead): the stronger its colour, the more of its outputs "
        "on {rows} sample rows pass a gradient on."
    ),
    "saturated": mark(
        "{layer}. A square is a unit (hatched: saturated): the stronger its colour, the more of its outputs "
        "on {rows} sample rows pass a gradient on."
    ),
}


def layer_story(layer: LayerActivations, rows: int) -> str:
    """Say what the squares of a layer mean."""
    if not layer.bend:
        return tr("{layer} has no activation function: all its units always pass the gradient on.").format(
            layer=layer.name
        )
    return tr(_SQUARES[layer.trouble]).format(layer=kind_in_words(layer), rows=rows)


_ACTIVE = {
    "": mark("{layer}, unit {unit}: active in {percent} % of its outputs"),
    "dead": mark("{layer}, unit {unit}: active in {percent} % of its outputs – dead"),
    "saturated": mark("{layer}, unit {unit}: active in {percent} % of its outputs – saturated"),
}


def unit_in_words(layer: LayerActivations, unit: int) -> str:
    """Say how often a unit is active."""
    said = tr(_ACTIVE[layer.trouble if layer.troubled[unit] else ""])
    return said.format(layer=layer.name, unit=unit, percent=f"{100 * layer.active[unit]:.3g}")
