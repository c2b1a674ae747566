"""The curves of a run: one over its updates, others over its epochs, each with its key."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from gradlab.instruments.records import Curves, Doubles, EpochRow
from gradlab.language import tr
from gradlab.window import theme
from gradlab.window.charts.chart import Chart
from gradlab.window.charts.colors import blend, pen
from gradlab.window.charts.dotted_curve import DottedCurve
from gradlab.window.charts.formatting import short
from gradlab.window.charts.legend import CurveKey
from gradlab.window.charts.line_item import LineItem
from gradlab.window.charts.ranges import nearest, scaled
from gradlab.window.charts.series import Envelope, Series


@dataclass(frozen=True)
class CurveKind:
    """One curve over epochs: the field of EpochRow, and how it is shown.

    Attributes:
        style: of its line where several runs are compared, and colours tell the runs apart.
        write: makes its values into text.
    """

    field: str
    name: str
    token: str
    help: str
    on: bool = True
    style: Qt.PenStyle = Qt.PenStyle.SolidLine
    write: Callable[[float], str] = short


class EpochCurve(DottedCurve):
    """A line with a dot per epoch, and its key.

    Attributes:
        token: its colour.
    """

    def __init__(self, kind: CurveKind, chart: Chart, key: CurveKey | None = None) -> None:
        """Add the curve to a chart; with the ``key`` of another curve, both are switched together."""
        super().__init__(chart, dot_size=7)
        self.kind = kind
        self.token = kind.token
        self._now: float | None = None
        self.key = key or CurveKey(tr(kind.name), kind.token, tr(kind.help), dots=True, write=kind.write)
        if key is None:
            self.key.setObjectName(kind.field)
            self.key.usual = kind.on
            self.key.put_back()

    def dress(self) -> None:
        """Apply the theme's colour."""
        color = theme.color(self.kind.token)
        self.color(pen(color, 2), color)

    def be_one_of_many(self, on: bool) -> None:
        """Make the key colourless, as several runs with colours of their own share it, or coloured again."""
        if on:
            self.key.stand_for("text.muted", self.kind.style)
        else:
            self.key.stand_for(self.kind.token)

    def paint(self, token: str, color: QColor) -> None:
        """Draw the curve in the colour of a run."""
        self.token = token
        self.color(pen(color, 2, self.kind.style), color)

    def take(self, rows: tuple[EpochRow, ...], places: Doubles, keep: bool) -> None:
        """Append rows, with their places on the axis; without ``keep``, replace those that are there."""
        values = [getattr(row, self.kind.field) for row in rows]
        there = [value is not None for value in values]
        x, y = places[there], np.array([value for value in values if value is not None], dtype=np.float64)
        if keep:
            x, y = np.concatenate([self.series.x, x]), np.concatenate([self.series.y, y])
        else:
            self.series.clear()
        self.series.set(x, y)

    def envelope(self) -> Envelope | None:
        """Return the visible part; None if the curve is switched off or empty."""
        return self.visible() if self.key.isChecked() and len(self.series) else None

    def take_now(self, now: EpochRow | None) -> None:
        """Take the numbers of the weights that the model has now, which the latest epoch need not have left."""
        self._now = None if now is None else getattr(now, self.kind.field)

    def value_at(self, x: float | None) -> float | None:
        """Return the value nearest to ``x``, or that of the present weights; None where there is none."""
        if x is None and self._now is not None:
            return self._now
        at = nearest(self.series.x, x)
        return None if at is None else float(self.series.y[at])

    def read_off(self, x: float | None) -> None:
        """Show the value nearest to ``x`` in the key, or the latest."""
        self.key.read_off(self.value_at(x))

    def point_at(self, x: float, log: bool) -> tuple[float, float, str] | None:
        """Return the nearest epoch's place and value in the chart, and the curve's colour token."""
        at = nearest(self.series.x, x)
        if at is None or not self.key.isChecked():
            return None
        y = float(scaled(self.series.y[at : at + 1], log)[0])
        return (float(self.series.x[at]), y, self.token) if np.isfinite(y) else None


def take_rows(
    curves: Sequence[EpochCurve],
    before: tuple[EpochRow, ...],
    rows: tuple[EpochRow, ...],
    places_of: Callable[[tuple[EpochRow, ...]], Doubles],
) -> bool:
    """Append the rows after those ``before`` to each curve; return True if the curves were rebuilt instead."""
    known = len(before)
    if len(rows) == known and (not rows or rows[-1] is before[-1]):
        return False
    if known and (len(rows) < known or rows[known - 1] is not before[-1]):
        known = 0
    places = places_of(rows[known:])
    for curve in curves:
        curve.take(rows[known:], places, keep=known > 0)
    return not known


