"""The confusion matrix as a table: one row per true class, its predictions, then its measures."""

from enum import Enum
from typing import Any, NamedTuple

import numpy as np
from PySide6.QtCore import QObject, Qt
from typing_extensions import override

from gradlab.instruments.metrics import per_class, shares
from gradlab.instruments.records import Counts, Doubles
from gradlab.language import mark, shown_name, tr, trn
from gradlab.window.charts.formatting import whole
from gradlab.window.widgets.record_table import RecordTable


class Show(Enum):
    """What a cell shows."""

    COUNTS = mark("Counts")
    ROW = mark("% of row (recall)")
    COLUMN = mark("% of column (precision)")


class ClassMeasure(NamedTuple):
    """One of the columns to the right of the matrix."""

    label: str
    short: str
    token: str
    help: str


MEASURES = (
    ClassMeasure(
        mark("Precision"),
        mark("Prec."),
        "series.precision",
        mark("Of the rows predicted as this class, the share that really is it."),
    ),
    ClassMeasure(
        mark("Recall"),
        mark("Rec."),
        "series.recall",
        mark("Of the rows that really are this class, the share that was found."),
    ),
    ClassMeasure(
        "F1",
        "F1",
        "series.f1",
        mark("Precision and recall in one number (their harmonic mean): high only if both are."),
    ),
    ClassMeasure(mark("Rows"), mark("Rows"), "", mark("How many validation rows really are this class.")),
)


class BinaryOutcome(NamedTuple):
    """What one of the four cells is called where there are two classes; class 1 is the positive one."""

    short: str
    long: str
    explanation: str


OUTCOMES = {
    (0, 0): BinaryOutcome("TN", mark("True negative"), mark("rightly not taken for “{positive}”.")),
    (0, 1): BinaryOutcome(
        "FP", mark("False positive"), mark("a false alarm, taken for “{positive}” but is not.")
    ),
    (1, 0): BinaryOutcome("FN", mark("False negative"), mark("a miss, is “{positive}” but was not found.")),
    (1, 1): BinaryOutcome("TP", mark("True positive"), mark("is “{positive}”, and was found.")),
}


