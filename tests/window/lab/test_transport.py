import pytest
from PySide6.QtCore import Qt

from gradlab.instruments.records import Frame, Progress, State
from gradlab.runs.speed import SPEEDS
from gradlab.window.lab.transport import RunActions, TransportBar

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
def bar(show_widget, actions):
    return show_widget(TransportBar(actions))


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


def test_every_button_is_named_as_it_reads_and_tells_its_shortcut(bar, actions):
    for button, action in zip(bar.buttons.values(), actions.all()[:5], strict=True):
        assert button.accessibleName() == button.text() == action.text().replace("&", "")
        assert action.shortcut().toString() in button.toolTip()


def test_the_mouse_leaves_the_keyboard_where_it_is(bar):
    assert all(button.focusPolicy() == Qt.FocusPolicy.TabFocus for button in bar.buttons.values())


def test_the_chosen_speed_is_told(bar, qtbot):
    assert bar.speed.currentText() == "As fast as possible"
    assert bar.speed.accessibleName() == "Speed"
    for row, speed in enumerate(SPEEDS[:-1]):
        with qtbot.waitSignal(bar.speed_changed) as waiting:
            bar.speed.setCurrentIndex(row)
        assert waiting.args == [speed]


def test_progress_follows_the_epochs_and_tells_the_time_left(bar):
    progress = Progress(epoch=5, epochs=20, epoch_position=5.0, seconds_left=42.3)
    bar.show_frame(Frame(state=State.RUNNING, progress=progress))
    assert bar.progress.value() / bar.progress.maximum() == pytest.approx(0.25)
    assert bar.status.text() == "Running · 42 s left"


def test_an_unknown_time_left_is_not_told(bar):
    bar.show_frame(Frame(state=State.RUNNING, progress=Progress(epochs=20)))
    assert bar.status.text() == "Running"


def test_more_than_everything_is_everything(bar):
    bar.show_frame(Frame(state=State.FINISHED, progress=Progress(epochs=2, epoch_position=3.0)))
    assert bar.progress.value() == bar.progress.maximum()
