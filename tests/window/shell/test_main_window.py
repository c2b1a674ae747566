import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox

from gradlab.experiment import files
from gradlab.experiment.schema import Experiment
from gradlab.folders import runs_folder
from gradlab.instruments.records import Frame, Notice, Progress, Snapshot, State
from gradlab.runs.speed import FASTEST, WATCH
from gradlab.window.theme import current

EXPERIMENT = Experiment().with_value("optimizer.lr", 0.42).with_value("name", "Tuesday")


@pytest.fixture
def window(open_window):
    return open_window(None)


@pytest.fixture
def saved(tmp_path):
    path = tmp_path / "tuesday.toml"
    path.write_text(files.dumps(EXPERIMENT))
    return path


def entry(window, menu, text):
    (action,) = [each for each in window.menus[menu].actions() if each.text().replace("&", "") == text]
    return action


def test_it_opens_on_the_welcome_page_with_a_way_in(window):
    assert window.pages.welcome.isVisible()
    assert window.pages.welcome.lessons.hasFocus()


def test_it_fits_into_a_small_screen(window):
    screen = window.screen().availableSize()
    assert screen.width() < 960  # the screen of these tests is one
    assert window.size().boundedTo(screen) == window.size()


def test_free_lab_starts_with_the_first_of_the_first_experiments(window, trainer):
    window.pages.welcome.free_lab.click()
    assert window.lab.isVisible()
    first = files.load(window.pages.welcome.cards[0].experiment.path)
    assert trainer.named("load") == [(first.with_value("name", "Free lab"),)]
    assert window.windowTitle() == "Free lab – GradLab"


def test_the_chosen_speed_is_there_again_after_a_restart(unhurried, open_window, trainer):
    first = open_window()
    first.pages.welcome.free_lab.click()
    assert trainer.named("set_speed") == [(WATCH,)]
    entry(first, "run", "As fast as possible").trigger()
    first.close()
    again = open_window()
    again.pages.welcome.free_lab.click()
    assert again.lab.transport.chosen_speed == FASTEST
    assert trainer.named("set_speed")[-1] == (FASTEST,)
    entry(again, "run", "As fast as possible").trigger()
    assert trainer.named("set_speed")[-1] == (WATCH,)


def test_a_speed_that_nobody_knows_is_forgotten(unhurried, open_window, store):
    store.put("speed", ["ludicrous"])
    window = open_window()
    window.pages.welcome.free_lab.click()
    assert window.lab.transport.chosen_speed == WATCH


def test_my_runs_are_shown_in_a_folder_that_exists(window, monkeypatch):
    shown = []
    monkeypatch.setattr(
        "gradlab.window.shell.menus.QDesktopServices.openUrl",
        lambda url: shown.append(url.toLocalFile()) or True,
    )
    entry(window, "file", "Show my runs").trigger()
    assert shown == [str(runs_folder())]
    assert runs_folder().is_dir()


def test_runs_that_cannot_be_kept_are_explained(window):
    runs_folder().parent.mkdir(parents=True, exist_ok=True)
    runs_folder().write_text("a file in its place")
    entry(window, "file", "Show my runs").trigger()
    box = window.findChild(QMessageBox)
    assert str(runs_folder()) in box.informativeText()
    box.close()


def test_without_a_file_manager_the_folder_is_named(window, monkeypatch):
    monkeypatch.setattr("gradlab.window.shell.menus.QDesktopServices.openUrl", lambda _: False)
    entry(window, "file", "Show my runs").trigger()
    box = window.findChild(QMessageBox)
    assert str(runs_folder()) in box.informativeText()
    box.close()


def test_coming_back_finds_the_lab_as_it_was_left(window, trainer):
    window.pages.welcome.free_lab.click()
    trainer.slot.append(Snapshot(Frame(state=State.RUNNING, progress=Progress(update=3))))
    window.lab.polling.poll()
    entry(window, "file", "Welcome page").trigger()
    assert trainer.named("rest") == [()]
    window.pages.welcome.free_lab.click()
    assert len(trainer.named("load")) == 1


def test_a_card_opens_its_experiment(window, trainer):
    window.pages.welcome.cards[1].click()
    (loaded,) = trainer.named("load")[0]
    assert loaded.name == window.pages.welcome.cards[1].accessibleName()
    assert loaded.name in window.windowTitle()
    assert window.lab.isVisible()