class ConfusionModel(RecordTable):
    """``classes`` columns of counts and then the measures; texts to read and for screen readers."""

    def __init__(self, parent: QObject | None = None) -> None:
        role = Qt.ItemDataRole
        super().__init__(
            {
                role.DisplayRole: self._text,
                role.AccessibleTextRole: self._spoken,
                role.ToolTipRole: self._tip,
            },
            parent,
        )
        self.show_as = Show.COUNTS
        self._take((), np.zeros((0, 0), np.int64))

    def _take(self, names: tuple[str, ...], counts: Counts) -> None:
        self.names = names
        self.shown_names = tuple(map(shown_name, names))
        self.counts = counts
        self.row_shares = shares(self.counts, self.counts.sum(axis=1, keepdims=True))
        self.column_shares = shares(self.counts, self.counts.sum(axis=0, keepdims=True))
        self.measures = per_class(self.counts)

    @property
    def classes(self) -> int:
        """How many classes there are."""
        return len(self.names)

    @property
    def shares(self) -> Doubles:
        """What the heat shows: shares of the true row, or of the predicted column where those are read."""
        return self.column_shares if self.show_as is Show.COLUMN else self.row_shares

    def set_counts(self, names: tuple[str, ...], counts: Counts) -> bool:
        """Take new counts, ``[true, predicted]``; return whether anything differs from what was there."""
        if names != self.names:
            with self.resetting():
                self._take(names, counts)
            return True
        if np.array_equal(counts, self.counts):
            return False
        self._take(names, counts)
        self.emit_changed()
        return True

    def clear(self) -> None:
        """Forget everything."""
        with self.resetting():
            self._take((), np.zeros((0, 0), np.int64))

    def set_show(self, show: Show) -> None:
        """Choose what the cells show."""
        self.show_as = show
        self.emit_changed()

    @override
    def size(self) -> tuple[int, int]:
        return (self.classes, self.classes + len(MEASURES)) if self.classes else (0, 0)

    @override
    def heading(self, section: int, orientation: Qt.Orientation, role: Qt.ItemDataRole) -> Any:
        is_row = orientation == Qt.Orientation.Vertical
        if not is_row and section >= self.classes:
            return _measure_header(MEASURES[section - self.classes], role)
        name = self.shown_names[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return (tr("true {name}") if is_row else tr("predicted {name}")).format(name=name)
        if role == Qt.ItemDataRole.ToolTipRole:
            said = tr("Rows that really are “{name}”") if is_row else tr("Rows predicted as “{name}”")
            return said.format(name=name)
        return None

    def _text(self, row: int, column: int) -> str:
        return self._measure_text(row, column) if column >= self.classes else self.cell_text(row, column)

    def _spoken(self, row: int, column: int) -> str:
        return self._measure_sentence(row, column) if column >= self.classes else self.sentence(row, column)

    def _tip(self, row: int, column: int) -> str:
        return self._measure_tip(row, column) if column >= self.classes else self._cell_tip(row, column)

    def cell_text(self, row: int, column: int) -> str:
        """Return what a cell of the matrix shows."""
        if self.show_as is Show.COUNTS:
            return str(self.counts[row, column])
        return short_percent(self.shares[row, column])

    def sentence(self, row: int, column: int) -> str:
        """Return what a cell of the matrix says, as a sentence."""
        count, rows = self.counts[row, column], self.counts[row].sum()
        share = short_percent(self.row_shares[row, column])
        return trn(
            "true {true}, predicted {predicted}: {count} of {all} row ({share} %)",
            "true {true}, predicted {predicted}: {count} of {all} rows ({share} %)",
            rows,
        ).format(
            true=self.shown_names[row],
            predicted=self.shown_names[column],
            count=count,
            all=whole(rows),
            share=share,
        )

    def outcome(self, row: int, column: int) -> BinaryOutcome | None:
        """Return what the cell is called, where there are two classes."""
        return OUTCOMES[row, column] if self.classes == 2 else None

    def _cell_tip(self, row: int, column: int) -> str:
        lines = [self.sentence(row, column)]
        if outcome := self.outcome(row, column):
            explanation = tr(outcome.explanation).format(positive=self.shown_names[1])
            lines.append(
                tr("{name} ({short}): {explanation}").format(
                    name=tr(outcome.long), short=outcome.short, explanation=explanation
                )
            )
        predicted = self.counts[:, column].sum()
        share = short_percent(self.column_shares[row, column])
        lines.append(
            trn(
                "{share} % of {count} row predicted as “{name}”",
                "{share} % of {count} rows predicted as “{name}”",
                predicted,
            ).format(share=share, count=whole(predicted), name=self.shown_names[column])
        )
        if self.counts[row, column]:
            lines.append(tr("Click, or press Enter, to see these rows in the panel “Data and predictions”."))
        return "\n".join(lines)

    def _measure_text(self, row: int, column: int) -> str:
        value = self.measures[column - self.classes][row]
        return str(value) if column == self.classes + len(MEASURES) - 1 else f"{value:.2f}"

    def _measure_sentence(self, row: int, column: int) -> str:
        return tr("{name}: {measure} {value}").format(
            name=self.shown_names[row],
            measure=tr(MEASURES[column - self.classes].label),
            value=self._measure_text(row, column),
        )

    def _measure_tip(self, row: int, column: int) -> str:
        measure = MEASURES[column - self.classes]
        lines = [self._measure_sentence(row, column), tr(measure.help)]
        if measure.label == "Precision" and not self.counts[:, row].sum():
            lines.append(tr("No row was predicted as this class: there is no share, so it counts as 0."))
        if measure.label == "Recall" and not self.counts[row].sum():
            lines.append(tr("No validation row is of this class: there is no share, so it counts as 0."))
        return "\n".join(lines)


def _measure_header(measure: ClassMeasure, role: int) -> str | None:
    if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
        return tr(measure.label)
    if role == Qt.ItemDataRole.ToolTipRole:
        return tr("{name}: {text}").format(name=tr(measure.label), text=tr(measure.help))
    return None


def rows_in_words(count: int) -> str:
    """Return a number of rows with its noun."""
    return trn("{count} row", "{count} rows", count).format(count=whole(count))


def short_percent(share: float) -> str:
    """Round to whole percent, but never a few to none, nor nearly all to all."""
    if 0 < share < 0.005:
        return "<1"
    if 0.995 <= share < 1:
        return ">99"
    return f"{100 * share:.0f}"
