import pytest
from PySide6.QtCore import QPoint

from gradlab.window.panels.bus import PanelBus
from gradlab.window.panels.glossary.panel import GlossaryPanel


@pytest.fixture
def panel(show_widget, theme):
    return show_widget(GlossaryPanel(), 420, 500)


def click_link(click, panel, words):
    cursor = panel.text.document().find(words)
    assert not cursor.isNull()
    panel.text.setTextCursor(cursor)
    panel.text.ensureCursorVisible()
    place = panel.text.cursorRect(cursor).center() - QPoint(6, 0)
    click(panel.text.viewport(), place)


def test_typing_finds_a_term_first_that_is_called_so(qtbot, panel):
    qtbot.keyClicks(panel.search, "recall")
    assert panel.text.toPlainText().startswith("Recall")
    assert "Dropout" not in panel.text.toPlainText()


def test_what_is_not_found_is_said(qtbot, panel):
    qtbot.keyClicks(panel.search, "quux")
    assert panel.text.toPlainText() == "Nothing is found for “quux”."


def test_a_click_leads_to_the_panel_and_to_the_lesson(qtbot, panel, click):
    bus = PanelBus(panel)
    panel.join(bus)
    qtbot.keyClicks(panel.search, "patience")
    with qtbot.waitSignal(bus.panel_wanted) as wanted:
        click_link(click, panel, "Loss and metrics")
    assert wanted.args == ["loss"]
    with qtbot.waitSignal(bus.lesson_wanted) as wanted:
        click_link(click, panel, "Overfitting and early stopping")
    assert wanted.args == ["overfitting"]
