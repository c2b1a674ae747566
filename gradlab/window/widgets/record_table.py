"""The base class of the models of tables."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont
from typing_extensions import override

Index = QModelIndex | QPersistentModelIndex
Answers = Mapping[int, Callable[[int, int], Any]]  # by Qt.ItemDataRole
ROOT = QModelIndex()


class RecordTable(QAbstractTableModel):
    """A read-only table: a subclass returns its size, and passes a function per role.

    ::

        class Runs(RecordTable):
            def __init__(self, parent=None):
                self.runs = []
                role = Qt.ItemDataRole
                super().__init__({role.DisplayRole: self._text, role.FontRole: self._font}, parent)

            def size(self):
                return len(self.runs), 2

            def heading(self, section, orientation, role):
                return TITLES[section] if role == Qt.ItemDataRole.DisplayRole else None

            def show_runs(self, runs):
                with self.resetting():
                    self.runs = runs

            def _text(self, row, column): ...
    """

    def __init__(self, answers: Answers, parent: QObject | None = None) -> None:
        super().__init__(parent)
        # Qt asks each cell for a dozen roles: most have no answer, and a look-up says so fastest.
        self._answers: dict[int, Callable[[int, int], Any]] = dict(answers)

    def size(self) -> tuple[int, int]:
        """Return the numbers of rows and columns."""
        raise NotImplementedError

    def heading(self, section: int, orientation: Qt.Orientation, role: Qt.ItemDataRole) -> Any:
        """Return the heading of a column or of a row."""
        return None

    @contextmanager
    def resetting(self) -> Iterator[None]:
        """Reset the model, and so its views, around a change of rows or columns."""
        self.beginResetModel()
        try:
            yield
        finally:
            self.endResetModel()

    def emit_changed(self, first: tuple[int, int] = (0, 0), last: tuple[int, int] = (-1, -1)) -> None:
        """Tell views that cells have changed, by default all; negative numbers count from the end."""
        size = self.size()
        if all(size):
            row, column = (place % length for place, length in zip(last, size, strict=True))
            self.dataChanged.emit(self.index(*first), self.index(row, column))

    @override
    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else self.size()[0]

    @override
    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else self.size()[1]

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        answer = self._answers.get(role)
        return answer(index.row(), index.column()) if answer else None

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        # While a model resets, Qt still asks for its old sections.
        if section >= self.size()[0 if orientation == Qt.Orientation.Vertical else 1]:
            return None
        return self.heading(section, orientation, Qt.ItemDataRole(role))


def bold() -> QFont:
    """Return a bold font, for what stands out in a table."""
    font = QFont()
    font.setBold(True)
    return font
