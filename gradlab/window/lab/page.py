"""The free lab: an experiment, its run, and the panels that show it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QSplitter, QVBoxLayout, QWidget

from gradlab.datasets.base import SOURCES
from gradlab.experiment.in_force import Effect, SettingsInForce
from gradlab.experiment.schema import Experiment
from gradlab.instruments.records import Frame, Notice, Snapshot, State
from gradlab.runs.speed import Speed
from gradlab.training.zeroing.base import contrast
from gradlab.window.lab.form import ExperimentForm, FormMemory
from gradlab.window.lab.message_bar import MessageBar
from gradlab.window.lab.panel_area import Bench, BenchMemory
from gradlab.window.lab.pins import Pins
from gradlab.window.lab.readouts import Readouts
from gradlab.window.lab.transport import RunActions, TransportBar
from gradlab.window.lab.watch_list import WatchList
from gradlab.window.panels.base import Panel
from gradlab.window.training.frame_poll import FramePoll
from gradlab.window.training.trainer import Trainer
from gradlab.window.widgets.widgets import keeps_key

# Data that one can see at a glance, or that a confusion matrix says nothing about: choosing it also shows it.


@dataclass(frozen=True)
class LabMemory:
    """What people have before them in a lab: another page shows the same with this, around the same trainer.

    Attributes:
        snapshot: the newest one that was shown.
        settings: those that are shown, and those of the run.
        has_stepped: whether somebody went phase by phase.
        said: what stands above the panels.
    """

    snapshot: Snapshot
    settings: SettingsInForce
    has_stepped: bool
    pins: Pins
    said: Notice | None
    speed: Speed
    form: FormMemory
    bench: BenchMemory


class LabPage(QWidget):
    """The page with the transport bar, the numbers and the panels.

    Attributes:
        experiment_changed: emitted with the Experiment that the form shows.
        snapshot_shown: emitted with each snapshot, after it was shown.
        guided: whether a lesson says which panels are shown; the lab then shows none by itself.
    """

    experiment_changed = Signal(object)
    snapshot_shown = Signal(object)

    def __init__(self, trainer: Trainer, panels: Iterable[Panel], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        # Where the keyboard is while no control has it: Space then runs and pauses.
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._trainer = trainer
        self._snapshot = Snapshot()
        self.settings = SettingsInForce()
        self._has_stepped = False
        self.guided = False
        self._pins = Pins()
        self.commands = RunActions(self)
        self.transport = TransportBar(self.commands)
        self.readouts = Readouts()
        self.message = MessageBar()
        self.form = ExperimentForm(self.settings)
        # Inside its place from the start: a widget that gets another parent is styled anew, with all below it.
        self._middle = QWidget()
        self._lay_out()
        self.bench = Bench([self.form, *panels], self._middle)
        self._below.addWidget(self.bench, 1)
        self.watch_list = WatchList(trainer, self.bench.parts_in_sight)
        self._frames = FramePoll(trainer, self._show, self)
        self._connect()

    @property
    def experiment(self) -> Experiment:
        """What the form says."""
        return self.settings.shown

    @property
    def state(self) -> State:
        """Where the run stands, as of the newest snapshot."""
        return self._snapshot.state

    @property
    def frame(self) -> Frame:
        """The newest frame of the run that is shown."""
        return self._snapshot.shown

    @property
    def snapshot(self) -> Snapshot:
        """The newest snapshot."""
        return self._snapshot

    @property
    def notice(self) -> Notice | None:
        """What the trainer wants people to know, as of the newest snapshot."""
        return self._snapshot.notice

    @property
    def begun(self) -> bool:
        """Whether an experiment was opened."""
        return self.settings.loaded is not None

    def open(self, experiment: Experiment, hint: str = "") -> None:
        """Show and load an experiment, from its start; ``hint`` says what there is to see."""
        self._pins.let_go_of_others(experiment.data)
        self._show_drawn_data(experiment)
        if experiment.variants or experiment.replicas > 1:
            self._offer_panel("compare")
        self.form.show_experiment(experiment)
        self._load()
        self._snapshot = replace(self._snapshot, notice=None)  # else its going away would take the hint along
        if hint:
            self._show_notice(Notice("info", hint))
        self.experiment_changed.emit(experiment)

    def _show_drawn_data(self, experiment: Experiment) -> None:
        if SOURCES[experiment.data.source].drawn:
            self._offer_panel("data")

    def _offer_panel(self, name: str) -> None:
        if not self.guided:
            self.bench.show_panel(name)

    def guide_with(self, lesson: QWidget, bar: QWidget) -> None:
        """Let a lesson stand beside the panels, and a bar of its own above them."""
        self._beside.insertWidget(0, lesson)
        self._beside.setStretchFactor(0, 0)
        self._beside.setStretchFactor(1, 1)
        self._above.addWidget(bar)

    def pause(self) -> None:
        """Hold the run, if it runs."""
        if self._snapshot.state is State.RUNNING:
            self._trainer.pause()

    def run_on(self) -> None:
        """Train, until all epochs are done or somebody pauses."""
        if self.transport.chosen_speed.by_phase:
            self._show_phases_once()
        self._go(self._trainer.run_on)

    def run_again(self) -> None:
        """Keep the run that is shown, and make it once more with the other way of zeroing."""
        shown = self.frame.experiment
        if shown is None or not self.frame.progress.begun:
            return
        self.form.flush()
        self._pin(self.frame.run, True)
        self.settings.show_again(shown, contrast(shown.gradients.zero).name)
        self.form.show_experiment(self.experiment)
        self.experiment_changed.emit(self.experiment)
        self._offer_panel("compare")
        self._load()
        self._trainer.run_on()

    def leave(self) -> LabMemory:
        """Stop following the run; return what another page needs to go on in this one's place."""
        self._frames.end()
        memory = LabMemory(
            self._snapshot,
            self.settings,
            self._has_stepped,
            self._pins,
            self.message.notice,
            self.transport.chosen_speed,
            self.form.memory(),
            self.bench.memory(),
        )
        # What is closed from now on must not change what is measured.
        self.watch_list.hold()
        return memory

    def go_on_with(self, memory: LabMemory) -> None:
        """Show what another page showed, and follow the same run."""
        self._snapshot = replace(memory.snapshot, devices=())
        self.settings = self.form.settings = memory.settings
        self._has_stepped, self._pins = memory.has_stepped, memory.pins
        self.transport.set_speed(memory.speed)
        self.form.recall(memory.form)
        self.hold_watching()
        self.bench.recall(memory.bench, self._pins.follow(memory.snapshot))
        self._show(memory.snapshot)
        self.form.show_notice(memory.snapshot.notice)
        if memory.said is not None:
            self._say(memory.said)
        self.form.show_pending()

    def hold_watching(self) -> None:
        """Let the trainer go on with what is watched now, until all panels, which come one by one, are there."""
        if not self.watch_list.is_held:
            self.watch_list.hold()
            QTimer.singleShot(0, self, self.watch_list.release)

    def poll(self) -> None:
        """Take the newest frame from the trainer and show it."""
        self._frames.poll()

    def event(self, event: QEvent) -> bool:
        """Keep keys for the focused control where a shortcut would take them."""
        if keeps_key(event):
            event.accept()
            return True
        return super().event(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Look for frames while there is somebody to see them."""
        super().showEvent(event)
        self._frames.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop looking for frames."""
        super().hideEvent(event)
        self._frames.stop()

    def _lay_out(self) -> None:
        top = QFrame(self)
        top.setObjectName("transport")
        rows = QVBoxLayout(top)
        rows.setContentsMargins(12, 8, 12, 8)
        rows.setSpacing(8)
        rows.addWidget(self.transport)
        rows.addWidget(self.readouts)
        self._beside = QSplitter(Qt.Orientation.Horizontal, self)
        self._beside.setChildrenCollapsible(False)
        self._beside.setHandleWidth(8)
        self._beside.addWidget(self._middle)
        self._above = QVBoxLayout()
        self._below = QVBoxLayout(self._middle)
        self._below.setContentsMargins(0, 0, 0, 0)
        self._below.setSpacing(8)
        self._below.addWidget(self.message)
        self._below.addLayout(self._above)
        body = QVBoxLayout()
        body.setContentsMargins(8, 6, 8, 8)
        body.addWidget(self._beside)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(top)
        column.addLayout(body, 1)

    def _connect(self) -> None:
        self.commands.wants_run.connect(self.run_on)
        self.commands.wants_pause.connect(self._trainer.pause)
        self.commands.step_phase.triggered.connect(self._step_phase)
        self.commands.step_batch.triggered.connect(lambda: self._go(self._trainer.step_batch))
        self.commands.step_epoch.triggered.connect(lambda: self._go(self._trainer.step_epoch))
        self.commands.reset.triggered.connect(self._reset)
        self.commands.again.triggered.connect(self.run_again)
        self.transport.speed_changed.connect(self._trainer.set_speed)
        self.form.changed.connect(self._take_change)
        self.form.wants_reset.connect(self._reset)
        self.bench.sight_changed.connect(self.watch_list.update)
        self.bench.desk.asked.connect(self._trainer.ask)
        self.bench.side_by_side.asked.connect(self._trainer.ask)
        self.bench.desk.lane_wanted.connect(self._trainer.show_lane)
        self.bench.desk.pin_wanted.connect(self._pin)
        self.bench.desk.run_again_wanted.connect(self.run_again)
        self.bench.desk.setting_wanted.connect(self.form.set_value)

    @Slot(int, bool)
    def _pin(self, run: int, on: bool) -> None:
        self._pins.pin(run, on)
        self._snapshot = self._pins.follow(self._snapshot)
        self.bench.show_snapshot(self._snapshot)

    def _go(self, command: Callable[[], None]) -> None:
        # What is typed but not confirmed counts: people press Run, not Enter.
        self.form.flush()
        command()

    def _step_phase(self) -> None:
        self._show_phases_once()
        self._go(self._trainer.step_phase)

    def _show_phases_once(self) -> None:
        """Whoever goes phase by phase wants to see which line of the loop that is, and what the network does.

        Closing these panels is respected.
        """
        if not (self._has_stepped or self.guided):
            self._has_stepped = True
            for name in ("code", "network"):
                self.bench.show_panel(name)

    def _reset(self) -> None:
        self.form.flush()
        self._load()

    def _load(self) -> None:
        experiment = self.settings.load()
        self.message.clear()
        self.form.show_pending()
        self._trainer.load(experiment)

    def _take_change(self, key: str, effect: Effect) -> None:
        self.experiment_changed.emit(self.experiment)
        if self.settings.loaded is None:
            return
        if key == "data.source":
            self._show_drawn_data(self.experiment)
        if effect is Effect.RELOAD:
            self._load()
            return
        if effect is Effect.LIVE:
            self._trainer.change(self.settings.loaded)
        self.form.show_pending()

    def _show(self, snapshot: Snapshot) -> None:
        snapshot, frame = self._pins.follow(snapshot), snapshot.shown
        if snapshot.notice != self._snapshot.notice:
            self._show_notice(snapshot.notice)
        if snapshot.devices != self._snapshot.devices:
            self.form.set_devices(snapshot.devices)
        self._snapshot = snapshot
        is_over = frame.state is State.FINISHED
        if self.settings.note_run(has_begun=frame.progress.begun, is_over=is_over):
            self.form.show_pending()
        self.commands.show_state(frame.state, begun=frame.progress.begun)
        if frame.experiment is not None:
            self.commands.show_zeroing(frame.experiment.gradients.zero)
        self.transport.show_frame(frame)
        self.readouts.show_frame(frame)
        self.bench.show_snapshot(snapshot)
        self.snapshot_shown.emit(snapshot)

    def _show_notice(self, notice: Notice | None) -> None:
        self.message.clear()
        if not self.form.show_notice(notice) and notice is not None:
            self._say(notice)

    def _say(self, notice: Notice) -> None:
        self.message.show_notice(notice)
