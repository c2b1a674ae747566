"""The page that shows an own table: what is chosen there goes into the experiment, and nothing else does."""

import threading
from pathlib import Path

import pytest
from eyes import heard
from hands import wait_until
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QWidget
from surveyed import AS_GAP, GUESS, LEAVE_OUT, TYPO, surveyed

from gradlab.errors import InputError
from gradlab.experiment.schema import Experiment
from gradlab.experiment.sections.data import Data
from gradlab.experiment.settings import differences
from gradlab.tables.survey import Kind, Role
from gradlab.window.lab.table_import.choices import on_table
from gradlab.window.lab.table_import.columns_model import HeadLine
from gradlab.window.lab.table_import.dialog import TableImport
from gradlab.window.lab.table_import.surveyor import Surveyor
from gradlab.window.services.explain import HelpPopup, words_of
from gradlab.window.widgets.reading_order import reading_order

TABLE = Path("/somewhere/leaves.csv")


@pytest.fixture
def around(show_widget):
    return show_widget(QWidget(), 1280, 720)


@pytest.fixture
def open_page(around, qtbot):
    """Open the page over a window of 1280 × 720, and wait for its first survey."""

    def open_page(look=surveyed, experiment=None, **more):
        page = TableImport(experiment or on_table(Experiment(), TABLE), around, look=look, **more)
        with qtbot.waitActive(page):
            page.open()
        wait_until(qtbot, lambda: bool(page.remarks.rows) and page.remarks.rows[0].isVisible())
        return page

    return open_page


@pytest.fixture
def page(open_page):
    return open_page()


@pytest.fixture
def choose_in_table(qtbot, click_cell):
    """Click on a cell above the rows, and choose from the menu that opens."""

    def choose_in_table(page, line, column, words, *, by_key=None):
        head = page.table.head
        if by_key is None:
            click_cell(head, line, column)
        else:
            head.setCurrentIndex(head.model().index(line, column))
            head.setFocus()
            qtbot.keyClick(head, by_key)
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        (action,) = [each for each in menu.actions() if each.text() == words]
        qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())
        wait_until(qtbot, lambda: not page.is_busy)

    return choose_in_table


def told(page):
    return [row.words.accessibleName() for row in page.remarks.rows]


def button(page, words):
    (found,) = [each for row in page.remarks.rows for each in row.buttons if each.text() == words]
    return found


def roles(page):
    return {column.name: column.role for column in page.survey.columns}


def changes(page):
    """What differs from an experiment on the table as it comes."""
    plain = on_table(Experiment(), TABLE)
    return {key: after for key, (_, after) in differences(plain, page.experiment).items()}


def test_it_shows_the_file_what_is_predicted_and_what_was_found_errors_first(page):
    texts = [each.text() for each in page.findChildren(QLabel) if each.isVisible()]
    assert "leaves.csv" in texts
    assert "3 rows · 3 columns of inputs · predicts “verdict” (2 classes)" in texts
    assert told(page) == [TYPO.text, "Separator is taken to be a comma"]


def test_it_fits_into_a_small_window_as_a_whole(page, around):
    assert page.width() <= around.width()
    assert page.height() <= around.height()
    for part in (page.table, page.remarks, page.settings.controls["data.encoding"], page.use):
        corner = part.mapTo(page, QPoint(part.width() - 1, part.height() - 1))
        assert page.rect().contains(corner), part


def test_the_rows_have_the_lines_of_the_file_beside_them(page):
    body = page.table.body.model()
    lines = [body.headerData(row, Qt.Orientation.Vertical) for row in range(body.rowCount())]
    assert lines == ["2", "3", "4"]


def test_wrong_and_missing_cells_are_marked_not_by_colour_alone(page):
    body, role = page.table.body.model(), Qt.ItemDataRole
    cells = {
        name: body.index(*place) for name, place in {"fine": (0, 0), "wrong": (1, 0), "gap": (1, 2)}.items()
    }
    assert cells["fine"].data(role.DecorationRole) is None
    for name, words in {"wrong": "1O.5 (wrong)", "gap": " (missing)"}.items():
        assert cells[name].data(role.DecorationRole) is not None
        assert cells[name].data(role.BackgroundRole) != cells["fine"].data(role.BackgroundRole)
        assert cells[name].data(role.AccessibleTextRole) == words
    assert TYPO.text.replace("“", "") in cells["wrong"].data(role.ToolTipRole).replace("“", "")


def test_while_something_is_in_the_way_the_table_cannot_be_used(page, qtbot):
    used = heard(page.used)
    assert not page.use.isEnabled()
    assert "1 thing" in page.state.text()
    qtbot.keyClick(page, Qt.Key.Key_Return)
    assert used == []


def test_a_remedy_changes_the_keys_and_the_survey_at_once(page, click, qtbot):
    click(button(page, LEAVE_OUT.label))
    wait_until(qtbot, page.use.isEnabled)
    assert changes(page) == {"data.ignore": ("length",)}
    assert roles(page)["length"] is Role.LEFT_OUT
    assert told(page) == ["Separator is taken to be a comma"]


