"""The views of the panel about the gradient flow, one of them in front."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtWidgets import QStackedWidget

from gradlab.instruments.records import Course, Flow, Table
from gradlab.language import mark, tr
from gradlab.window.charts.course_chart import CourseChart, CurveName, Look
from gradlab.window.charts.guides import GuideLine, Zone
from gradlab.window.charts.overlay import PlacedMark
from gradlab.window.charts.x_axis import XAxis
from gradlab.window.panels.flow.layer_bars import LayerBars
from gradlab.window.panels.flow.size_heat import SizeHeat

RATIO = Look(
    logarithmic=True,
    height=(-4.7, -1.3),
    levels=(GuideLine(-3, mark("rule of thumb: 0.001")),),
    zones=(
        Zone(mark("too fast?"), low=-2),
        Zone(mark("healthy"), -4, -2, good=True),
        Zone(mark("too slow?"), high=-4),
    ),
)
DIRECTIONS = Look(
    height=(-1.12, 1.12),
    fixed=True,
    levels=(
        GuideLine(1, mark("same direction")),
        GuideLine(0, mark("at right angles")),
        GuideLine(-1, mark("opposite")),
    ),
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
            "The gradient noise scale: at about this many rows per update, noise and signal are equally strong."
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


class FlowViews(QStackedWidget):
    """Bars of sizes, their spread over the run, and four charts.

    Attributes:
        bars, heat: the first two views.
        charts: the others: update ratios, directions, noise and norms.
    """

    def __init__(self, axis: XAxis) -> None:
        super().__init__()
        self.bars = LayerBars()
        self.heat = SizeHeat(axis)
        self.charts = (
            CourseChart(axis, tr("Update ratio over the run"), RATIO),
            CourseChart(axis, tr("Directions over the run"), DIRECTIONS, _in_words(_DIRECTIONS)),
            CourseChart(axis, tr("Noise scale over the run"), Look(logarithmic=True), _in_words(_NOISE)),
            CourseChart(axis, tr("Gradient norm over the run"), Look(logarithmic=True), _in_words(_NORMS)),
        )
        for view in (self.bars, self.heat, *self.charts):
            self.addWidget(view)
        for number, chart in enumerate(self.charts):
            chart.setObjectName(f"chart {number}")
            _name_keys(chart)

    @property
    def chart(self) -> CourseChart | None:
        """The chart in front; None if that is another kind of view."""
        front = self.currentWidget()
        return front if isinstance(front, CourseChart) else None

    @property
    def is_over_the_run(self) -> bool:
        """Whether the view in front has the run along its axis."""
        return self.currentWidget() is not self.bars

    def share(self, axis: XAxis) -> None:
        """Show the same part of the run as every other plot that shares the axis."""
        for plot in (self.heat.plot, *self.charts):
            plot.share(axis)

    def show_x_labels(self, on: bool) -> None:
        """Show the names of the horizontal axes, or save their lines."""
        for plot in (self.bars, self.heat.plot, *self.charts):
            plot.show_x_label(on)

    def name_layers(self, matrices: Sequence[str]) -> None:
        """Make a curve of update ratios for each of these layers."""
        self.charts[0].name_curves(_layer_names(matrices))
        _name_keys(self.charts[0])

    def show_flow(self, flow: Flow, layer: str, marks: tuple[PlacedMark, ...]) -> None:
        """Draw the view in front, for one layer or, if ``layer`` is empty, for all."""
        if self.chart is not None:
            is_of_layer = self.chart is self.charts[0] and layer in flow.matrices
            self.chart.show_course(self._course(flow), flow.matrices.index(layer) if is_of_layer else None)
            self.chart.set_marks(marks)
        elif self.is_over_the_run:
            self.heat.show_histogram(flow.histogram, _number(flow, layer))
            self.heat.set_marks(marks)
        else:
            self.bars.show_sizes(flow.layers, flow.sizes)

    def as_table(self, flow: Flow, layer: str) -> Table:
        """Return the data of the view in front."""
        if self.chart is not None:
            named = (_layer_names(flow.matrices), _DIRECTIONS, _NOISE, _NORMS)[self._number_of_chart]
            return self._course(flow).as_table([curve.name for curve in named])
        if self.is_over_the_run:
            return flow.histogram.as_table(_number(flow, layer))
        return flow.sizes.as_table(flow.layers)

    @property
    def _number_of_chart(self) -> int:
        return self.currentIndex() - self.indexOf(self.charts[0])

    def _course(self, flow: Flow) -> Course:
        return (flow.ratios, flow.directions, flow.noise, flow.norms)[self._number_of_chart]


def _number(flow: Flow, layer: str) -> int | None:
    return flow.layers.index(layer) if layer in flow.layers else None


def _name_keys(chart: CourseChart) -> None:
    for number, curve in enumerate(chart.curves):
        curve.key.setObjectName(f"{chart.objectName()} curve {number}")


def _in_words(names: Sequence[CurveName]) -> list[CurveName]:
    """Return translated names of curves; tables keep the English ones."""
    return [replace(curve, name=tr(curve.name), help=tr(curve.help)) for curve in names]


def _layer_names(layers: Sequence[str]) -> list[CurveName]:
    return [
        CurveName(
            layer,
            f"classes.colors.{number}",
            tr("How much an update changes the weights of {layer}.").format(layer=layer),
        )
        for number, layer in enumerate(layers)
    ]
