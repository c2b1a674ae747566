import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from gradlab.window.widgets.widgets import on_key


@pytest.fixture
def panels(show_widget):
    """Two panels in a window, with a field each, and what their keys did."""
    done = []
    window = QWidget()
    column = QVBoxLayout(window)
    fields = []
    for name in ("first", "second"):
        panel, field = QWidget(), QLineEdit()
        QVBoxLayout(panel).addWidget(field)
        on_key(panel, "Esc", lambda name=name: done.append(name))
        column.addWidget(panel)
        fields.append(field)
    show_widget(window, 300, 200)
    yield fields, done  # the window lives as long


def test_a_panels_key_works_while_the_keyboard_is_in_it(panels, qtbot):
    fields, done = panels
    for field in fields:
        field.setFocus()
        qtbot.waitUntil(field.hasFocus)
        qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert done == ["first", "second"]


def test_no_key_of_a_panel_is_taken_from_other_parts_of_the_window(open_window):
    window = open_window(None)
    window.experiments.return_to_lab()
    panels = [dock.panel for dock in window.lab.panels.docks.values()]
    docks = list(window.lab.panels.docks.values())
    shortcuts = [each for owner in (*panels, *docks) for each in owner.findChildren(QShortcut)]
    assert shortcuts
    assert {each.context() for each in shortcuts} == {Qt.ShortcutContext.WidgetWithChildrenShortcut}