def test_a_remedy_is_there_for_the_keyboard(page, qtbot):
    qtbot.waitUntil(button(page, LEAVE_OUT.label).hasFocus)  # where people are likely to go first
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is button(page, AS_GAP.label)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    wait_until(qtbot, page.use.isEnabled)
    assert changes(page) == {"data.gaps": ("1O.5",)}


@pytest.mark.parametrize("key", [None, Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_a_role_is_changed_by_a_click_or_a_key(page, choose_in_table, key):
    choose_in_table(page, HeadLine.ROLE, 1, "To predict", by_key=key)
    assert changes(page) == {"data.target": "colour"}
    assert roles(page)["verdict"] is Role.INPUT


def test_leaving_a_column_out_says_what_is_predicted_and_taking_it_back_too(page, choose_in_table):
    choose_in_table(page, HeadLine.ROLE, 2, "Left out")
    assert changes(page) == {"data.ignore": ("code",), "data.target": "verdict"}
    choose_in_table(page, HeadLine.ROLE, 2, "Input")
    assert changes(page) == {"data.target": "verdict"}


def test_numbers_can_be_taken_for_names_of_something_and_back(page, choose_in_table):
    choose_in_table(page, HeadLine.KIND, 2, "Category")
    assert changes(page) == {"data.categories": ("code",)}
    choose_in_table(page, HeadLine.KIND, 2, "Number")
    assert changes(page) == {}


def test_words_cannot_become_numbers_and_something_stays_to_be_predicted(page, click_cell):
    for line, column in ((HeadLine.KIND, 1), (HeadLine.ROLE, 3)):
        assert not page.table.columns.can_change(line, column)
        click_cell(page.table.head, line, column)
        assert QApplication.activePopupWidget() is None


def choose_setting(page, qtbot, key, value):
    box = page.settings.controls[key]
    box.setCurrentIndex(box.findData(value))
    wait_until(qtbot, lambda: not page.is_busy)


def test_what_was_guessed_stands_in_the_settings(page):
    shown = {key: box.currentText() for key, box in page.settings.controls.items() if key != "data.gaps"}
    assert shown["data.separator"] == "Automatic: Comma"
    assert shown["data.header"] == "Automatic: Yes"
    assert shown["data.thousands"] == "Automatic: No sign"
    assert shown["data.task"] == "Automatic: Classification"
    assert shown["data.positive_class"] == "Automatic: bad"


def test_settings_that_mean_nothing_for_this_table_are_not_there(page, choose_in_table):
    assert not page.settings.controls["data.sheet"].isVisible()
    assert page.settings.controls["data.positive_class"].isVisible()
    choose_in_table(page, HeadLine.ROLE, 2, "To predict")
    assert not page.settings.controls["data.positive_class"].isVisible()


def test_a_setting_changes_its_key(page, qtbot):
    choose_setting(page, qtbot, "data.positive_class", "ok")
    choose_setting(page, qtbot, "data.missing", "fill")
    assert changes(page) == {"data.positive_class": "ok", "data.missing": "fill"}


def test_signs_for_missing_values_are_typed(page, qtbot):
    line = page.settings.controls["data.gaps"]
    line.setFocus()
    qtbot.keyClicks(line, "-999, 1O.5")
    qtbot.keyClick(line, Qt.Key.Key_Tab)
    wait_until(qtbot, page.use.isEnabled)
    assert changes(page) == {"data.gaps": ("-999", "1O.5")}


def test_with_other_columns_nothing_is_kept_that_was_said_of_those_before(page, qtbot, choose_in_table):
    choose_in_table(page, HeadLine.ROLE, 1, "To predict")
    choose_setting(page, qtbot, "data.missing", "fill")
    choose_setting(page, qtbot, "data.separator", ";")
    assert changes(page) == {"data.separator": ";", "data.missing": "fill"}


def test_used_it_hands_on_the_experiment_with_the_file_its_name_and_what_was_chosen(page, click, qtbot):
    used = heard(page.used)
    click(button(page, LEAVE_OUT.label))
    wait_until(qtbot, page.use.isEnabled)
    click(page.use)
    (experiment,) = used
    assert experiment.name == "leaves"
    assert experiment.data == Data(source="csv", path=str(TABLE), ignore=("length",))
    assert not page.isVisible()


def test_escape_and_cancel_hand_on_nothing(open_page, click, qtbot):
    for leave in (lambda page: qtbot.keyClick(page, Qt.Key.Key_Escape), lambda page: click(page.cancel)):
        page = open_page()
        used = heard(page.used)
        click(button(page, LEAVE_OUT.label))
        leave(page)
        assert not page.isVisible()
        assert used == []


def no_table(data):
    raise InputError("cannot be read: there is no such file", "data.path")


def test_a_file_that_is_no_table_is_explained_and_another_one_can_be_chosen(
    open_page, click, qtbot, monkeypatch
):
    page = open_page(lambda data: surveyed(data) if data.path.endswith("other.csv") else no_table(data))
    assert told(page) == ["“leaves.csv”: cannot be read: there is no such file"]
    assert not page.use.isEnabled()
    assert not page.table.isVisible()
    monkeypatch.setattr(
        "gradlab.window.lab.table_import.dialog.ask_which", lambda *_: Path("/elsewhere/other.csv")
    )
    click(page.other)
    wait_until(qtbot, page.table.isVisible)
    assert page.experiment.name == "other"


def fails(data):
    raise RuntimeError("out of luck")


def test_a_survey_that_fails_says_so_and_the_page_stays(open_page):
    page = open_page(fails)
    assert told(page) == ["“leaves.csv”: They cannot be read: out of luck"]


def test_the_window_answers_while_a_large_table_is_read_and_only_the_newest_wish_counts(qtbot):
    parent, gate, asked = QWidget(), threading.Event(), []
    qtbot.addWidget(parent)

    def slowly(data):
        asked.append(data.gaps)
        gate.wait(10)
        return surveyed(data)

    surveyor = Surveyor(slowly, parent)
    found = heard(surveyor.found)
    for gap in ("a", "b", "c"):
        surveyor.ask(Data(gaps=(gap,)))
    wait_until(qtbot, lambda: bool(asked))
    assert surveyor.is_busy
    gate.set()
    wait_until(qtbot, lambda: not surveyor.is_busy)
    assert asked == [("a",), ("c",)]
    assert len(found) == 1
    surveyor.close()


def test_a_wide_table_opens_quickly_and_scrolls_as_one(open_page, qtbot):
    def wide(data):
        survey = surveyed(data)
        names = [f"pixel{number}" for number in range(784)]
        return survey.__class__(
            **{
                **survey.__dict__,
                "columns": tuple(
                    survey.columns[0].__class__(name, Role.INPUT, Kind.NUMBER, 0, 2, "0 – 255")
                    for name in names
                )
                + survey.columns[-1:],
                "preview": (("0",) * 784 + ("ok",),),
                "preview_lines": (2,),
                "remarks": (GUESS,),
            }
        )

    page = open_page(wide)
    head, body = page.table.head, page.table.body
    body.horizontalScrollBar().setValue(body.horizontalScrollBar().maximum())
    assert head.columnViewportPosition(784) == body.columnViewportPosition(784)
    head.horizontalScrollBar().setValue(0)
    assert body.horizontalScrollBar().value() == 0


def test_pressing_a_remark_shows_its_place(page, click):
    click(page.remarks.rows[0].words)
    index = page.table.body.currentIndex()
    assert (index.row(), index.column()) == (1, 0)


def test_everything_is_reached_by_the_tab_key_and_has_a_name_and_words(page, click, qtbot):
    click(button(page, LEAVE_OUT.label))
    wait_until(qtbot, lambda: page.use.isEnabled() and page.remarks.rows[0].words.isVisible())
    order = list(reading_order(page))
    for control in (page.other, page.table.head, page.table.body, *page.settings.controls.values()):
        if control.isVisible():
            assert control in order
    assert (
        order.index(page.table.head) < order.index(page.table.body) < order.index(page.remarks.rows[0].words)
    )
    assert order[-2:] == [page.cancel, page.use]
    for control in order:
        assert control.accessibleName()
        assert words_of(control, QPoint(2, 2)), control.accessibleName()


def test_what_using_it_brings_besides_is_said(open_page):
    page = open_page(consequence="The lesson ends.")
    assert "The lesson ends." in [each.text() for each in page.findChildren(QLabel) if each.isVisible()]


def test_a_model_that_cannot_take_rows_of_numbers_makes_way_for_one_that_can():
    pictures = Experiment().with_value("model.kind", "cnn")
    assert on_table(pictures, TABLE).model.kind == "mlp"
    assert on_table(Experiment().with_value("model.kind", "linear"), TABLE).model.kind == "linear"


def test_what_the_data_before_needed_does_not_stay_with_a_table():
    digits = Experiment().with_value("data.label_noise", 0.3).with_value("data.validation_rows", 100)
    assert on_table(digits, TABLE).data == Data(source="csv", path=str(TABLE))


def test_what_takes_a_while_shows_that_it_goes_on(around, qtbot):
    gate = threading.Event()

    def slowly(data):
        gate.wait(10)
        return surveyed(data)

    page = TableImport(on_table(Experiment(), TABLE), around, look=slowly)
    page.open()
    wait_until(qtbot, page.progress.isVisible)
    assert not page.use.isEnabled()
    gate.set()
    wait_until(qtbot, lambda: not page.progress.isVisible() and bool(page.remarks.rows))


def test_what_is_this_explains_what_has_the_keyboard(page, qtbot):
    box = page.settings.controls["data.missing"]
    box.setFocus()
    qtbot.waitUntil(box.hasFocus)
    qtbot.keyClick(box, Qt.Key.Key_F1)
    popup = QApplication.activePopupWidget()
    assert isinstance(popup, HelpPopup)
    assert popup.accessibleName() == "What is this? Missing values"
    popup.close()