class UpdateCurve:
    """The loss of every update: a pale line for the exact values, a thin clear one for their smoothed course.

    Attributes:
        key, mean_key: switch the two lines, and name them.
        is_smoothed: whether there is a smoothed course.
    """

    def __init__(self, chart: Chart, keys: tuple[CurveKey, CurveKey] | None = None) -> None:
        """Add the curve to a chart; with the ``keys`` of another curve, both are switched together."""
        self.chart = chart
        self.series = Series()
        self.is_smoothed = False
        self.key, self.mean_key = keys or _update_keys()
        self._course: tuple[Doubles, Doubles] | None = None  # the smoothed line, as it is drawn
        self._is_once_an_epoch = False
        self.raw = LineItem()
        self.smooth = LineItem(antialias=True)
        chart.addItem(self.raw)
        chart.addItem(self.smooth)

    def dress(self) -> None:
        """Apply the theme's colours."""
        self.paint(theme.color("series.train"))
        self.key.show_pale(self._pale)

    def be_one_of_many(self, on: bool) -> None:
        """Make the key colourless, as several runs with colours of their own share it, or coloured again."""
        for key in (self.key, self.mean_key):
            key.stand_for("text.muted" if on else "series.train")
        self.key.show_pale(None if on else self._pale)

    def paint(self, color: QColor) -> None:
        """Draw the curve in the colour of a run."""
        background, self._strong = theme.color("plot.background"), color
        self._pale = blend(self._strong, background, 0.38)
        self.raw.setPen(pen(self._pale))
        self.smooth.setPen(pen(blend(self._strong, background, 0.85)))

    def take(self, curves: Curves, places: Doubles) -> None:
        """Take all points of a run, with their places on the axis."""
        values = np.diff(curves.update, prepend=curves.update[:1] - 1)
        self.series.set(places, curves.update_loss, curves.update_mean, values)
        ends = curves.epochs[-1] if curves.epochs else None
        self._is_once_an_epoch = ends is not None and 0 < ends.update <= ends.epoch

    def draw(self, log: bool, window: int, *, on: bool = True, raw: bool = True) -> Envelope | None:
        """Draw the visible part, smoothed over ``window`` updates (1: not at all); return it.

        Without ``raw``, the smoothed course is drawn alone. One update an epoch has nothing to smooth.
        """
        self.is_smoothed = window > 1 and len(self.series) > 0 and not self._is_once_an_epoch
        self._course = None
        on = on and len(self.series) > 0
        has_mean = on and self.is_smoothed and self.mean_key.isChecked()
        has_raw = on and (raw or not self.is_smoothed) and self.key.isChecked()
        self.raw.setVisible(has_raw)
        self.smooth.setVisible(has_mean)
        visible = self.series.between(*self.chart.visible())
        columns = self.chart.columns()
        shown = None
        if has_raw:
            shown = self.series.envelope(*visible, columns)
            _set(self.raw, *shown.path(), log)
            self.raw.setPen(pen(self._pale if self.is_smoothed else self._strong))
        if has_mean:
            x, course = self.series.smooth(*visible, columns // 4, window)
            _set(self.smooth, x, course, log)
            self._course = x, course
            shown = shown or Envelope(x, course, course)
        return shown

    def read_off(self, x: float | None) -> None:
        """Show the values nearest to ``x`` in the keys, or the latest; of the smoothed line where it ends."""
        at = nearest(self.series.x, x)
        self.key.read_off(None if at is None else float(self.series.y[at]))
        places, means = self._course or (np.empty(0), np.empty(0))
        at = nearest(places, x)
        self.mean_key.read_off(None if at is None else float(means[at]))


def _update_keys() -> tuple[CurveKey, CurveKey]:
    """Return the keys of the exact line and of the smoothed one."""
    each = CurveKey(
        tr("Each update"),
        "series.train",
        tr(
            "The loss of the batches of each single update: pale where a clear line shows its smoothed course."
        ),
        dots=False,
    )
    each.setObjectName("each update")
    mean = CurveKey(
        "", "series.train", tr("The smoothed course: the mean loss over this many updates."), dots=False
    )
    mean.setObjectName("mean of updates")
    return each, mean


def _set(line: LineItem, x: Doubles, y: Doubles, log: bool) -> None:
    line.setData(x, scaled(y, log))
