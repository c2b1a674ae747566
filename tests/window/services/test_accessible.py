import gc

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSignalBlocker, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QComboBox, QFileDialog

from gradlab.window.services import accessible
from gradlab.window.widgets.widgets import QuietComboBox

pytestmark = pytest.mark.skipif("sys.platform == 'win32'", reason="Windows needs no help")
Text = QAccessible.Text


def filled(kind=QuietComboBox):
    combo = kind()
    combo.setAccessibleName("Dataset")
    combo.setAccessibleDescription("Where the examples come from.")
    combo.addItems(["digits", "moons", "line"])
    return combo


@pytest.fixture(params=[QComboBox, QuietComboBox])
def combo(qtbot, request):
    accessible.install()
    made = filled(request.param)
    qtbot.addWidget(made)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    return made


def seen(combo):
    return QAccessible.queryAccessibleInterface(combo)


def entries(combo):
    return seen(combo).child(0)


def selected(combo):
    chosen = entries(combo).selectionInterface()
    return [chosen.selectedItem(number).text(Text.Name) for number in range(chosen.selectedItemCount())]


def select(combo, row):
    listed = entries(combo)
    listed.selectionInterface().select(listed.child(row))


def test_a_list_is_called_what_it_is_for_and_tells_what_is_chosen(combo):
    combo.setCurrentIndex(1)
    assert seen(combo).role() == QAccessible.Role.ComboBox
    assert seen(combo).text(Text.Name) == "Dataset"
    assert seen(combo).text(Text.Value) == "moons"
    assert seen(combo).text(Text.Description) == "moons. Where the examples come from."


def test_the_entries_are_its_only_child(combo):
    listed = entries(combo)
    assert seen(combo).childCount() == 1
    assert seen(combo).indexOfChild(listed) == 0
    assert [listed.child(row).text(Text.Name) for row in range(3)] == ["digits", "moons", "line"]


def test_the_chosen_entry_is_the_selected_one(combo):
    assert selected(combo) == ["digits"]
    combo.setCurrentIndex(2)
    assert selected(combo) == ["line"]
    with QSignalBlocker(combo):
        combo.setCurrentIndex(1)
    assert selected(combo) == ["moons"]


def test_an_entry_that_a_screen_reader_selects_is_chosen(combo, qtbot):
    with qtbot.waitSignals([combo.currentIndexChanged, combo.activated]):
        select(combo, 2)
    assert combo.currentText() == "line"
    assert selected(combo) == ["line"]


def test_selecting_in_the_open_list_chooses_and_folds_it_up(combo, qtbot):
    seen(combo).actionInterface().doAction("ShowMenu")
    assert combo.view().isVisible()
    select(combo, 1)
    qtbot.waitUntil(lambda: combo.currentText() == "moons")
    assert not combo.view().isVisible()


def test_moving_over_the_open_list_with_the_keys_chooses_nothing_yet(combo, qtbot):
    combo.showPopup()
    qtbot.keyClick(combo.view(), Qt.Key.Key_Down)
    qtbot.wait(50)
    assert combo.view().isVisible()
    assert combo.currentText() == "digits"
    qtbot.keyClick(combo.view(), Qt.Key.Key_Return)
    assert combo.currentText() == "moons"


def test_a_list_that_is_switched_off_stays_folded(combo):
    combo.setEnabled(False)
    seen(combo).actionInterface().doAction("ShowMenu")
    assert not combo.view().isVisible()


def test_a_list_that_can_be_typed_into_stays_qts_own(qtbot):
    accessible.install()
    made = filled()
    made.setEditable(True)
    qtbot.addWidget(made)
    assert not isinstance(seen(made), accessible.AccessibleChoice)


def test_the_lists_of_qts_dialogs_stay_qts_own(qtbot):
    accessible.install()
    dialog = QFileDialog()
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    qtbot.addWidget(dialog)
    dialog.show()
    inside = dialog.findChildren(QComboBox)
    assert inside
    assert not any(isinstance(seen(each), accessible.AccessibleChoice) for each in inside)


def test_lists_come_and_go_while_a_screen_reader_reads(qtbot):
    accessible.install()
    for number in range(200):
        made = filled()
        assert seen(made).text(Text.Name) == "Dataset"
        assert selected(made) == ["digits"]
        if number % 2:
            made.deleteLater()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        del made
        if number % 20 == 0:
            gc.collect()
