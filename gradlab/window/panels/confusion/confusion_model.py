"""The confusion matrix as a table: one row per true class, its predictions, then its measures."""

from enum import Enum
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Qt
from typing_extensions import override

from gradlab.instruments.records import Counts, Doubles
from gradlab.language import mark, tr
from gradlab.window.panels.confusion.cell_words import (
    cell_tip,
    measure_sentence,
    measure_text,
    measure_tip,
    sentence,
    short_percent,
)
from gradlab.window.panels.confusion.class_counts import MEASURES, ClassCounts, ClassMeasure
from gradlab.window.widgets.record_table import RecordTable


class Show(Enum):
    """What a cell shows."""

    COUNTS = mark("Counts")
    ROW = mark("% of row (recall)")
    COLUMN = mark("% of column (precision)")


class ConfusionModel(RecordTable):
    """Columns of counts, one per class, and then the measures; with texts for tooltips and screen readers.

    Attributes:
        counts: what it shows.
        show_as: what the cells show.
    """

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
        self.counts = ClassCounts()

    @property
    def classes(self) -> int:
        """How many classes there are."""
        return len(self.counts)

    @property
    def shares(self) -> Doubles:
        """The shares that colours show: of the true row, or of the predicted column if the cells show those."""
        return self.counts.column_shares if self.show_as is Show.COLUMN else self.counts.row_shares

    def set_counts(self, names: tuple[str, ...], counts: Counts) -> bool:
        """Show new counts, ``[true, predicted]``; return True if anything changed."""
        if names != self.counts.names:
            with self.resetting():
                self.counts = ClassCounts(names, counts)
            return True
        if np.array_equal(counts, self.counts.matrix):
            return False
        self.counts = ClassCounts(names, counts)
        self.emit_changed()
        return True

    def clear(self) -> None:
        """Remove all classes and counts."""
        with self.resetting():
            self.counts = ClassCounts()

    def set_show(self, show: Show) -> None:
        """Choose what the cells show."""
        self.show_as = show
        self.emit_changed()

    def cell_text(self, row: int, column: int) -> str:
        """Return what a cell of the matrix shows."""
        if self.show_as is Show.COUNTS:
            return str(self.counts.matrix[row, column])
        return short_percent(self.shares[row, column])

    @override
    def size(self) -> tuple[int, int]:
        return (self.classes, self.classes + len(MEASURES)) if self.classes else (0, 0)

    @override
    def heading(self, section: int, orientation: Qt.Orientation, role: Qt.ItemDataRole) -> Any:
        is_row = orientation == Qt.Orientation.Vertical
        if not is_row and section >= self.classes:
            return _measure_header(MEASURES[section - self.classes], role)
        name = self.counts.shown_names[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return (tr("true {name}") if is_row else tr("predicted {name}")).format(name=name)
        if role == Qt.ItemDataRole.ToolTipRole:
            said = tr("Rows that really are “{name}”") if is_row else tr("Rows predicted as “{name}”")
            return said.format(name=name)
        return None

    def _text(self, row: int, column: int) -> str:
        return (
            measure_text(self.counts, row, column) if column >= self.classes else self.cell_text(row, column)
        )

    def _spoken(self, row: int, column: int) -> str:
        return (measure_sentence if column >= self.classes else sentence)(self.counts, row, column)

    def _tip(self, row: int, column: int) -> str:
        return (measure_tip if column >= self.classes else cell_tip)(self.counts, row, column)


def _measure_header(measure: ClassMeasure, role: int) -> str | None:
    if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
        return tr(measure.label)
    if role == Qt.ItemDataRole.ToolTipRole:
        return tr("{name}: {text}").format(name=tr(measure.label), text=tr(measure.help))
    return None
