"""The compared runs as a table, one row each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor, QFont, QIcon
from typing_extensions import override

from gradlab.experiment.words import differences_in_words
from gradlab.instruments.records import Curves, Frame, LaneFrame, Snapshot
from gradlab.language import mark, shown_name, tr
from gradlab.window import theme
from gradlab.window.charts.formatting import short, whole
from gradlab.window.language.numbers import percent
from gradlab.window.theme import icons
from gradlab.window.widgets.record_table import RecordTable, bold

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
MISSING = "–"
DIVERGED = mark("diverged")


@dataclass(frozen=True)
class RunMeasure:
    """A column of numbers.

    Attributes:
        field: the field of ``EpochRow`` that it shows.
        best: picks the best number; None where none is better than others.
        write: makes its numbers into text.
    """

    title: str
    help: str
    field: str = ""
    best: Callable[[list[float]], float] | None = None
    write: Callable[[float], str] = short


MEASURES = (
    RunMeasure(mark("Updates"), mark("How many times the weights were changed so far.")),
    RunMeasure(mark("Training\nloss"), mark("The mean over the latest epoch that is over."), "train_loss"),
    RunMeasure(
        mark("Validation\nloss"), mark("On rows that are never trained on. Lower is better."), "val_loss", min
    ),
    RunMeasure(
        mark("Accuracy"), mark("The share of validation rows that are right."), "val_accuracy", max, percent
    ),
    RunMeasure(
        "F1", mark("One number for precision and recall: high only if both are."), "val_f1", max, percent
    ),
)


@dataclass(frozen=True)
class Row:
    """The texts and numbers of one run.

    Attributes:
        differs: how its settings differ from the first run's.
        values, texts, ranges: for each measure its number, its text and, for replicas, their range in words.
        is_shown: whether the other panels show this run.
        is_earlier: whether it is a pinned run that is over.
    """

    lane: LaneFrame
    differs: str
    values: tuple[float | None, ...]
    texts: tuple[str, ...]
    ranges: tuple[str, ...]
    is_shown: bool
    is_earlier: bool

    @property
    def run(self) -> int:
        """The number that identifies the run."""
        return self.lane.frame.run

    @property
    def words(self) -> str:
        """The name, and below it what differs."""
        name = shown_name(self.lane.name)
        return f"{name}\n{self.differs}" if self.differs else name


class LanesModel(RecordTable):
    """Racing runs first, then the pinned ones."""

    def __init__(self, parent: QObject | None = None) -> None:
        self.rows: list[Row] = []
        role = Qt.ItemDataRole
        super().__init__(
            {
                role.DisplayRole: lambda row, column: (self.rows[row].words, *self.rows[row].texts)[column],
                role.DecorationRole: self._color,
                role.FontRole: self._font,
                role.ForegroundRole: self._ink,
                role.TextAlignmentRole: lambda _, column: _RIGHT if column else None,
                role.ToolTipRole: self._tip,
                role.AccessibleTextRole: self._spoken,
            },
            parent,
        )

    def set_snapshot(self, snapshot: Snapshot) -> None:
        """Show the runs of a snapshot; the model is reset if they are other runs than before."""
        rows = _rows(snapshot)
        if [row.run for row in rows] != [row.run for row in self.rows]:
            with self.resetting():
                self.rows = rows
            return
        changed = [number for number, row in enumerate(rows) if _looks(row) != _looks(self.rows[number])]
        self.rows = rows
        if changed:
            self.emit_changed((changed[0], 0), (changed[-1], -1))

    @override
    def size(self) -> tuple[int, int]:
        return len(self.rows), 1 + len(MEASURES)

    @override
    def heading(self, section: int, orientation: Qt.Orientation, role: Qt.ItemDataRole) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return None
        title, help = (mark("Run"), mark("The name of a run, and what is different from the first one."))
        if section:
            title, help = MEASURES[section - 1].title, MEASURES[section - 1].help
        if role == Qt.ItemDataRole.DisplayRole:
            return tr(title)
        return tr(help) if role == Qt.ItemDataRole.ToolTipRole else None

    def _color(self, row: int, column: int) -> QIcon | None:
        return None if column else icons.square(self.rows[row].lane.token)

    def _font(self, row: int, column: int) -> QFont | None:
        is_bold = self._is_best(row, column - 1) if column else self.rows[row].is_shown
        return bold() if is_bold else None

    def _ink(self, row: int, column: int) -> QColor | None:
        has_diverged = column and self.rows[row].texts[column - 1] == tr(DIVERGED)
        return theme.color("status.error") if has_diverged else None

    def _tip(self, row: int, column: int) -> str | None:
        return (self.rows[row].ranges[column - 1] or None) if column else _tooltip(self.rows[row])

    def _spoken(self, row: int, column: int) -> str | None:
        if column:
            return None
        shown = self.rows[row]
        return ", ".join(part for part in (shown_name(shown.lane.name), shown.differs, _state(shown)) if part)

    def _is_best(self, row: int, measure: int) -> bool:
        best, value = MEASURES[measure].best, self.rows[row].values[measure]
        known = [other for each in self.rows if (other := each.values[measure]) is not None]
        return best is not None and len(known) > 1 and value is not None and value == best(known)


def _rows(snapshot: Snapshot) -> list[Row]:
    lanes = (*snapshot.lanes, *snapshot.pinned)
    racing, shown = {lane.frame.run for lane in snapshot.lanes}, snapshot.shown.run
    return [
        _row(lane, lanes[0], is_shown=lane.frame.run == shown, is_earlier=lane.frame.run not in racing)
        for lane in lanes
    ]


def _row(lane: LaneFrame, first: LaneFrame, *, is_shown: bool, is_earlier: bool) -> Row:
    one, other = first.frame.experiment, lane.frame.experiment
    numbers = [_number(lane, measure) for measure in MEASURES[1:]]
    values = (float(lane.frame.progress.update), *(value for value, _ in numbers))
    texts = [whole(lane.frame.progress.update), *map(_text, MEASURES[1:], values[1:])]
    if _has_diverged(lane.frame):
        texts[1] = tr(DIVERGED)
    differs = differences_in_words(one, other) if one is not None and other is not None else ""
    return Row(
        lane, differs, values, tuple(texts), ("", *(words for _, words in numbers)), is_shown, is_earlier
    )


def _number(lane: LaneFrame, measure: RunMeasure) -> tuple[float | None, str]:
    """Return a number of the latest epoch; for replicas the middle one, and their range in words."""
    frame, band = lane.frame, lane.band
    if band is not None:
        triples = band.metrics.get(measure.field)
        if triples is None:
            return None, ""
        low, middle, high = triples[:, -1].tolist()
        words = tr("The middle of {runs} runs; most lie between {low} and {high}.")
        return middle, words.format(runs=band.runs, low=measure.write(low), high=measure.write(high))
    return getattr(frame, measure.field), ""


def _text(measure: RunMeasure, value: float | None) -> str:
    return MISSING if value is None else measure.write(value)


def _has_diverged(frame: Frame) -> bool:
    curves = frame.get(Curves)
    return curves is not None and any(mark.kind == "diverged" for mark in curves.marks)


def _looks(row: Row) -> tuple[object, ...]:
    return row.words, row.texts, row.ranges, row.is_shown, row.lane.token, row.lane.pinned


def _state(row: Row) -> str:
    if row.is_earlier:
        return tr("A pinned earlier run")
    return tr("Shown in the other panels") if row.is_shown else ""


def _tooltip(row: Row) -> str:
    return "\n".join(part for part in (row.words, _state(row)) if part)
