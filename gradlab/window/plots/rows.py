"""Rows of a table with what the model says of them."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QAbstractItemView, QFrame, QTableView

from gradlab.instruments.records import TableView
from gradlab.window.plots.colors import blend
from gradlab.window.plots.formatting import short
from gradlab.window.plots.verdict import percent, right_in_words, sentence
from gradlab.window.theme.tokens import Theme

Index = QModelIndex | QPersistentModelIndex
VERDICTS = ("Verdict", "True", "Predicted", "Confidence")


class RowsModel(QAbstractTableModel):
    """The verdict first, then the inputs."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.view: TableView | None = None

    def set_view(self, view: TableView) -> bool:
        """Take new predictions; return whether the table has another shape."""
        known = self.view
        if known is not None and (known.columns, known.rows.shape) == (view.columns, view.rows.shape):
            self.view = view
            self.refresh()
            return False
        self.beginResetModel()
        self.view = view
        self.endResetModel()
        return True

    def refresh(self) -> None:
        """Have everything drawn anew."""
        self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, self.columnCount() - 1))

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
        return (*VERDICTS, *self.view.columns)[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a cell; wrong rows are marked by a sign, a word, weight and colour."""
        if self.view is None:
            return None
        row, column = index.row(), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(self.view, row, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"Row {row + 1} {sentence(self.view, row)}"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        is_wrong = self.view.true[row] != self.view.predicted[row]
        return self._emphasis(column, role) if is_wrong else None

    def _emphasis(self, column: int, role: int) -> Any:
        error = self.theme.color("status.error")
        if role == Qt.ItemDataRole.BackgroundRole:
            return blend(error, self.theme.color("surface.panel"), 0.1)
        is_verdict = column in (VERDICTS.index("Verdict"), VERDICTS.index("Predicted"))
        if role == Qt.ItemDataRole.ForegroundRole and is_verdict:
            return error
        return _bold() if role == Qt.ItemDataRole.FontRole and is_verdict else None

    def _text(self, view: TableView, row: int, column: int) -> str:
        is_right = view.true[row] == view.predicted[row]
        if column >= len(VERDICTS):
            return short(float(view.rows[row, column - len(VERDICTS)]))
        return (
            "✓ right" if is_right else "✗ wrong",
            view.class_names[view.true[row]],
            view.class_names[view.predicted[row]],
            percent(view.confidence[row]),
        )[column]


class RowsTable(QTableView):
    """Some rows, each with the model's verdict."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._model = RowsModel(theme)
        self.setModel(self._model)
        self.setAccessibleName("Rows and predictions")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setCornerButtonEnabled(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 8)
        self.apply_theme(theme)

    def apply_theme(self, theme: Theme) -> None:
        """Take every colour anew."""
        self._model.theme = theme
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
    is_number = column >= VERDICTS.index("Confidence")
    side = Qt.AlignmentFlag.AlignRight if is_number else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _bold() -> QFont:
    font = QFont()
    font.setBold(True)
    return font
