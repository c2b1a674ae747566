"""The window in any language: chosen, changed around a run that goes on, and with room for its words."""

import pseudo
import pytest
from clipping import clipped_texts
from hands import wait_for, wait_until
from PySide6.QtCore import QLocale, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QLineEdit
from shiboken6 import isValid

from gradlab.experiment import files
from gradlab.experiment.schema import Experiment
from gradlab.experiment.settings import by_key
from gradlab.instruments.records import BufferState, Curves, State
from gradlab.language import current
from gradlab.window.lab.step_box import parse_number
from gradlab.window.language.numbers import number, percent
from gradlab.window.lessons.text_view import plain_words
from gradlab.window.panels.bus import PinWish
from gradlab.window.panels.catalogue import make_panels as make_all_panels
from gradlab.window.shell.main_window import MainWindow
from gradlab.window.shell.speech import first_language, speak

RACE = """
[[variants]]
name = "one"
[[variants]]
name = "other"
gradients.zero = "never"
"""


@pytest.fixture(autouse=True)
def with_pseudo(monkeypatch):
    pseudo.install(monkeypatch)


@pytest.fixture
def window(qtbot, appearance, store, training):
    training.start()
    made = MainWindow(appearance, store, training.trainer, make_all_panels)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    return made


@pytest.fixture
def begun(window, qtbot):
    """Open an experiment that takes long."""

    def begun(text="training.epochs = 10000\ndata.source = 'digits'\n"):
        window.experiments.open(files.loads(text), "Long")
        wait_for(qtbot, window.lab, State.READY)
        return window

    return begun


def choose_in_menu(qtbot, window, language):
    """Click through the menus to a language."""
    names = {"en": "English", "zh_CN": "简体中文", "hi": "हिन्दी", "xx": "[Pseudo]"}
    menu = window.menus["language"]
    (action,) = [each for each in menu.actions() if each.text() == names[language]]
    menu.popup(window.mapToGlobal(window.rect().center()))
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())
    wait_until(qtbot, lambda: current() == language and window.updatesEnabled())


def update(window):
    return window.lab.frame.progress.update


# --- choosing ------------------------------------------------------------------------------------------------


def test_the_system_says_which_language_comes_first(store, monkeypatch):
    monkeypatch.delenv("GRADLAB_LANGUAGE")
    monkeypatch.setattr(
        QLocale, "system", lambda: type("System", (), {"uiLanguages": lambda: ["fr-FR", "hi-IN", "en"]})
    )
    assert first_language(store) == "hi"
    store.put("language", "zh_CN")
    assert first_language(store) == "zh_CN"
    monkeypatch.setenv("GRADLAB_LANGUAGE", "en")
    assert first_language(store) == "en"


def test_each_language_is_offered_by_its_own_name(window):
    chooser = window.pages.welcome.language
    assert [chooser.itemText(place) for place in range(3)] == ["English", "简体中文", "हिन्दी"]
    assert chooser.currentText() == "English"


def test_what_is_chosen_is_spoken_at_once_and_kept(window, store, qtbot):
    chooser = window.pages.welcome.language
    chooser.setFocus()
    QTest.keyClick(chooser, Qt.Key.Key_Down)
    wait_until(qtbot, lambda: current() == "zh_CN" and window.pages.welcome.language is not chooser)
    assert store.get("language") == "zh_CN"
    assert window.pages.welcome.language.currentText() == "简体中文"
    assert window.pages.welcome.language.hasFocus()
    assert not isValid(chooser) or not chooser.isVisible()


# --- changing it around a run --------------------------------------------------------------------------------


def test_a_run_goes_on_when_the_language_changes(begun, qtbot):
    window = begun()
    lab = window.lab
    lab.commands.run.trigger()
    wait_until(qtbot, lambda: update(window) > 5)
    before = update(window)
    choose_in_menu(qtbot, window, "xx")
    assert window.lab is not lab
    assert window.lab.isVisible()
    assert update(window) >= before
    assert window.lab.state is State.RUNNING
    wait_until(qtbot, lambda: update(window) > before + 5)
    curves = window.lab.frame.get(Curves)
    assert list(curves.update) == list(range(1, update(window) + 1))
    assert window.lab.commands.run.text() == pseudo.lengthened("&Pause")
    wait_until(qtbot, lambda: not isValid(lab))
    window.lab.pause()