def test_a_card_keeps_its_question_in_sight(window, trainer):
    card = window.pages.welcome.cards[1]
    card.click()
    assert window.lab.message.isVisible()
    assert window.lab.message.text.text() == card.experiment.question
    trainer.slot.append(Snapshot(Frame(run=1, state=State.READY)))
    window.lab.polling.poll()
    assert window.lab.message.isVisible()


def test_the_question_outlasts_the_notice_of_an_earlier_run(window, trainer):
    window.experiments.return_to_lab()
    trainer.slot.append(Snapshot(Frame(state=State.FAILED), notice=Notice("error", "out of memory")))
    window.lab.polling.poll()
    window.pages.welcome.cards[1].click()
    trainer.slot.append(Snapshot(Frame(run=1, state=State.READY)))
    window.lab.polling.poll()
    assert window.lab.message.text.text() == window.pages.welcome.cards[1].experiment.question


def test_a_file_without_a_comment_and_the_free_lab_say_nothing(window, saved):
    window.pages.welcome.cards[1].click()
    window.experiments.open_file(saved)
    assert not window.lab.message.isVisible()
    window.pages.welcome.cards[1].click()
    window.experiments.new()
    assert not window.lab.message.isVisible()


def test_an_opened_file_is_recent_and_a_card_is_not(window, saved, store):
    window.pages.welcome.cards[0].click()
    window.experiments.open_file(saved)
    assert store.recent() == [saved.resolve()]
    window.pages.show_welcome()
    assert [button.text() for button in window.pages.welcome.recent.buttons] == ["tuesday"]


def test_open_asks_for_a_file(window, saved, trainer, monkeypatch):
    monkeypatch.setattr(
        "gradlab.window.services.dialogs.QFileDialog.getOpenFileName", lambda *_: (str(saved), "")
    )
    window.pages.welcome.open.click()
    assert trainer.named("load") == [(EXPERIMENT,)]


def test_a_bad_file_is_explained_and_changes_nothing(window, tmp_path, trainer):
    path = tmp_path / "bad.toml"
    path.write_text("[optimizer]\nlr = -1\n")
    window.experiments.open_file(path)
    box = window.findChild(QMessageBox)
    assert "optimizer.lr = -1" in box.informativeText()
    box.close()
    assert trainer.named("load") == []
    assert window.pages.welcome.isVisible()


def test_saving_writes_what_the_form_shows(window, saved, tmp_path, monkeypatch, store):
    window.experiments.open_file(saved)
    target = tmp_path / "copy"
    monkeypatch.setattr(
        "gradlab.window.services.dialogs.QFileDialog.getSaveFileName", lambda *_: (str(target), "")
    )
    entry(window, "file", "Save experiment as…").trigger()
    written = target.with_suffix(".toml")
    assert files.load(written) == EXPERIMENT
    assert store.recent()[0] == written.resolve()


def test_saving_where_nothing_can_be_written_is_explained(window, saved, tmp_path, monkeypatch):
    window.experiments.open_file(saved)
    (tmp_path / "missing").write_text("a file in the folder's place")
    monkeypatch.setattr(
        "gradlab.window.services.dialogs.QFileDialog.getSaveFileName",
        lambda *_: (str(tmp_path / "missing" / "x.toml"), ""),
    )
    window.experiments.save_as()
    box = window.findChild(QMessageBox)
    assert "could not be saved" in box.text()
    box.close()


def test_the_theme_changes_while_the_window_is_open_and_is_remembered(window, store):
    window.experiments.return_to_lab()
    (themes,) = [each.menu() for each in window.menus["view"].actions() if each.text() == "&Theme"]
    dark = themes.actions()[1]
    dark.trigger()
    assert current().name == "dark"
    panels = [dock.panel for name, dock in window.lab.panels.docks.items() if name != "experiment"]
    assert all(panel.worn is current() for panel in panels)
    assert store.theme() == "dark"
    assert dark.isChecked()


def test_the_view_menu_shows_and_hides_panels(window):
    window.experiments.return_to_lab()
    entry(window, "view", "Code").trigger()
    assert window.lab.panels.docks["code"].isVisible()
    entry(window, "view", "Loss and metrics").trigger()
    assert not window.lab.panels.docks["loss"].isVisible()
    entry(window, "view", "Reset layout").trigger()
    assert window.lab.panels.docks["loss"].isVisible()
    assert not window.lab.panels.docks["code"].isVisible()


