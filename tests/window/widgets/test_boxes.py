"""Rows and columns that are filled at once."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gradlab.window.widgets.boxes import fill


@pytest.fixture
def parent(qtbot):
    made = QWidget()
    qtbot.addWidget(made)
    return made


def test_parts_follow_each_other_with_their_stretch_and_alignment(parent):
    first, second, inner = QLabel("first"), QLabel("second"), QHBoxLayout()
    column = fill(QVBoxLayout(parent), first, (second, 2, Qt.AlignmentFlag.AlignTop), (inner, 1))
    assert [column.indexOf(part) for part in (first, second, inner)] == [0, 1, 2]
    assert [column.stretch(number) for number in range(3)] == [0, 2, 1]
    assert column.itemAt(1).alignment() == Qt.AlignmentFlag.AlignTop


def test_a_number_is_a_gap_and_none_takes_the_room_that_is_left(parent):
    row = fill(QHBoxLayout(parent), QLabel("first"), 7, QLabel("second"), None, (None, 3))
    assert row.itemAt(1).sizeHint().width() == 7
    assert [row.stretch(number) for number in range(5)] == [0, 0, 0, 1, 3]


def test_there_are_no_margins_unless_they_are_given(parent):
    inner = fill(QHBoxLayout(), spacing=4, margins=(1, 2, 3, 4))
    outer = fill(QVBoxLayout(parent), inner)
    assert outer.contentsMargins().isNull()
    assert (inner.spacing(), inner.contentsMargins().left(), inner.contentsMargins().bottom()) == (4, 1, 4)
