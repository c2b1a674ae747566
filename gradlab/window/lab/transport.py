"""The controls of a run, and its progress."""

from typing import Literal

from PySide6.QtCore import QObject, QSignalBlocker, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QProgressBar, QSizePolicy, QWidget

from gradlab.experiment.sections.gradients import Gradients
from gradlab.instruments.records import Frame, Progress, State
from gradlab.language import mark, tr, trc
from gradlab.runs.speed import FASTEST, SPEEDS, Speed
from gradlab.training.zeroing.base import contrast
from gradlab.window.language.numbers import duration
from gradlab.window.theme import icons
from gradlab.window.widgets.boxes import fill
from gradlab.window.widgets.still_label import StillLabel
from gradlab.window.widgets.widgets import ActionButton, QuietComboBox, label, tooltip

SPEED_HELP = mark("How many updates are made per second. Slow down to watch each one, or each of its phases.")
RUN_HELP = mark("Train, until all epochs are done.")
PHASE_HELP = mark("Do the next phase of an update: zero, forward, backward, clip or update. Then pause.")
PROGRESS_STEPS = 1000
READY_STATES = (State.READY, State.PAUSED)
STATE_WORDS = {
    State.LOADING: mark("Loading…"),
    State.READY: mark("Ready"),
    State.RUNNING: mark("Running"),
    State.PAUSED: mark("Paused"),
    State.FINISHED: mark("Finished"),
    State.FAILED: mark("Stopped by a problem"),
}


class RunActions(QObject):
    """The commands of a run, shared by the transport bar and the *Run* menu.

    Attributes:
        wants_run, wants_pause: what *Run* means at the moment.
    """

    wants_run = Signal()
    wants_pause = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._running = False
        self._shown: tuple[State, bool] | None = None
        self._zeroing = ""
        self.run = self._action(trc("command", "&Run"), tr(RUN_HELP), "Space")
        self.step_phase = self._action(tr("Step p&hase"), tr(PHASE_HELP), "P")
        self.step_batch = self._action(tr("Step &batch"), tr("Go on to the next update, then pause."), "B")
        self.step_epoch = self._action(
            tr("Step &epoch"), tr("Go on to the end of the epoch, then pause."), "E"
        )
        self.reset = self._action(
            tr("Re&set"), tr("Back to the start: new weights from the same seed."), "Ctrl+R"
        )
        self.again = self._action("", "", "Ctrl+Shift+R")
        self.show_zeroing(Gradients().zero)
        self.step_phase.setIcon(icons.icon("ph.caret-right-fill"))
        self.step_batch.setIcon(icons.icon("ph.skip-forward-fill"))
        self.step_epoch.setIcon(icons.icon("ph.fast-forward-fill"))
        self.reset.setIcon(icons.icon("ph.arrow-counter-clockwise-bold"))
        self.run.triggered.connect(self._run_or_pause)
        self.show_state(State.LOADING)

    def all(self) -> tuple[QAction, ...]:
        """Return the actions in the order of a menu."""
        return (self.run, self.step_phase, self.step_batch, self.step_epoch, self.reset, self.again)

    def named(self, name: Literal["run", "step_phase", "step_batch", "step_epoch"]) -> QAction:
        """Return the action with this name, one of those that train on."""
        steps = {"step_phase": self.step_phase, "step_batch": self.step_batch, "step_epoch": self.step_epoch}
        return steps.get(name, self.run)

    def show_state(self, state: State, *, begun: bool = False) -> None:
        """Enable the actions that make sense in a state; ``begun`` says whether at least one phase was done."""
        if (state, begun) == self._shown:
            return
        self._shown = state, begun
        self._running = state is State.RUNNING
        self.run.setText(trc("command", "&Pause") if self._running else trc("command", "&Run"))
        self.run.setStatusTip(tr("Hold after the current step.") if self._running else tr(RUN_HELP))
        self.run.setIcon(icons.icon("ph.pause-fill" if self._running else "ph.play-fill", "text.on_accent"))
        self.run.setEnabled(self._running or state in READY_STATES)
        for step in (self.step_phase, self.step_batch, self.step_epoch):
            step.setEnabled(state in READY_STATES)
        self.reset.setEnabled(state is not State.LOADING and (begun or state is State.FAILED))
        self.again.setEnabled(self.reset.isEnabled() and begun)

    def show_zeroing(self, zeroing: str) -> None:
        """Offer to run again with the other way of zeroing."""
        if zeroing == self._zeroing:
            return
        self._zeroing = zeroing
        other = contrast(zeroing)
        self.again.setText(tr(other.again))
        self.again.setStatusTip(tr(other.again_help))

    def _action(self, text: str, tip: str, keys: str) -> QAction:
        action = QAction(text, self)
        action.setStatusTip(tip)
        action.setShortcut(QKeySequence(keys))
        return action

    def _run_or_pause(self) -> None:
        (self.wants_pause if self._running else self.wants_run).emit()


