"""The controls of a run, and its progress."""

from enum import Enum, auto
from typing import Literal

from PySide6.QtCore import QObject, QSignalBlocker, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QProgressBar, QSizePolicy, QWidget

from gradlab.experiment.sections.gradients import Gradients
from gradlab.instruments.records import Frame, Progress, State
from gradlab.language import mark, tr, trc
from gradlab.runs.speed import FASTEST, SPEEDS, WATCH, Speed
from gradlab.training.events import Infinite
from gradlab.training.zeroing.base import contrast
from gradlab.window.language.numbers import duration
from gradlab.window.theme import icons
from gradlab.window.widgets.boxes import fill
from gradlab.window.widgets.still_label import StillLabel
from gradlab.window.widgets.widgets import ActionButton, QuietComboBox, ShortButton, label, plain, tooltip

DEFAULT_SPEED = WATCH
MORE_EPOCHS = 20
SPACING = 6
SPEED_HELP = mark("How many updates are made per second. Slow down to watch each one, or each of its phases.")
WATCH_HELP = mark("To watch: a whole run takes about half a minute, however long it is.")
FASTEST_HELP = mark("Trains as fast as this computer can. Once more: as it was before.")
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
INFINITE_WORDS: dict[Infinite, str] = {
    "loss": mark("Stopped: infinite loss"),
    "gradient": mark("Stopped: infinite gradient"),
}


class Words(Enum):
    """How many words the row of buttons has.

    Attributes:
        ALL: on the buttons, and beside the speed; ``FEW``: on the buttons; ``FEWEST``: on the largest button.
    """

    ALL = auto()
    FEW = auto()
    FEWEST = auto()


class RunActions(QObject):
    """The commands of a run, shared by the transport bar and the *Run* menu.

    Attributes:
        wants_run, wants_pause: what *Run* means at the moment.
        is_pausing: whether the run is about to pause: an update that is under way is finished first.
        pausing_changed: emitted when that changes.
    """

    wants_run = Signal()
    wants_pause = Signal()
    pausing_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.is_pausing = False
        self._running = False
        self._shown: tuple[State, bool, bool] | None = None
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
        help = tr("Train {count} more epochs, from where the run has ended.").format(count=MORE_EPOCHS)
        self.train_on = self._action(tr("&Train on"), help, "T")
        self.fastest = self._action(tr("As &fast as possible"), tr(FASTEST_HELP), "F")
        self.fastest.setCheckable(True)
        self._abbreviate()
        self.step_phase.setIcon(icons.icon("ph.caret-right-fill"))
        self.step_batch.setIcon(icons.icon("ph.skip-forward-fill"))
        self.step_epoch.setIcon(icons.icon("ph.fast-forward-fill"))
        self.reset.setIcon(icons.icon("ph.arrow-counter-clockwise-bold"))
        self.run.triggered.connect(self._run_or_pause)
        self.show_state(State.LOADING)

    def all(self) -> tuple[QAction, ...]:
        """Return the actions in the order of a menu."""
        steps = (self.step_phase, self.step_batch, self.step_epoch)
        return (self.run, *steps, self.reset, self.train_on, self.again, self.fastest)

    def named(self, name: Literal["run", "step_phase", "step_batch", "step_epoch"]) -> QAction:
        """Return the action with this name, one of those that train on."""
        steps = {"step_phase": self.step_phase, "step_batch": self.step_batch, "step_epoch": self.step_epoch}
        return steps.get(name, self.run)

    def show_state(self, state: State, *, begun: bool = False, more: bool = False) -> None:
        """Enable the actions that make sense in a state.

        Args:
            state: that of the run.
            begun: at least one phase was done.
            more: the run is over, and more epochs would let it go on.
        """
        if (state, begun, more) == self._shown:
            return
        self._shown = state, begun, more
        self._running = state is State.RUNNING
        self.run.setText(trc("command", "&Pause") if self._running else trc("command", "&Run"))
        self.run.setStatusTip(tr("Hold after the current step.") if self._running else tr(RUN_HELP))
        self.run.setIcon(icons.icon("ph.pause-fill" if self._running else "ph.play-fill", "text.on_accent"))
        for step in (self.step_phase, self.step_batch, self.step_epoch):
            step.setEnabled(state in READY_STATES)
        self.reset.setEnabled(state is not State.LOADING and (begun or state is State.FAILED))
        self.again.setEnabled(self.reset.isEnabled() and begun)
        self.train_on.setEnabled(more)
        self.show_pausing(self.is_pausing and self._running)
        self.run.setEnabled((self._running and not self.is_pausing) or state in READY_STATES)

    def show_pausing(self, on: bool) -> None:
        """Say that the run is about to pause, or that it is not."""
        if on != self.is_pausing:
            self.is_pausing = on
            self.run.setEnabled(not on)
            self.pausing_changed.emit()

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

    def _abbreviate(self) -> None:
        """Give the small buttons words that need little room."""
        self.step_phase.setIconText(trc("step", "Phase"))
        self.step_batch.setIconText(trc("step", "Batch"))
        self.step_epoch.setIconText(trc("step", "Epoch"))
        self.reset.setIconText(plain(self.reset.text()))

    def _run_or_pause(self) -> None:
        (self.wants_pause if self._running else self.wants_run).emit()


