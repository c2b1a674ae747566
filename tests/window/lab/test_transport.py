from dataclasses import replace

import pseudo
import pytest
from clipping import clipped_texts
from PySide6.QtCore import Qt

from gradlab.instruments.records import Frame, Progress, State
from gradlab.runs.speed import FASTEST, SPEEDS, WATCH, Speed
from gradlab.window.lab.page_body import TopBar
from gradlab.window.lab.readouts import Readouts
from gradlab.window.lab.transport import RunActions, TransportBar
from gradlab.window.shell.speech import speak

ENABLED = {
    State.LOADING: set(),
    State.READY: {"run", "step_phase", "step_batch", "step_epoch"},
    State.RUNNING: {"run", "reset"},
    State.PAUSED: {"run", "step_phase", "step_batch", "step_epoch", "reset"},
    State.FINISHED: {"reset"},
    State.FAILED: {"reset"},
}


@pytest.fixture
def actions(qapp):
    return RunActions()


@pytest.fixture
def show_top(show_widget):
    """Show the controls with the numbers beside them and the progress below."""

    def show_top(actions):
        transport, readouts = TransportBar(actions), Readouts()
        made = show_widget(TopBar(transport, readouts), 1366, 60)
        made.transport, made.readouts = transport, readouts
        return made

    return show_top


@pytest.fixture
def top(show_top, actions):
    return show_top(actions)


@pytest.fixture
def bar(top):
    return top.transport


def double_click(qtbot, button):
    """All four events, as a mouse sends them."""
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.mouseDClick(button, Qt.MouseButton.LeftButton)
    qtbot.mouseRelease(button, Qt.MouseButton.LeftButton)


def test_it_says_that_it_loads_until_the_first_frame_comes(bar):
    assert bar.status.text() == "Loading…"
    bar.show_frame(Frame(state=State.READY))
    assert bar.status.text() == "Ready"


@pytest.mark.parametrize("state", State)
def test_only_buttons_that_make_sense_are_enabled(bar, actions, state):
    actions.show_state(state, begun=state not in (State.LOADING, State.READY, State.FAILED))
    assert {name for name, button in bar.buttons.items() if button.isEnabled()} == ENABLED[state]


def test_one_button_runs_and_pauses(bar, actions, qtbot):
    button = bar.buttons["run"]
    actions.show_state(State.READY)
    assert button.text() == button.accessibleName() == "Run"
    with qtbot.waitSignal(actions.wants_run):
        button.click()
    actions.show_state(State.RUNNING)
    assert button.text() == button.accessibleName() == "Pause"
    with qtbot.waitSignal(actions.wants_pause):
        button.click()


def test_a_double_click_on_run_is_one_click(bar, actions, qtbot):
    actions.show_state(State.READY)
    asked = []
    actions.wants_run.connect(lambda: (asked.append("run"), actions.show_state(State.RUNNING, begun=True)))
    actions.wants_pause.connect(lambda: asked.append("pause"))
    button = bar.buttons["run"]
    double_click(qtbot, button)
    assert asked == ["run"]


def test_quick_clicks_on_step_are_several_steps(bar, actions, qtbot):
    actions.show_state(State.READY)
    steps = []
    actions.step_batch.triggered.connect(lambda: steps.append(1))
    button = bar.buttons["step_batch"]
    double_click(qtbot, button)
    assert len(steps) == 2


def test_every_button_is_named_in_full_and_tells_its_name_and_its_shortcut(bar, actions):
    named = (actions.run, actions.step_phase, actions.step_batch, actions.step_epoch, actions.reset)
    for button, action in zip(bar.buttons.values(), named, strict=True):
        assert button.accessibleName() == action.text().replace("&", "")
        assert button.text() in ("", action.iconText(), button.accessibleName())
        assert action.shortcut().toString() in button.toolTip()
        if button.text() != button.accessibleName():
            assert button.accessibleName() in button.toolTip()


def tiles_of(top):
    return [name for name, tile in top.readouts.tiles.items() if tile.isVisible()]


def texts_of(top):
    return [button.text() for button in top.transport.buttons.values()]


def test_the_name_of_the_speed_goes_before_the_words_on_the_buttons(top, appearance, qtbot):
    top.resize(1500, 60)
    while top.transport.speed_label.isVisible():
        top.resize(top.width() - 1, 60)
    assert texts_of(top)[1:] == ["Phase", "Batch", "Epoch", "Reset"]
    top.resize(top.width() + 1, 60)
    assert top.transport.speed_label.isVisible()
    qtbot.waitUntil(lambda: clipped_texts(top) == [])


