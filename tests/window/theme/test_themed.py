"""What keeps colours takes those of another theme, wherever it is, and only once."""

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel, QMainWindow, QStackedWidget, QWidget

from gradlab.window.lessons.text_view import TextView
from gradlab.window.panels.catalogue import make_panels
from gradlab.window.theme import current
from gradlab.window.theme.themed import Themed


class Noting(Themed, QWidget):
    def __init__(self, parent=None):
        super().__init__(parent)
        self.worn = []
        self.wear()

    def dress(self):
        self.worn.append(current().name)
        self.setStyleSheet(f"color: {current().color('text.normal').name()}")


@pytest.fixture
def window(qtbot):
    made = QMainWindow()
    qtbot.addWidget(made)
    pages = QStackedWidget()
    made.setCentralWidget(pages)
    for _ in range(2):
        pages.addWidget(Noting())
    return made


@pytest.mark.parametrize("is_open", [True, False])
def test_a_theme_reaches_pages_in_sight_and_out_of_sight_once(appearance, window, is_open):
    window.setVisible(is_open)
    appearance.choose("dark")
    pages = [window.centralWidget().widget(number) for number in range(2)]
    assert [page.worn for page in pages] == [["light", "dark"]] * 2


def test_what_is_not_in_a_window_yet_takes_the_theme_when_it_comes_there(appearance, window):
    waiting = Noting()
    inside = Noting(waiting)
    appearance.choose("dark")
    window.centralWidget().addWidget(waiting)
    window.show()
    window.centralWidget().setCurrentWidget(waiting)
    assert waiting.worn == inside.worn == ["light", "dark"]


def test_other_changes_of_the_palette_change_no_colours(appearance, window):
    page = window.centralWidget().widget(0)
    window.show()
    palette = page.palette()
    palette.setColor(palette.ColorRole.Window, QColor("red"))
    page.setPalette(palette)
    page.setStyleSheet("background: blue")
    appearance.enlarge(True)
    appearance.enlarge(False)
    assert page.worn == ["light"]


def test_colours_are_not_taken_before_the_widget_is_complete(qtbot, appearance):
    class Unfinished(Themed, QLabel):
        def dress(self):
            raise AssertionError

    made = Unfinished("text")
    qtbot.addWidget(made)
    made.show()
    appearance.choose("dark")


def test_every_part_of_the_panels_and_of_lessons_that_keeps_colours_takes_others(
    window, appearance, monkeypatch
):
    for widget in (*make_panels(), TextView()):
        window.centralWidget().addWidget(widget)
    window.show()
    parts = [part for part in window.findChildren(QWidget) if isinstance(part, Themed)]
    keepers = [part for part in parts if type(part).dress is not Themed.dress]
    dressed = []

    def note(part):
        dressed.append(part)

    for kind in {type(part) for part in keepers}:
        monkeypatch.setattr(kind, "dress", note)
    appearance.choose("dark")
    assert len(keepers) > 10
    assert [type(part).__name__ for part in keepers if part not in dressed] == []
