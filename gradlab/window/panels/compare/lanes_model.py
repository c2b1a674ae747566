"""The runs that are compared, as a table: one row each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont

from gradlab.experiment.words import differences_in_words
from gradlab.instruments.records import Curves, Frame, LaneFrame, Snapshot
from gradlab.language import mark, shown_name, tr
from gradlab.window import theme
from gradlab.window.charts.formatting import short, whole
from gradlab.window.theme import icons

Index = QModelIndex | QPersistentModelIndex
NOTHING = QModelIndex()
MISSING = "–"
DIVERGED = mark("diverged")


@dataclass(frozen=True)
class Measure:
    """A column of numbers.

    Attributes:
        field: of ``EpochRow``; ``best`` picks the better ones, None where there is no better.
    """

    title: str
    help: str
    field: str = ""
    best: Callable[[list[float]], float] | None = None


MEASURES = (
    Measure(mark("Updates"), mark("How often the weights were changed so far.")),
    Measure(mark("Training\nloss"), mark("The mean over the latest epoch that is over."), "train_loss"),
    Measure(
        mark("Validation\nloss"), mark("On rows that are never trained on. Lower is better."), "val_loss", min
    ),
    Measure(mark("Accuracy"), mark("The share of validation rows that are right."), "val_accuracy", max),
    Measure("F1", mark("One number for precision and recall: high only if both are."), "val_f1", max),
)


@dataclass(frozen=True)
class Row:
    """What one run shows.

    Attributes:
        differs: what is different from the first run; ``texts`` its numbers, one per measure.
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
        """The number by which the run is known."""
        return self.lane.frame.run

    @property
    def words(self) -> str:
        """The name, and beneath it what differs."""
        name = shown_name(self.lane.name)
        return f"{name}\n{self.differs}" if self.differs else name


class LanesModel(QAbstractTableModel):
    """Racing runs first, then the pinned ones."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[Row] = []

    def set_snapshot(self, snapshot: Snapshot) -> None:
        """Take what a snapshot tells; the model is reset where other runs are in it than before."""
        rows = _rows(snapshot)
        if [row.run for row in rows] != [row.run for row in self.rows]:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()
            return
        changed = [number for number, row in enumerate(rows) if _looks(row) != _looks(self.rows[number])]
        self.rows = rows
        if changed:
            self.dataChanged.emit(self.index(changed[0], 0), self.index(changed[-1], len(MEASURES)))

    def rowCount(self, parent: Index = NOTHING) -> int:
        """One per run."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = NOTHING) -> int:
        """The name and the measures."""
        return 0 if parent.isValid() else 1 + len(MEASURES)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Say what a cell shows."""
        row, column = self.rows[index.row()], index.column()
        if column == 0:
            return self._name(row, Qt.ItemDataRole(role))
        return self._measure(row, column - 1, Qt.ItemDataRole(role))

    def _name(self, row: Row, role: Qt.ItemDataRole) -> Any:
        return {
            Qt.ItemDataRole.DisplayRole: row.words,
            Qt.ItemDataRole.DecorationRole: icons.square(row.lane.token),
            Qt.ItemDataRole.FontRole: _bold() if row.is_shown else None,
            Qt.ItemDataRole.ToolTipRole: _tooltip(row),
            Qt.ItemDataRole.AccessibleTextRole: ", ".join(
                part for part in (shown_name(row.lane.name), row.differs, _state(row)) if part
            ),
        }.get(role)

    def _measure(self, row: Row, measure: int, role: Qt.ItemDataRole) -> Any:
        has_diverged = row.texts[measure] == tr(DIVERGED)
        return {
            Qt.ItemDataRole.DisplayRole: row.texts[measure],
            Qt.ItemDataRole.TextAlignmentRole: Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
            Qt.ItemDataRole.FontRole: _bold() if self._is_best(row, measure) else None,
            Qt.ItemDataRole.ForegroundRole: theme.color("status.error") if has_diverged else None,
            Qt.ItemDataRole.ToolTipRole: row.ranges[measure] or None,
        }.get(role)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Name the columns."""
        if orientation == Qt.Orientation.Vertical:
            return None
        title, help = (mark("Run"), mark("The name of a run, and what is different from the first one."))
        if section:
            title, help = MEASURES[section - 1].title, MEASURES[section - 1].help
        if role == Qt.ItemDataRole.DisplayRole:
            return tr(title)
        return tr(help) if role == Qt.ItemDataRole.ToolTipRole else None

    def _is_best(self, row: Row, measure: int) -> bool:
        best, value = MEASURES[measure].best, row.values[measure]
        others = [other.values[measure] for other in self.rows]
        known = [other for other in others if other is not None]
        return best is not None and len(known) > 1 and value is not None and value == best(known)


def _rows(snapshot: Snapshot) -> list[Row]:
    lanes = (*snapshot.lanes, *snapshot.pinned)
    racing, shown = {lane.frame.run for lane in snapshot.lanes}, snapshot.shown.run
    return [
        _row(
            lane,
            lanes[0],
            is_shown=lane.frame.run == shown,
            is_earlier=lane.frame.run not in racing,
        )
        for lane in lanes
    ]


def _row(lane: LaneFrame, first: LaneFrame, *, is_shown: bool, is_earlier: bool) -> Row:
    one, other = first.frame.experiment, lane.frame.experiment
    numbers = [_number(lane, measure.field) for measure in MEASURES[1:]]
    values = (float(lane.frame.progress.update), *(value for value, _ in numbers))
    texts = [whole(lane.frame.progress.update), *map(_text, values[1:])]
    if _has_diverged(lane.frame):
        texts[1] = tr(DIVERGED)
    differs = differences_in_words(one, other) if one is not None and other is not None else ""
    return Row(
        lane, differs, values, tuple(texts), ("", *(words for _, words in numbers)), is_shown, is_earlier
    )


def _number(lane: LaneFrame, field: str) -> tuple[float | None, str]:
    """Return a number of the latest epoch; of replicas the middle one, and their range in words."""
    frame, band = lane.frame, lane.band
    if band is not None:
        triples = band.metrics.get(field)
        if triples is None:
            return None, ""
        low, middle, high = triples[:, -1].tolist()
        words = tr("The middle of {runs} runs; most lie between {low} and {high}.")
        return middle, words.format(runs=band.runs, low=short(low), high=short(high))
    if field == "train_loss":
        curves = frame.get(Curves)
        rows = curves.epochs if curves else ()
        return (rows[-1].train_loss if rows else frame.train_loss), ""
    return getattr(frame, field), ""


def _text(value: float | None) -> str:
    return MISSING if value is None else short(value)


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


def _bold() -> QFont:
    font = QFont()
    font.setBold(True)
    return font
