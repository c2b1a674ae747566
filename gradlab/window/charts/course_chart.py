"""Curves over a run in bounded memory: a chart, a key per curve, and what is read off at the cursor."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from gradlab.instruments.records import Course
from gradlab.language import tr
from gradlab.window import theme
from gradlab.window.charts.chart import Chart
from gradlab.window.charts.colors import pen
from gradlab.window.charts.dotted_curve import DottedCurve
from gradlab.window.charts.formatting import short, whole
from gradlab.window.charts.guides import GuideLine, Guides, Zone
from gradlab.window.charts.legend import CurveKey
from gradlab.window.charts.overlay import Cursor, PlacedMark
from gradlab.window.charts.ranges import height_of, nearest, scaled
from gradlab.window.charts.series import Envelope
from gradlab.window.charts.x_axis import XAxis

_WORDED_LINES = 10


@dataclass(frozen=True)
class CurveName:
    """What a curve is called, its colour, and what it says in plain words."""

    name: str
    token: str
    help: str


@dataclass(frozen=True)
class Look:
    """How a chart of curves is laid out.

    Attributes:
        logarithmic: whether the axis counts in powers of ten; levels, zones and heights are powers of ten then.
        height: what is always in view; ``fixed``: and nothing else.
    """

    logarithmic: bool = False
    height: tuple[float, float] | None = None
    fixed: bool = False
    levels: tuple[GuideLine, ...] = ()
    zones: tuple[Zone, ...] = ()


class CourseChart(Chart):
    """Shows a Course, with a curve for each of its numbers. The chart's owner places the keys."""

    def __init__(self, axis: XAxis, name: str, look: Look, names: Sequence[CurveName] = ()) -> None:
        self.curves: list[CourseCurve] = []
        self._look = look
        self._course: Course | None = None
        self._only: int | None = None
        self._pointed_at: tuple[float, float | None] | None = None
        super().__init__(axis)
        self.setAccessibleName(name)
        self.y_axis.set_logarithmic(look.logarithmic)
        self.guides = Guides(self, look.levels, look.zones)
        self.pointed.connect(self._point)
        self.view.sigResized.connect(self.draw)
        self.name_curves(names)

    def name_curves(self, names: Sequence[CurveName]) -> None:
        """Make a curve and a key for each of these names, unless they are the same as before."""
        if [curve.name for curve in self.curves] == list(names):
            return
        for curve in self.curves:
            curve.remove()
        self._course = None
        self.curves = [CourseCurve(name, self) for name in names]
        for curve in self.curves:
            curve.key.toggled.connect(self.draw)
            curve.dress()

    def show_course(self, course: Course, only: int | None = None) -> None:
        """Draw a course with a number per curve, or ``only`` one of them."""
        self._only = only
        if course is not self._course:
            self._course = course
            for number, curve in enumerate(self.curves):
                curve.take(course, number)
        self.draw()

    def set_marks(self, marks: tuple[PlacedMark, ...]) -> None:
        """Show these marks; in a low chart their words would hide the curves."""
        worded = self.height() >= _WORDED_LINES * self.fontMetrics().height()
        self.overlay.set_marks(marks if worded else tuple(replace(mark, text="") for mark in marks))

    @property
    def shown(self) -> list["CourseCurve"]:
        """The curves that are chosen, whether or not their keys are on."""
        return [curve for number, curve in enumerate(self.curves) if self._only in (None, number)]

    def dress(self) -> None:
        """Apply the theme's colours."""
        super().dress()
        for curve in self.curves:
            curve.dress()

    # ----------------------------------------------------------------- drawing

    def draw(self) -> None:
        """Draw the part of the run that the x-axis shows."""
        self.show_axis()
        chosen = self.shown
        shapes = [
            curve.envelope() if curve in chosen and curve.key.isChecked() else None for curve in self.curves
        ]
        self.show_height(self._height(shapes))
        for curve, shape in zip(self.curves, shapes, strict=True):
            curve.draw(shape, self._look.logarithmic)
        self._read_off()

    def _height(self, shapes: Sequence[Envelope | None]) -> tuple[float, float]:
        look = self._look
        if look.height is None:
            return height_of(shapes, look.logarithmic)
        if look.fixed or not any(_has_values(shape, look.logarithmic) for shape in shapes):
            return look.height
        low, high = height_of(shapes, look.logarithmic)
        return min(low, look.height[0]), max(high, look.height[1])

    # ------------------------------------------------------------------ cursor

    def _point(self, chart: Chart, place: tuple[float, float | None] | None) -> None:
        self._pointed_at = place
        self._read_off()

    def _read_off(self) -> None:
        x = None if self._pointed_at is None else self._pointed_at[0]
        places = self.axis.places(self._course.updates) if self._course is not None else np.empty(0)
        at = nearest(places, x)
        for curve in self.curves:
            curve.read_off(at if self._pointed_at else curve.latest)
        if self._pointed_at is None or at is None:
            self.overlay.set_cursor(None)
            return
        drawn = [curve for curve in self.curves if curve.line.isVisible()]
        points = [
            (curve, y) for curve in drawn if (y := curve.height_at(at, self._look.logarithmic)) is not None
        ]
        label = [self._when(at)]
        if points and points[0][0].key.isHidden():
            label.append(self._nearest_in_words(points, at))
        dots = tuple((float(places[at]), y, curve.name.token) for curve, y in points)
        self.overlay.set_cursor(Cursor(self._pointed_at[0], " · ".join(label), self._pointed_at[1], dots))

    def _when(self, at: int) -> str:
        """Say which updates a point stands for."""
        assert self._course is not None
        last = self._course.updates[at]
        single = all(curve.is_single(at) for curve in self.curves)
        first = last if single or at == 0 else self._course.updates[at - 1] + 1
        if first >= last:
            return tr("update {update}").format(update=whole(last))
        return tr("updates {first}–{last}").format(first=whole(first), last=whole(last))

    def _nearest_in_words(self, points: list[tuple["CourseCurve", float]], at: int) -> str:
        assert self._pointed_at is not None
        height = self._pointed_at[1]
        nearest_curve, _ = min(points, key=lambda pair: 0.0 if height is None else abs(pair[1] - height))
        return f"{nearest_curve.name.name} {nearest_curve.in_words(at)}"