class TransportBar(QWidget):
    """The row of buttons above the panels.

    Attributes:
        speed_changed: emitted with the Speed that was chosen.
    """

    speed_changed = Signal(object)

    def __init__(self, actions: RunActions) -> None:
        super().__init__()
        self._shown: tuple[object, ...] = ()
        self.speed = self._make_speed()
        self.progress = QProgressBar()
        self.progress.setRange(0, PROGRESS_STEPS)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(tr("Progress"))
        self.progress.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.status = StillLabel(name="muted")
        self.status.setAccessibleDescription(tr("Where the run stands and the time left"))
        speed_label = label(tr("Speed"), "muted")
        speed_label.setBuddy(self.speed)
        self.buttons = {
            "run": ActionButton(actions.run, "primary", once=True),
            "step_phase": ActionButton(actions.step_phase),
            "step_batch": ActionButton(actions.step_batch),
            "step_epoch": ActionButton(actions.step_epoch),
            "reset": ActionButton(actions.reset, once=True),
        }
        # Run and Pause have the same width, so that nothing moves when one becomes the other.
        self.buttons["run"].setMinimumWidth(104)
        speed, progress = (8, speed_label, self.speed), (8, (self.progress, 1), self.status)
        fill(QHBoxLayout(self), *self.buttons.values(), *speed, *progress, spacing=8)
        self.show_frame(Frame())  # until the first one comes: it loads

    def show_frame(self, frame: Frame) -> None:
        """Show the progress of the run."""
        shown = (_share(frame.progress), describe_progress(frame))
        if shown == self._shown:
            return
        self._shown = shown
        self.progress.setValue(round(shown[0] * PROGRESS_STEPS))
        set_text(self.status, shown[1])

    @property
    def chosen_speed(self) -> Speed:
        """The speed that is chosen."""
        return SPEEDS[self.speed.currentIndex()]

    def set_speed(self, speed: Speed) -> None:
        """Choose a speed; nothing is emitted."""
        with QSignalBlocker(self.speed):
            self.speed.setCurrentIndex(SPEEDS.index(speed))

    def _make_speed(self) -> QComboBox:
        combo = QuietComboBox()
        combo.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        combo.setAccessibleName(tr("Speed"))
        combo.setAccessibleDescription(tr(SPEED_HELP))
        combo.setToolTip(tooltip(tr(SPEED_HELP)))
        for speed in SPEEDS:
            combo.addItem(speed.words, speed)
        combo.setCurrentIndex(SPEEDS.index(FASTEST))
        combo.currentIndexChanged.connect(lambda index: self.speed_changed.emit(SPEEDS[index]))
        return combo


def set_text(shown: QLabel, text: str) -> None:
    """Set a label's text only if it differs: screen readers announce every change."""
    if shown.text() != text:
        shown.setText(text)


def describe_progress(frame: Frame) -> str:
    """Return in a few words where a run stands: ``Running · 12 s left``."""
    words = tr(STATE_WORDS[frame.state])
    if frame.state is State.RUNNING and frame.progress.seconds_left is not None:
        return tr("{state} · {time} left").format(state=words, time=duration(frame.progress.seconds_left))
    return words


def _share(progress: Progress) -> float:
    return min(1.0, progress.epoch_position / progress.epochs) if progress.epochs else 0.0