ALL_TILES = ["Epoch", "Update", "Training loss", "Validation loss", "Validation accuracy"]


def test_a_small_button_knows_what_it_needs_with_words_and_without(bar, appearance):
    for button in list(bar.buttons.values())[1:]:
        for words in (True, False):
            button.show_words(words)
            assert button.width_with(words) == button.sizeHint().width()


def test_where_there_is_room_small_buttons_have_words(top, appearance):
    top.resize(1800, 60)
    assert texts_of(top) == ["Run", "Phase", "Batch", "Epoch", "Reset"]
    assert top.transport.speed_label.isVisible()
    assert tiles_of(top) == ALL_TILES
    assert clipped_texts(top) == []


def test_in_a_narrow_window_words_go_first_and_then_what_is_needed_least(top, appearance, qtbot):
    left = ALL_TILES
    for width in range(1500, top.minimumSizeHint().width(), -50):
        top.resize(width, 60)
        qtbot.waitUntil(lambda: clipped_texts(top) == [])
        assert set(tiles_of(top)) <= set(left)
        left = tiles_of(top)
        if left != ALL_TILES:
            assert texts_of(top) == ["Run", "", "", "", ""]
    assert left[-1] == "Validation accuracy"
    assert len(left) < len(ALL_TILES)


@pytest.fixture
def with_pseudo(monkeypatch):
    pseudo.install(monkeypatch)


@pytest.fixture
def enlarge(appearance):
    """Make all text as large as a projector needs it, until the end of the test."""
    yield appearance.enlarge
    appearance.enlarge(False)


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("language", ["en", "zh_CN", "hi", pseudo.PSEUDO])
@pytest.mark.usefixtures("with_pseudo")
def test_no_word_is_cut_in_any_language(language, large, enlarge, show_top, qtbot):
    speak(language)
    enlarge(large)
    made = show_top(actions := RunActions())
    widths = (1366, 1280) if large and language == pseudo.PSEUDO else (1366, 1280, 1024)
    for width in widths:
        made.resize(width, 60)
        for state in State:
            frame = Frame(
                state=state, progress=Progress(epoch=7, epochs=20, seconds_left=12), val_accuracy=0.9
            )
            actions.show_state(state, begun=True)
            made.transport.show_frame(frame)
            made.readouts.show_frame(frame)
            qtbot.waitUntil(lambda: clipped_texts(made) == [])


def test_a_number_that_gets_longer_gets_room(top, appearance, qtbot):
    top.resize(1000, 60)
    before = len(tiles_of(top))
    top.readouts.show_frame(
        Frame(val_loss=1.2e-300, progress=Progress(epoch=123_456_789, epochs=987_654_321))
    )
    qtbot.waitUntil(lambda: clipped_texts(top) == [] and len(tiles_of(top)) < before)


def test_a_new_run_gives_back_the_room_that_the_one_before_took(top, appearance, qtbot):
    top.resize(1280, 60)
    before = texts_of(top), tiles_of(top)
    long = Frame(1, State.FAILED, Progress(epoch=123_456_789, epochs=987_654_321), train_loss=-1.23e-300)
    for shown in (top.transport, top.readouts):
        shown.show_frame(long)
    qtbot.waitUntil(lambda: (texts_of(top), tiles_of(top)) != before)
    for shown in (top.transport, top.readouts):
        shown.show_frame(Frame(2, State.READY))
    qtbot.waitUntil(lambda: (texts_of(top), tiles_of(top)) == before)


def test_buttons_stay_as_they_are_while_a_run_goes_on(top, appearance, qtbot):
    numbers = {"train_loss": 0.0007226, "val_loss": 0.08997, "val_accuracy": 0.976}
    late = Frame(1, State.RUNNING, Progress(20, 20, seconds_left=24, update=860), **numbers)
    for number, width in enumerate(range(1100, 1500, 10), start=2):
        top.resize(width, 60)
        before = texts_of(top), top.transport.speed_label.isVisible(), tiles_of(top)
        for frame in (late, replace(late, run=number, state=State.READY, progress=Progress())):
            for shown in (top.transport, top.readouts):
                shown.show_frame(frame)
            qtbot.wait(1)
            assert (texts_of(top), top.transport.speed_label.isVisible(), tiles_of(top)) == before