class CourseCurve(DottedCurve):
    """One number of a course: a line with a dot per point where there is room, and its key."""

    def __init__(self, name: CurveName, chart: Chart) -> None:
        super().__init__(chart, dot_size=6)
        self.name = name
        self.key = CurveKey(name.name, name.token, name.help, dots=False)
        self._updates = self._low = self._high = np.empty(0)

    def remove(self) -> None:
        """Take the curve out of the chart for good."""
        for item in (self.line, self.dots):
            self.chart.view.removeItem(item)
        self.key.setParent(None)
        self.key.deleteLater()

    def dress(self) -> None:
        """Apply the theme's colour."""
        color = theme.color(self.name.token)
        self.color(pen(color), color)

    def take(self, course: Course, number: int) -> None:
        """Show the row of a course with this number."""
        self._updates, self._low, self._high = course.updates, course.low[number], course.high[number]

    def envelope(self) -> Envelope | None:
        """Return the visible part; None if there is none."""
        self.series.clear()  # a course is short, and its latest point still changes
        x = np.repeat(self.chart.axis.places(self._updates), 2)
        self.series.set(x, np.column_stack([self._low, self._high]).ravel())
        return self.visible() if np.isfinite(self._high).any() else None

    @property
    def latest(self) -> int | None:
        """The latest point that has a value."""
        [known] = np.nonzero(np.isfinite(self._high))
        return int(known[-1]) if len(known) else None

    def read_off(self, at: int | None) -> None:
        """Show a point's value in the key, or the lowest and the highest that it stands for."""
        if at is None or np.isnan(self._low[at]):
            self.key.read_off(None)
        else:
            self.key.read_off(float(self._low[at]), float(self._high[at]))

    def is_single(self, at: int) -> bool:
        """Return whether a point seems to stand for a single value."""
        return bool(self._low[at] == self._high[at] or np.isnan(self._low[at]))

    def height_at(self, at: int, logarithmic: bool) -> float | None:
        """Return where a point lies on the axis; None where there is none."""
        y = float(scaled(self._high[at : at + 1], logarithmic)[0])
        return y if np.isfinite(y) else None

    def in_words(self, at: int) -> str:
        """Return a point's value."""
        low, high = short(float(self._low[at])), short(float(self._high[at]))
        return low if low == high else tr("{low} to {high}").format(low=low, high=high)


def _has_values(shape: Envelope | None, logarithmic: bool) -> bool:
    return shape is not None and bool(np.isfinite(scaled(shape.high, logarithmic)).any())
