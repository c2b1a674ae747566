"""*What is this?*: everything that people can use says what it is."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QDockWidget,
    QGraphicsView,
    QLineEdit,
    QMenu,
    QScrollArea,
    QScrollBar,
    QTabBar,
    QWhatsThis,
    QWidget,
)

from gradlab.window.panels.base import Panel
from gradlab.window.panels.catalogue import make_panels
from gradlab.window.services.explain import Explainer, words_of, words_of_entry
from gradlab.window.shell.main_window import MainWindow

CONTROLS = (
    QAbstractButton, QAbstractItemView, QAbstractSlider, QComboBox, QGraphicsView, QLineEdit, QTabBar
)  # fmt: skip


@pytest.fixture
def window(qtbot, appearance, store, trainer):
    made = MainWindow(appearance, store, trainer, make_panels)
    qtbot.addWidget(made)
    made.show()
    made.experiments.return_to_lab()
    for dock in made.lab.panels.docks.values():
        dock.show()
    with qtbot.waitActive(made):
        made.activateWindow()
    return made


def is_control(widget):
    if isinstance(widget, QScrollBar) or is_of_qt(widget):
        return False
    return isinstance(widget, CONTROLS) or widget.focusPolicy() & Qt.FocusPolicy.TabFocus


def is_of_qt(widget):
    """Whether it is an inner part of one of Qt's or pyqtgraph's widgets, or in a menu that is never offered."""
    part = widget
    while part is not None:
        if isinstance(part, QMenu) and part.title() == "Plot Options":
            return True
        if isinstance(part.parentWidget(), QComboBox) or part.objectName().startswith(("qt_", "Scroll")):
            return True
        part = part.parentWidget()
    return isinstance(widget, Panel | QDockWidget | QMenu) or type(widget) is QScrollArea


def explained(widget):
    """Whether a control, or something smaller than a panel that it is in, says what it is."""
    part = widget
    while part is not None and not isinstance(part, Panel | QDockWidget):
        if words_of(part, QPoint(3, 3)):
            return True
        part = part.parentWidget()
    return False


def test_every_control_says_what_it_is(window):
    lost = [
        f"{type(widget).__name__} {widget.accessibleName()!r} in {type(widget.parent()).__name__}"
        for widget in window.lab.findChildren(QWidget)
        if is_control(widget) and not explained(widget)
    ]
    assert not lost, "\n".join(sorted(set(lost)))


def test_every_panel_says_what_it_is(window):
    for dock in window.lab.panels.docks.values():
        assert dock.panel.help
        assert dock.panel.whatsThis().startswith(dock.panel.help)


def test_every_entry_of_a_menu_says_what_it_does(window):
    lost = [
        action.text()
        for menu in [*window.menus.values(), *window.menus["view"].findChildren(QMenu)]
        for action in menu.actions()
        if not (action.isSeparator() or action.menu() or words_of_entry(action))
    ]
    assert not lost


def opened(window):
    return [popup for popup in window.findChildren(QWidget, "helpPopup") if popup.isVisible()]


def test_a_click_in_the_mode_explains_and_does_nothing_else(window, trainer, qtbot):
    trainer.asked.clear()
    qtbot.keyClick(window, Qt.Key.Key_F1, Qt.KeyboardModifier.ShiftModifier)
    assert QWhatsThis.inWhatsThisMode()
    button = window.lab.transport.findChildren(QAbstractButton)[0]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)  # also where it is switched off
    [popup] = opened(window)
    assert popup.accessibleName() == f"What is this? {button.accessibleName()}"
    assert button.accessibleDescription() in popup.accessibleDescription()
    assert not QWhatsThis.inWhatsThisMode()
    assert trainer.asked == []
    qtbot.keyClick(popup, Qt.Key.Key_Escape)
    assert opened(window) == []


def test_escape_calls_it_off(window, qtbot):
    window.findChild(Explainer).enter()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not QWhatsThis.inWhatsThisMode()
    assert opened(window) == []


def test_what_has_the_keyboard_is_explained_without_a_mouse(window, qtbot):
    field = window.lab.form.fields["optimizer.lr"]
    field.editor.setFocus()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_F1)
    [popup] = opened(window)
    assert "earning rate" in popup.accessibleName()
    assert popup.hasFocus()
    popup.close()


def test_a_part_without_words_of_its_own_is_explained_by_its_panel(window, click):
    panel = window.lab.panels.docks["loss"].panel
    window.findChild(Explainer).enter()
    click(panel.hint)
    [popup] = opened(window)
    assert popup.accessibleDescription().startswith(panel.help)
    popup.close()