def moment(window):
    """Return which phase of which update is the latest, and how long the gradient in the buffer is."""
    shown = window.lab.frame.get(BufferState)
    return shown and (shown.update, shown.micro_batch, shown.phase, shown.norm)


def step_phase(qtbot, window):
    before = moment(window)
    window.lab.commands.step_phase.trigger()
    wait_until(qtbot, lambda: moment(window) != before and window.lab.state is State.PAUSED)


def test_an_update_that_is_gone_through_phase_by_phase_stays_where_it_is(begun, qtbot):
    window = begun("gradients.accumulate = 3\n")
    for _ in range(4):
        step_phase(qtbot, window)
    before = moment(window)
    choose_in_menu(qtbot, window, "xx")
    assert moment(window) == before
    QTest.qWait(200)  # frames that are made since
    assert moment(window) == before
    step_phase(qtbot, window)


def test_what_people_had_before_them_is_still_there(begun, qtbot):
    window = begun()
    lab = window.lab
    lab.panels.show_panel("flow")
    lab.form.body.unfold(True)
    lab.transport.speed.setCurrentIndex(2)
    lab.panels.docks["loss"].panel.menu.log_scale.trigger()
    lab.panels.bus.x_axis.choose("updates")
    typed = lab.form.fields["optimizer.lr"]
    typed.box.lineEdit().setText("0.0x")
    typed.flush()
    lab.form.fields["training.seed" if "training.seed" in lab.form.fields else "seed"].box.lineEdit().setText(
        "77"
    )
    shown = {name for name, dock in lab.panels.docks.items() if not dock.isHidden()}
    size = window.size()
    choose_in_menu(qtbot, window, "xx")
    lab = window.lab
    assert {name for name, dock in lab.panels.docks.items() if not dock.isHidden()} == shown
    assert window.size() == size
    assert lab.form.body.unfolded
    assert lab.transport.speed.currentIndex() == 2
    assert lab.panels.docks["loss"].panel.menu.log_scale.isChecked()
    assert lab.panels.bus.x_axis.unit == "updates"
    assert lab.form.fields["optimizer.lr"].box.text() == "0.0x"
    assert lab.form.fields["optimizer.lr"].message.startswith("[[“0.0x” ")
    assert lab.form.fields["seed"].box.text() == "77"


def test_pinned_runs_and_the_lane_that_is_shown_stay(begun, qtbot):
    window = begun("training.epochs = 500\n" + RACE)
    window.lab.panels.bus.lane_wanted.emit("other")
    window.lab.commands.step_batch.trigger()
    wait_until(qtbot, lambda: update(window) == 1)
    run = window.lab.frame.run
    window.lab.panels.bus.pin_wanted.emit(PinWish(run, True))
    choose_in_menu(qtbot, window, "xx")
    assert window.lab.frame.run == run
    assert [lane.frame.run for lane in window.lab.snapshot.lanes if lane.pinned] == [run]


def test_nothing_is_left_of_the_window_in_the_language_before(window, qtbot):
    _ = window.lab
    choose_in_menu(qtbot, window, "xx")
    before = len(QApplication.allWidgets())
    for language in ("en", "xx", "en", "xx"):
        choose_in_menu(qtbot, window, language)
    QTest.qWait(50)
    assert len(QApplication.allWidgets()) <= before + 5