def test_every_panel_can_be_explained_from_the_menu(window):
    window.experiments.return_to_lab()
    titles = [action.text() for action in window.menus["help_on"].actions()]
    assert titles == [dock.panel.title for dock in window.lab.panels.docks.values()]


def test_shortcuts_of_a_run_sleep_on_the_welcome_page(window, trainer, qtbot):
    window.pages.welcome.free_lab.click()
    trainer.slot.append(Snapshot(Frame(state=State.PAUSED, progress=Progress(update=3))))
    window.lab.polling.poll()
    window.pages.show_welcome()
    window.setFocus()
    trainer.asked.clear()
    qtbot.keyClick(window, Qt.Key.Key_B)
    assert trainer.asked == []
    window.experiments.return_to_lab()
    qtbot.keyClick(window.lab, Qt.Key.Key_B)
    assert [asked[0] for asked in trainer.asked if asked[0] != "watch"] == ["update"]


def test_size_and_layout_are_remembered(window, open_window):
    window.experiments.return_to_lab()
    window.lab.panels.docks["gradients"].close()
    window.resize(1111, 700)
    window.close()
    again = open_window(None)
    again.experiments.return_to_lab()
    # Qt fits a restored window into its screen, which is 800 pixels wide here.
    assert again.height() == window.height() == 700
    assert not again.lab.panels.docks["gradients"].isVisible()
    assert again.lab.panels.docks["loss"].isVisible()


def test_every_menu_entry_has_its_own_mnemonic(window):
    window.experiments.return_to_lab()
    for name in ("file", "run"):
        marks = [
            text[text.index("&") + 1].lower()
            for action in window.menus[name].actions()
            if "&" in (text := action.text())
        ]
        assert len(marks) == len(set(marks)), name


def entries_of(menu):
    for action in menu.actions():
        if action.menu():
            yield from entries_of(action.menu())
        elif not action.isSeparator():
            yield action


def test_every_entry_of_a_menu_has_a_key_of_its_own(window):
    window.experiments.return_to_lab()
    entries = [entry for top in window.menuBar().actions() for entry in entries_of(top.menu())]
    keys = {entry.text(): entry.shortcut().toString() for entry in entries}
    assert len(entries) > 35
    assert [text for text, key in keys.items() if not key] == []
    all_keys = [entry.shortcut().toString() for entry in entries]
    assert sorted(all_keys) == sorted(set(all_keys))


def test_keys_reach_what_the_menus_offer(window, qtbot):
    window.experiments.return_to_lab()
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    docks = window.lab.panels.docks
    number = window.lab.panels.view_actions().index(docks["network"].toggleViewAction()) + 1
    qtbot.keyClick(window.lab, Qt.Key(Qt.Key.Key_0 + number), control)
    assert docks["network"].isVisible()
    qtbot.keyClick(window.lab, Qt.Key.Key_D, control | shift)
    assert window._appearance.choice == "dark"


def test_a_setting_is_found_from_the_keyboard_even_where_the_panel_is_closed(window, qtbot):
    window.experiments.return_to_lab()
    window.lab.panels.docks["experiment"].close()
    qtbot.keyClick(window.lab, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    line = window.lab.form.body.search.line
    qtbot.waitUntil(line.hasFocus)
    qtbot.keyClicks(line, "dropout")
    assert window.lab.form.fields["model.dropout"].isVisible()


def test_a_new_experiment_begins_with_a_folded_form(window):
    window.experiments.return_to_lab()
    window.lab.form.body.unfold(True)
    window.experiments.new()
    assert not window.lab.form.body.unfolded


def test_keys_of_the_lab_sleep_while_it_is_built_behind_the_welcome_page(window, qtbot):
    docks = window.lab.panels.docks
    assert not window.pages.in_lab
    before = [dock.isHidden() for dock in docks.values()]
    for key in (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_F):
        qtbot.keyClick(window, key, Qt.KeyboardModifier.ControlModifier)
    assert [dock.isHidden() for dock in docks.values()] == before
    assert not window.lab.form.body.unfolded
