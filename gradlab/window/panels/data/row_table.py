"""Rows of a table with what the model says of them."""

from collections.abc import Callable
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import QAbstractItemView, QFrame, QTableView

from gradlab.instruments.records import TableView
from gradlab.language import mark, shown_name, tr
from gradlab.window import theme
from gradlab.window.charts.colors import blend
from gradlab.window.charts.formatting import short
from gradlab.window.panels.data.prediction_words import percent, right_in_words, row_in_words
from gradlab.window.theme.themed import Themed

Index = QModelIndex | QPersistentModelIndex
VERDICTS = (mark("Verdict"), mark("True"), mark("Predicted"), mark("Confidence"))
LOUD = (0, 2)  # what stands out where it is wrong


class RowsModel(QAbstractTableModel):
    """The verdict first, then the inputs."""

    def __init__(self) -> None:
        super().__init__()
        self.view: TableView | None = None
        role = Qt.ItemDataRole
        # Qt asks each cell for a dozen roles: most have no answer, and a look-up says so fastest.
        self._answers: dict[int, Callable[[TableView, int, int], Any]] = {
            role.DisplayRole: self._text,
            role.ToolTipRole: lambda view, row, _: row_in_words(view, row),
            role.TextAlignmentRole: lambda _, __, column: _alignment(column),
            role.BackgroundRole: self._background,
            role.ForegroundRole: self._foreground,
            role.FontRole: self._font,
        }

    def set_view(self, view: TableView) -> bool:
        """Take new predictions; return whether the table has another shape."""
        known = self.view
        if known is not None and (known.columns, known.rows.shape) == (view.columns, view.rows.shape):
            self.view = view
            self._changed(known, view)
            return False
        self.beginResetModel()
        self.view = view
        self.endResetModel()
        return True

    def _changed(self, before: TableView, after: TableView) -> None:
        """Have the verdicts drawn anew, and whole rows only where something else differs: that is slow."""
        last = self.columnCount() - 1
        self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, len(VERDICTS) - 1))
        flipped = (before.true == before.predicted) != (after.true == after.predicted)
        for row in np.flatnonzero(flipped | (before.rows != after.rows).any(axis=1)):
            self.dataChanged.emit(self.index(int(row), 0), self.index(int(row), last))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's signature)
        """One row per row of the data."""
        return 0 if parent.isValid() or self.view is None else len(self.view.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's signature)
        """The verdict and the inputs."""
        return 0 if parent.isValid() or self.view is None else len(VERDICTS) + len(self.view.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Name the columns, count the rows."""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        if self.view is None or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        if orientation == Qt.Orientation.Vertical:
            return str(section + 1)
        names = (*map(tr, VERDICTS), *map(shown_name, self.view.columns))
        # While a model resets, Qt still asks for its old sections.
        return names[section] if section < len(names) else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a cell; wrong rows are marked by a sign, a word, weight and colour."""
        answer = self._answers.get(role)
        if answer is None or self.view is None:
            return None
        return answer(self.view, index.row(), index.column())

    def _background(self, view: TableView, row: int, column: int) -> QColor | None:
        if not _is_wrong(view, row):
            return None
        return blend(theme.color("status.error"), theme.color("surface.panel"), 0.1)

    def _foreground(self, view: TableView, row: int, column: int) -> QColor | None:
        is_loud = column in LOUD and _is_wrong(view, row)
        return theme.color("status.error") if is_loud else None

    def _font(self, view: TableView, row: int, column: int) -> QFont | None:
        return _bold() if column in LOUD and _is_wrong(view, row) else None

    def _text(self, view: TableView, row: int, column: int) -> str:
        if column >= len(VERDICTS):
            return short(float(view.rows[row, column - len(VERDICTS)]))
        return (
            tr("✗ wrong") if _is_wrong(view, row) else tr("✓ right"),
            shown_name(view.class_names[view.true[row]]),
            shown_name(view.class_names[view.predicted[row]]),
            percent(view.confidence[row]),
        )[column]


class RowsTable(Themed, QTableView):
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

    def dress(self) -> None:
        """Take the colours."""
        panel, raised = (theme.color(f"surface.{name}").name() for name in ("panel", "raised"))
        self.setStyleSheet(
            f"QTableView {{ background: {panel}; border: none; }}"
            f"QHeaderView, QHeaderView::section, QTableCornerButton::section"
            f" {{ background: {raised}; border: none; padding: 3px 4px; }}"
        )

    def show_view(self, view: TableView) -> str:
        """Draw it; return the caption."""
        if self._model.set_view(view):
            self._size_columns()
        return right_in_words(view)

    def _size_columns(self) -> None:
        self.resizeColumnsToContents()
        for column in range(self._model.columnCount()):
            self.setColumnWidth(column, self.columnWidth(column) + 10)


def _alignment(column: int) -> Qt.AlignmentFlag:
    """Texts to the left, numbers to the right."""
    is_number = column >= len(VERDICTS) - 1
    side = Qt.AlignmentFlag.AlignRight if is_number else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _is_wrong(view: TableView, row: int) -> bool:
    return bool(view.true[row] != view.predicted[row])


def _bold() -> QFont:
    font = QFont()
    font.setBold(True)
    return font