class TransportBar(QWidget):
    """The row of buttons above the panels.

    Attributes:
        speed_changed: emitted with the Speed that was chosen.
        progress: how much of the run is done, for a place below the row.
    """

    speed_changed = Signal(object)

    def __init__(self, actions: RunActions) -> None:
        super().__init__()
        self._actions = actions
        self._frame = Frame()  # until the first one comes: it loads
        self._shown: tuple[object, ...] = ()
        self._slower = DEFAULT_SPEED
        self.speed = self._make_speed()
        self.progress = QProgressBar()
        self.progress.setObjectName("runProgress")
        self.progress.setRange(0, PROGRESS_STEPS)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(tr("Progress"))
        self.progress.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.status = StillLabel(name="muted")
        self.status.setAccessibleDescription(tr("Where the run stands and the time left"))
        self._short = {
            "step_phase": ShortButton(actions.step_phase),
            "step_batch": ShortButton(actions.step_batch),
            "step_epoch": ShortButton(actions.step_epoch),
            "reset": ShortButton(actions.reset, once=True),
        }
        self.buttons = {"run": ActionButton(actions.run, "primary", once=True), **self._short}
        # Run and Pause have the same width, so that nothing moves when one becomes the other.
        self.buttons["run"].setMinimumWidth(96)
        self.speed_label = label(tr("Speed"), "muted")
        self.speed_label.setBuddy(self.speed)
        speed = (2, self.speed_label, self.speed, 2)
        fill(QHBoxLayout(self), *self.buttons.values(), *speed, self.status, spacing=SPACING)
        actions.pausing_changed.connect(self._show)
        actions.fastest.triggered.connect(self._hurry)
        self.set_speed(DEFAULT_SPEED)
        self._show()

    def show_frame(self, frame: Frame) -> None:
        """Show the progress of the run."""
        is_new, self._frame = frame.run != self._frame.run, frame
        self._show()
        if is_new:
            self.status.forget()  # the long words of the run before

    @property
    def chosen_speed(self) -> Speed:
        """The speed that is chosen."""
        return SPEEDS[self.speed.currentIndex()]

    def set_speed(self, speed: Speed) -> None:
        """Choose a speed; nothing is emitted."""
        with QSignalBlocker(self.speed):
            self.speed.setCurrentIndex(SPEEDS.index(speed))
        self._note_speed()

    def width_needed(self, words: Words) -> int:
        """Return the width that the row needs with so many words."""
        change = sum(
            button.width_with(words is not Words.FEWEST) - button.sizeHint().width()
            for button in self._short.values()
        )
        change += self._label_width * ((words is Words.ALL) - (not self.speed_label.isHidden()))
        # Words that come later must not move the buttons.
        longest = self.status.fontMetrics().horizontalAdvance(_left(tr(STATE_WORDS[State.RUNNING]), 88))
        return self.sizeHint().width() + change + max(longest - self.status.minimumWidth(), 0)

    def show_words(self, words: Words) -> None:
        """Show so many words."""
        for button in self._short.values():
            button.show_words(words is not Words.FEWEST)
        self.speed_label.setVisible(words is Words.ALL)

    @property
    def _label_width(self) -> int:
        return self.speed_label.sizeHint().width() + SPACING

    def _make_speed(self) -> QComboBox:
        combo = QuietComboBox()
        combo.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        combo.setAccessibleName(tr("Speed"))
        combo.setAccessibleDescription(tr(SPEED_HELP))
        keys = self._actions.fastest.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        hurry = tr("{keys}: as fast as possible, and back.").format(keys=keys)
        combo.setToolTip(tooltip(tr("Speed"), tr(SPEED_HELP), tr(WATCH_HELP), hurry))
        for speed in SPEEDS:
            combo.addItem(speed.words, speed)
        combo.currentIndexChanged.connect(self._take_speed)
        return combo

    @Slot(int)
    def _take_speed(self, _: int) -> None:
        self._note_speed()
        self.speed_changed.emit(self.chosen_speed)

    def _note_speed(self) -> None:
        speed = self.chosen_speed
        self._actions.fastest.setChecked(speed == FASTEST)
        if speed != FASTEST:
            self._slower = speed

    @Slot(bool)
    def _hurry(self, on: bool) -> None:
        slower = self._slower if self._slower != FASTEST else WATCH
        self.speed.setCurrentIndex(SPEEDS.index(FASTEST if on else slower))

    @Slot()
    def _show(self) -> None:
        words = describe_progress(self._frame, is_pausing=self._actions.is_pausing)
        shown = (_share(self._frame.progress), words)
        if shown != self._shown:
            self._shown = shown
            self.progress.setValue(round(shown[0] * PROGRESS_STEPS))
            self.status.setText(words)


def describe_progress(frame: Frame, *, is_pausing: bool = False) -> str:
    """Return in a few words where a run stands: ``Running · 12 s left``."""
    if is_pausing:
        return tr("Pausing…")
    if frame.state is State.FINISHED and frame.infinite is not None:
        return tr(INFINITE_WORDS[frame.infinite])
    words = tr(STATE_WORDS[frame.state])
    if frame.state is State.RUNNING and frame.progress.seconds_left is not None:
        return _left(words, frame.progress.seconds_left)
    return words


def _left(words: str, seconds: float) -> str:
    return tr("{state} · {time} left").format(state=words, time=duration(seconds))


def _share(progress: Progress) -> float:
    return min(1.0, progress.epoch_position / progress.epochs) if progress.epochs else 0.0