def test_the_mouse_leaves_the_keyboard_where_it_is(bar):
    assert all(button.focusPolicy() == Qt.FocusPolicy.TabFocus for button in bar.buttons.values())


def test_people_watch_unless_they_choose_something_else(unhurried, bar, actions):
    assert bar.speed.currentText() == "To watch"
    assert not actions.fastest.isChecked()


def test_the_chosen_speed_is_told(bar, qtbot):
    assert bar.speed.accessibleName() == "Speed"
    for row, speed in enumerate(SPEEDS[:-1]):
        with qtbot.waitSignal(bar.speed_changed) as waiting:
            bar.speed.setCurrentIndex(row)
        assert waiting.args == [speed]


def test_one_key_hurries_and_goes_back(bar, actions):
    told = []
    bar.speed_changed.connect(told.append)
    bar.set_speed(Speed(5))
    assert not actions.fastest.isChecked()
    actions.fastest.trigger()
    assert (bar.chosen_speed, actions.fastest.isChecked()) == (FASTEST, True)
    actions.fastest.trigger()
    assert (bar.chosen_speed, actions.fastest.isChecked()) == (Speed(5), False)
    assert told == [FASTEST, Speed(5)]
    assert "F: as fast as possible" in bar.speed.toolTip()


def test_the_key_says_what_the_list_says(bar, actions):
    bar.speed.setCurrentIndex(SPEEDS.index(WATCH))
    assert not actions.fastest.isChecked()
    bar.speed.setCurrentIndex(SPEEDS.index(FASTEST))
    assert actions.fastest.isChecked()


def test_a_run_that_is_about_to_pause_says_so_until_it_has(bar, actions):
    running = Frame(state=State.RUNNING, progress=Progress(epochs=20, seconds_left=5))
    actions.show_state(State.RUNNING, begun=True)
    bar.show_frame(running)
    actions.show_pausing(True)
    assert (bar.status.text(), bar.buttons["run"].text()) == ("Pausing…", "Pause")
    assert not bar.buttons["run"].isEnabled()
    actions.show_state(State.RUNNING, begun=True)  # the update is not over
    bar.show_frame(running)
    assert (bar.status.text(), bar.buttons["run"].isEnabled()) == ("Pausing…", False)
    actions.show_state(State.PAUSED, begun=True)
    bar.show_frame(Frame(state=State.PAUSED))
    assert (bar.status.text(), bar.buttons["run"].text()) == ("Paused", "Run")
    assert bar.buttons["run"].isEnabled()


@pytest.mark.parametrize("state", State)
def test_the_state_never_contradicts_the_button(bar, actions, state):
    for pausing in (False, True):
        actions.show_state(State.RUNNING, begun=True)
        actions.show_pausing(pausing)
        actions.show_state(state, begun=True)
        bar.show_frame(Frame(state=state))
        is_running = bar.status.text() in ("Running", "Pausing…")
        assert is_running == (bar.buttons["run"].text() == "Pause") == (state is State.RUNNING)


def test_a_run_trains_on_only_after_its_end(actions):
    for state in State:
        actions.show_state(state, begun=True)
        assert not actions.train_on.isEnabled()
    actions.show_state(State.FINISHED, begun=True, more=True)
    assert actions.train_on.isEnabled()


def test_progress_follows_the_epochs_and_tells_the_time_left(bar):
    progress = Progress(epoch=5, epochs=20, epoch_position=5.0, seconds_left=42.3)
    bar.show_frame(Frame(state=State.RUNNING, progress=progress))
    assert bar.progress.value() / bar.progress.maximum() == pytest.approx(0.25)
    assert bar.status.text() == "Running · 42 s left"


def test_an_unknown_time_left_is_not_told(bar):
    bar.show_frame(Frame(state=State.RUNNING, progress=Progress(epochs=20)))
    assert bar.status.text() == "Running"


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("number", ["loss", "gradient"])
def test_a_run_whose_numbers_became_infinite_says_so_in_place_of_finished(bar, state, number):
    bar.show_frame(Frame(state=state, infinite=number))
    told = bar.status.text() == f"Stopped: infinite {number}"
    assert told == (state is State.FINISHED)  # a race goes on while other runs do


def test_more_than_everything_is_everything(bar):
    bar.show_frame(Frame(state=State.FINISHED, progress=Progress(epochs=2, epoch_position=3.0)))
    assert bar.progress.value() == bar.progress.maximum()
