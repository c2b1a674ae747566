"""A picture is pointed at with the mouse or the arrow keys, and let go when either goes elsewhere."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gradlab.window.widgets.pointable_view import PointableView

SIDE = 20


class Squares(PointableView[int]):
    count = 3

    def spot_at(self, place):
        number = int(place.x() // SIDE)
        return number if number < self.count else None

    def beside_marked(self, across, down):
        if not self.count:
            return None
        return 0 if self.marked is None else min(max(self.marked + across, 0), self.count - 1)


@pytest.fixture
def squares(qtbot):
    page = QWidget()
    made = Squares(page)
    QVBoxLayout(page).addWidget(made)
    qtbot.addWidget(page)
    page.resize(200, 100)
    with qtbot.waitExposed(page):
        page.show()
    made.pointed_at = []
    made.pointed.connect(made.pointed_at.append)
    yield made


def test_the_mouse_points_at_what_is_under_it_and_lets_go_beside_it(squares, qtbot):
    for x in (5, 6, SIDE + 5, 150):
        qtbot.mouseMove(squares, QPoint(x, 5))
    assert squares.pointed_at == [0, 1, None]
    assert squares.marked is None


def test_arrow_keys_walk_and_stay_at_the_edge(squares, qtbot):
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left):
        qtbot.keyClick(squares, key)
    assert squares.pointed_at == [0, 1, 2, 1]


def test_what_was_pointed_at_is_let_go_with_the_focus(squares, qtbot):
    squares.setFocus()
    qtbot.keyClick(squares, Qt.Key.Key_Right)
    squares.clearFocus()
    assert squares.pointed_at == [0, None]


def test_marking_emits_nothing(squares):
    squares.mark(2)
    assert squares.marked == 2
    assert squares.pointed_at == []


def test_keys_that_have_nothing_to_point_at_go_to_others(squares, qtbot):
    seen = []
    squares.parentWidget().keyPressEvent = lambda event: seen.append(event.key())
    squares.count = 0
    qtbot.keyClick(squares, Qt.Key.Key_Right)
    qtbot.keyClick(squares, Qt.Key.Key_A)
    assert seen == [Qt.Key.Key_Right, Qt.Key.Key_A]
