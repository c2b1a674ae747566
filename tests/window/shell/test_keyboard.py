"""The window without a mouse: the Tab key follows the eye, and Escape closes what is open."""

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QWidget

from gradlab.window.services.explain import HelpPopup
from gradlab.window.services.export import ExportMenu
from gradlab.window.widgets.reading_order import reading_order


@pytest.fixture
def window(open_window):
    return open_window((1280, 720))


def place_of(widget):
    return QRect(widget.mapTo(widget.window(), QPoint()), widget.size())


def walk(qtbot, first, key=Qt.Key.Key_Tab):
    """Press Tab until everything was visited; return what had the keyboard, and where it was then."""
    first.setFocus()
    qtbot.waitUntil(first.hasFocus)
    visited = {}
    while (focused := QApplication.focusWidget()) not in visited:
        visited[focused] = place_of(focused)
        qtbot.keyClick(focused, key)
    return visited


def controls_of(page):
    """Everything on a page that can have the keyboard, found without any order."""
    return {
        each
        for each in page.findChildren(QWidget)
        if each.focusPolicy() & Qt.FocusPolicy.TabFocus
        and each.isVisible()
        and each.isEnabled()
        and each.focusProxy() is None
        and each.geometry().intersects(each.parentWidget().rect())
    }


def check_order(visited):
    """Among neighbours with the same parent, the next one is below, or beside to the right."""
    pairs = [(a, b) for a, b in zip(visited, list(visited)[1:], strict=False) if a.parent() is b.parent()]
    assert pairs
    for before, after in pairs:
        # As laid out, not as scrolled at that moment.
        first, second = before.geometry(), after.geometry()
        goes_down = second.center().y() > first.bottom()
        goes_right = second.center().x() > first.right()
        assert goes_down or goes_right, (before.accessibleName(), first, after.accessibleName(), second)


@pytest.mark.parametrize("page", ["welcome", "lessons", "lab"])
def test_tab_reaches_everything_on_a_page_from_top_to_bottom_and_left_to_right(window, qtbot, page):
    if page == "lab":
        window.experiments.return_to_lab()
        window.lab.form.body.unfold(True)
        shown, first = window.lab, window.lab.transport.speed
    elif page == "lessons":
        window.pages.show_lessons()
        shown = window.pages.lessons.page
        first = shown.welcome
    else:
        shown, first = window.pages.welcome, window.pages.welcome.lessons
    visited = walk(qtbot, first)
    assert visited.keys() == controls_of(shown)
    check_order(visited)
    assert list(walk(qtbot, first, Qt.Key.Key_Backtab)) == [first, *reversed(list(visited)[1:])]


def test_the_cards_are_walked_row_by_row(window, qtbot):
    visited = list(walk(qtbot, window.pages.welcome.lessons))
    cards = [each for each in visited if each in window.pages.welcome.cards]
    assert cards == window.pages.welcome.cards


def test_panels_are_walked_as_they_stand_and_not_as_they_were_made(window, qtbot):
    window.experiments.return_to_lab()
    docks = window.lab.panels.docks
    visited = walk(qtbot, window.lab.transport.speed)
    seen = [next((key for key, dock in docks.items() if dock.isAncestorOf(each)), None) for each in visited]
    order = [key for key in dict.fromkeys(seen) if key is not None]
    assert order == ["experiment", "loss", "data", "confusion", "gradients"]
    groups = [
        key for key, before in zip(seen, [None, *seen], strict=False) if key is not None and key != before
    ]
    assert groups == order


@pytest.mark.parametrize("name", ["experiment", "loss", "data", "confusion", "gradients"])
def test_tab_follows_the_eye_in_a_panel_that_floats_too(window, qtbot, name):
    window.experiments.return_to_lab()
    dock = window.lab.panels.docks[name]
    late = QPushButton("Made last")
    dock.titleBarWidget().layout().addWidget(late)  # above all that is in the panel
    dock.setFloating(True)
    with qtbot.waitActive(dock):
        dock.activateWindow()
    qtbot.waitUntil(lambda: late.x() > dock.titleBarWidget().close_button.x())  # it is laid out
    first = next(reading_order(dock))
    visited = walk(qtbot, first)
    assert visited.keys() == controls_of(dock)
    assert list(visited) == list(reading_order(dock))
    assert list(walk(qtbot, first, Qt.Key.Key_Backtab)) == [first, *reversed(list(visited)[1:])]


def test_what_gets_the_keyboard_is_scrolled_into_sight(window, qtbot):
    window.experiments.return_to_lab()
    form = window.lab.form
    form.body.unfold(True)
    area = place_of(form.body.area)
    visited = walk(qtbot, window.lab.transport.speed)
    fields = {each: place for each, place in visited.items() if form.body.area.isAncestorOf(each)}
    assert len(fields) > 25
    bad = {each.accessibleName(): (place, area) for each, place in fields.items() if not area.contains(place)}
    assert bad == {}


def test_a_lesson_is_walked_before_the_panels_that_it_stands_beside(window, qtbot):
    window.pages.lessons.open(window.pages.lessons.catalogue.lessons[0].id)
    visited = walk(qtbot, window.lab.transport.speed)
    assert visited.keys() == controls_of(window.lab)
    check_order(visited)
    texts = [each.accessibleName() for each in visited]
    assert texts.index("Next") < texts.index("Export Loss and metrics")


def test_columns_beside_each_other_are_read_one_after_the_other(show_widget):
    made = QWidget()
    for name, place in {
        "second": (0, 40, 100, 20),
        "first": (0, 0, 100, 20),
        "third": (120, 0, 50, 100),
        "last": (0, 110, 170, 20),
    }.items():
        button = QPushButton(name, made)
        button.setGeometry(*place)
    QLabel("words", made).setGeometry(0, 140, 100, 20)
    QLineEdit("outside", made).setGeometry(-300, -300, 100, 20)
    show_widget(made, 200, 200)
    assert [each.text() for each in reading_order(made)] == ["first", "second", "third", "last"]


def open_menu(window):
    window.menus["file"].popup(QPoint())


def open_list(window):
    window.lab.transport.speed.showPopup()


def open_export(window):
    dock = window.lab.panels.docks["loss"]
    dock.offer_export(dock.panel)
    assert isinstance(QApplication.activePopupWidget(), ExportMenu)


def open_help(window):
    window.lab.panels.docks["loss"].explain()
    assert isinstance(QApplication.activePopupWidget(), HelpPopup)


@pytest.mark.parametrize("open_it", [open_menu, open_list, open_export, open_help])
def test_escape_closes_what_is_open(window, qtbot, open_it):
    window.experiments.return_to_lab()
    open_it(window)
    popup = QApplication.activePopupWidget()
    assert popup.isVisible()
    target = window.lab.transport.speed.view() if open_it is open_list else popup
    qtbot.keyClick(target, Qt.Key.Key_Escape)
    assert QApplication.activePopupWidget() is None


@pytest.mark.parametrize("number", [1, 3])
def test_escape_in_the_tour_ends_it_and_in_a_search_it_empties_the_line_first(window, qtbot, number):
    window.start_tour()
    window.tour.go(number)
    window.lab.form.find_setting()
    line = window.lab.form.body.search.line
    qtbot.waitUntil(line.hasFocus)
    qtbot.keyClicks(line, "drop")
    qtbot.keyClick(line, Qt.Key.Key_Escape)
    assert line.text() == ""
    assert window.tour is not None
    window.lab.setFocus()
    qtbot.keyClick(window.lab, Qt.Key.Key_Escape)
    assert window.tour is None