def test_a_lesson_goes_on_in_the_other_language(window, qtbot):
    window.pages.show_lessons()
    lesson = window.pages.lessons.catalogue.lessons[0]
    window.pages.lessons.open(lesson.id)
    wait_for(qtbot, window.lab, State.READY)
    window.pages.lessons.steps.next()
    window.lab.commands.step_batch.trigger()
    wait_until(qtbot, lambda: update(window) == 1)
    place, run = window.pages.place, window.lab.frame.run
    choose_in_menu(qtbot, window, "zh_CN")
    QTest.qWait(200)
    assert (window.pages.place, window.pages.lessons.place) == (place, place)
    assert (window.lab.frame.run, update(window)) == (run, 1)
    assert window.pages.lessons.steps.panel.isVisible()
    assert window.windowTitle().startswith(plain_words(lesson.text_in("zh_CN").title))


# --- room for the words --------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["xx", "zh_CN", "hi"])
def test_all_words_have_room(begun, qtbot, language):
    window = begun("data.source = 'moons'\ntraining.epochs = 3\n")
    window.resize(1280, 720)
    window.lab.commands.run.trigger()
    wait_for(qtbot, window.lab, State.FINISHED)
    choose_in_menu(qtbot, window, language)
    found = set()

    def look():
        """Note what has no room for its words once everything is laid out."""
        for _ in range(40):
            QTest.qWait(50)
            clipped = clipped_texts(window)
            if not clipped:
                return
        found.update(clipped)

    look()
    window.lab.form.body.unfold(True)
    look()
    window.lab.form.body.unfold(False)
    for name, dock in window.lab.panels.docks.items():
        was_hidden = dock.isHidden()
        window.lab.panels.show_panel(name)
        dock.raise_()
        look()
        if was_hidden:
            dock.close()
    window.pages.show_lessons()
    look()
    window.pages.show_welcome()
    look()
    assert not found


# --- Qt's own texts, numbers ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "cancel"), [("en", "Cancel"), ("zh_CN", "取消")])
def test_qt_speaks_the_language_too(qapp, language, cancel):
    speak(language)
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    assert box.buttons()[0].text().replace("&", "") == cancel
    box.deleteLater()


def test_qt_takes_from_our_catalog_what_it_does_not_bring_along(qapp):
    speak(pseudo.PSEUDO)
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    assert box.buttons()[0].text() == pseudo.lengthened("Cancel")
    line = QLineEdit("text")
    menu = line.createStandardContextMenu()
    texts = [action.text().partition("\t")[0] for action in menu.actions() if action.text()]
    assert texts == [
        pseudo.lengthened(text)
        for text in ("&Undo", "&Redo", "Cu&t", "&Copy", "&Paste", "Delete", "Select All")
    ]
    box.deleteLater()
    line.deleteLater()


@pytest.mark.parametrize(
    ("language", "shown"), [("en", "1,234,567.5"), ("zh_CN", "1,234,567.5"), ("hi", "12,34,567.5")]
)
def test_thousands_are_grouped_as_the_language_does(qapp, language, shown):
    speak(language)
    assert number(1234567.5, ",.1f") == shown
    assert number(-1234567, ",") == f"-{shown.removesuffix('.5')}"
    assert number(0.001, "g") == "0.001"
    assert number(1e-9, "g") == "1e-09"


def test_a_share_is_a_percentage():
    assert percent(0.976) == "97.6%"


@pytest.mark.parametrize("typed", ["0.003", "0,003", "०.००३", "０．００３"])
def test_numbers_may_be_typed_as_any_of_the_languages_writes_them(typed):
    assert parse_number(by_key(Experiment)["optimizer.lr"], typed) == 0.003


@pytest.mark.parametrize("typed", ["12345", "12,345", "१२३४५", "12 345"])
def test_whole_numbers_may_be_typed_with_or_without_groups(typed):
    assert parse_number(by_key(Experiment)["training.epochs"], typed) == 12345


@pytest.mark.parametrize("typed", ["1,2", "12,3456", "1.5", "१२x", ""])
def test_what_is_no_whole_number_is_refused(typed):
    with pytest.raises(ValueError, match="invalid literal"):
        parse_number(by_key(Experiment)["training.epochs"], typed)
