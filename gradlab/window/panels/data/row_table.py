"""Rows of a table, each with the model's prediction."""

from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import QAbstractItemView, QFrame, QTableView
from typing_extensions import override

from gradlab.instruments.records import TableView
from gradlab.language import mark, shown_name, tr
from gradlab.window import theme
from gradlab.window.charts.colors import blend
from gradlab.window.charts.formatting import short
from gradlab.window.panels.data.prediction_words import percent, right_in_words, row_in_words
from gradlab.window.theme.themed import Themed
from gradlab.window.widgets.record_table import RecordTable, bold

VERDICTS = (mark("Verdict"), mark("True"), mark("Predicted"), mark("Confidence"))
LOUD = (0, 2)  # what stands out where it is wrong


class RowsModel(RecordTable):
    """The verdict first, then the inputs; wrong rows stand out by a sign, a word, bold type and colour."""

    def __init__(self) -> None:
        self._view: TableView | None = None
        role = Qt.ItemDataRole
        super().__init__(
            {
                role.DisplayRole: self._text,
                role.ToolTipRole: lambda row, _: row_in_words(self._shown, row),
                role.TextAlignmentRole: lambda _, column: _alignment(column),
                role.BackgroundRole: self._background,
                role.ForegroundRole: self._foreground,
                role.FontRole: self._font,
            }
        )

    def show_view(self, view: TableView) -> bool:
        """Show new predictions; return True if the table has another shape than before."""
        known = self._view
        if known is not None and (known.columns, known.rows.shape) == (view.columns, view.rows.shape):
            self._view = view
            self._emit_differences(known, view)
            return False
        with self.resetting():
            self._view = view
        return True

    def _emit_differences(self, before: TableView, after: TableView) -> None:
        """Redraw all verdicts, and whole rows only where more differs: that is slow."""
        self.emit_changed(last=(-1, len(VERDICTS) - 1))
        flipped = (before.true == before.predicted) != (after.true == after.predicted)
        for row in np.flatnonzero(flipped | (before.rows != after.rows).any(axis=1)).tolist():
            self.emit_changed((row, 0), (row, -1))

    @override
    def size(self) -> tuple[int, int]:
        return (len(self._view.rows), len(VERDICTS) + len(self._view.columns)) if self._view else (0, 0)

    @override
    def heading(self, section: int, orientation: Qt.Orientation, role: Qt.ItemDataRole) -> Any:
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        if orientation == Qt.Orientation.Vertical:
            return str(section + 1)
        return (*map(tr, VERDICTS), *map(shown_name, self._shown.columns))[section]

    @property
    def _shown(self) -> TableView:
        assert self._view is not None
        return self._view

    def _is_wrong(self, row: int) -> bool:
        return bool(self._shown.true[row] != self._shown.predicted[row])

    def _background(self, row: int, column: int) -> QColor | None:
        if not self._is_wrong(row):
            return None
        return blend(theme.color("status.error"), theme.color("surface.panel"), 0.1)

    def _foreground(self, row: int, column: int) -> QColor | None:
        return theme.color("status.error") if column in LOUD and self._is_wrong(row) else None

    def _font(self, row: int, column: int) -> QFont | None:
        return bold() if column in LOUD and self._is_wrong(row) else None

    def _text(self, row: int, column: int) -> str:
        view = self._shown
        if column >= len(VERDICTS):
            return short(float(view.rows[row, column - len(VERDICTS)]))
        return (
            tr("✗ wrong") if self._is_wrong(row) else tr("✓ right"),
            shown_name(view.class_names[view.true[row]]),
            shown_name(view.class_names[view.predicted[row]]),
            percent(view.confidence[row]),
        )[column]


class RowTable(Themed, QTableView):
    """Some rows, each with the model's verdict."""

    def __init__(self) -> None:
        super().__init__()
        self._model = RowsModel()
        self.setModel(self._model)
        self.setAccessibleName(tr("Rows and predictions"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 8)
        self.wear()

    @override
    def dress(self) -> None:
        panel, raised = (theme.color(f"surface.{name}").name() for name in ("panel", "raised"))
        self.setStyleSheet(
            f"QTableView {{ background: {panel}; border: none; }}"
            f"QHeaderView, QHeaderView::section, QTableCornerButton::section"
            f" {{ background: {raised}; border: none; padding: 3px 4px; }}"
        )

    def show_view(self, view: TableView) -> str:
        """Draw the view and return its caption."""
        if self._model.show_view(view):
            self._size_columns()
        return right_in_words(view)

    def _size_columns(self) -> None:
        self.resizeColumnsToContents()
        for column in range(self._model.columnCount()):
            self.setColumnWidth(column, self.columnWidth(column) + 10)


def _alignment(column: int) -> Qt.AlignmentFlag:
    """Return how a column is aligned: texts to the left, numbers to the right."""
    is_number = column >= len(VERDICTS) - 1
    side = Qt.AlignmentFlag.AlignRight if is_number else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
