"""Models of tables say how large they are and what a cell answers; the base does what Qt wants besides."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from gradlab.window.widgets.record_table import RecordTable

ROLE = Qt.ItemDataRole


class Runs(RecordTable):
    def __init__(self, names=()):
        self.names = list(names)
        super().__init__({ROLE.DisplayRole: lambda row, column: f"{self.names[row]}{column}"})

    def size(self):
        return len(self.names), 2

    def heading(self, section, orientation, role):
        return f"{orientation.name} {section}" if role == ROLE.DisplayRole else None


@pytest.fixture
def runs(qapp):
    return Runs(["a", "b"])


def test_qt_finds_nothing_wrong_with_the_model(runs):
    QAbstractItemModelTester(runs)
    with runs.resetting():
        runs.names.append("c")


def test_cells_answer_the_roles_that_are_given_and_no_others(runs):
    cell = runs.index(1, 1)
    assert runs.data(cell) == "b1"
    assert runs.data(cell, ROLE.ToolTipRole) is None
    assert (runs.rowCount(), runs.columnCount()) == (2, 2)
    assert (runs.rowCount(cell), runs.columnCount(cell)) == (0, 0)


def test_headings_that_are_gone_are_not_asked_for(runs):
    assert runs.headerData(1, Qt.Orientation.Horizontal) == "Horizontal 1"
    assert runs.headerData(2, Qt.Orientation.Horizontal) is None
    assert runs.headerData(2, Qt.Orientation.Vertical) is None


def test_a_change_is_about_all_cells_or_about_those_that_are_named(runs, qtbot):
    changed = []
    runs.dataChanged.connect(
        lambda first, last, roles: changed.append((first.row(), first.column(), last.row(), last.column()))
    )
    runs.emit_changed()
    runs.emit_changed(first=(1, 0), last=(-1, 0))
    runs.names.clear()
    runs.emit_changed()
    assert changed == [(0, 0, 1, 1), (1, 0, 1, 0)]
