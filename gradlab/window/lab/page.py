"""The free lab: an experiment, its run, and the panels that show it."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gradlab.datasets.base import SOURCES
from gradlab.experiment.in_force import SettingsInForce
from gradlab.experiment.schema import Experiment
from gradlab.instruments.records import Frame, Notice, Snapshot, State
from gradlab.language import tr
from gradlab.window.lab.adviser import Adviser
from gradlab.window.lab.diagnosis_strip import DiagnosisStrip
from gradlab.window.lab.end_bar import EndBar
from gradlab.window.lab.fields import look_at
from gradlab.window.lab.form import ExperimentForm
from gradlab.window.lab.lane_layout import LaneLayout
from gradlab.window.lab.message_bar import MessageBar
from gradlab.window.lab.outcome import can_train_on, failure, outcome
from gradlab.window.lab.own_data import OwnData
from gradlab.window.lab.page_body import PageBody
from gradlab.window.lab.panel_area import PanelArea
from gradlab.window.lab.panel_offers import PanelOffers
from gradlab.window.lab.pins import Pins
from gradlab.window.lab.readouts import Readouts
from gradlab.window.lab.refusals import notice_in_words, told_alone
from gradlab.window.lab.run_control import RunControl
from gradlab.window.lab.table_import.choices import TABLE
from gradlab.window.lab.transport import RunActions, TransportBar
from gradlab.window.lab.watch_list import WatchList
from gradlab.window.panels.base import Panel
from gradlab.window.training.frame_poll import FramePoll
from gradlab.window.training.trainer import Trainer
from gradlab.window.widgets.boxes import fill
from gradlab.window.widgets.widgets import keeps_key


class LabPage(QWidget):
    """The page with the transport bar, the numbers and the panels.

    Attributes:
        snapshot_shown: emitted with each snapshot, after it was shown.
        renamed: emitted with the name of own data that were brought in.
        settings: those that are shown, and those of the run.
        snapshot: the newest one, with what is pinned.
        pins: the runs that are kept to compare with.
        commands, transport, readouts, message, strip, end_bar, form, panels…: the parts of the page.
        own_data: brings tables and pictures in.
        adviser: says what is wrong with the run.
        control: carries out commands for the run; ``offers`` opens panels of its own accord.
        watch_list: what the trainer computes.
        polling: takes the frames from the trainer.
    """

    snapshot_shown = Signal(object)
    renamed = Signal(str)

    def __init__(self, trainer: Trainer, panels: Iterable[Panel], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        # Where the keyboard is while no control has it: Space then runs and pauses.
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.trainer = trainer
        self.settings = SettingsInForce()
        self.snapshot = Snapshot()
        self._refusal: Notice | None = None
        self.pins = Pins()
        self.commands = RunActions(self)
        self.transport = TransportBar(self.commands)
        self.readouts = Readouts()
        self.message = MessageBar(self._way_to)
        self.end_bar = EndBar(self.commands)
        self._end: tuple[object, ...] | None = None  # the end that was told
        self.form = ExperimentForm(self.settings)
        self.strip = DiagnosisStrip()
        self.strip.stand_beside(self.message, self.end_bar)
        messages = [self.message, self.end_bar]
        self.body = PageBody(self.transport, self.readouts, messages, self.strip, self)
        self.panels = PanelArea([self.form, *panels], self.body.middle)
        self.lanes = LaneLayout(self.panels)
        self.body.add_panels(self.panels)
        self.offers = PanelOffers(self.panels)
        self.control = RunControl(trainer, self.form, self.commands, self.transport, self.offers)
        self.own_data = OwnData(self)
        self.adviser = Adviser(self.panels, self.form, self.strip)
        self.watch_list = WatchList(trainer, self.panels.parts_in_sight)
        self.polling = FramePoll(trainer, self.show_snapshot, self)
        fill(QVBoxLayout(self), self.body)
        self._connect()

    @property
    def experiment(self) -> Experiment:
        """The experiment in the form."""
        return self.settings.shown

    @property
    def state(self) -> State:
        """Where the race stands, by the newest snapshot."""
        return self.snapshot.state

    @property
    def frame(self) -> Frame:
        """The newest frame of the run that is shown."""
        return self.snapshot.shown

    @property
    def begun(self) -> bool:
        """Whether an experiment was opened."""
        return self.settings.loaded is not None

    def open(self, experiment: Experiment, hint: str = "") -> None:
        """Show and load an experiment, from its start; ``hint`` says what there is to see."""
        self.pins.let_go_of_others(experiment.data)
        self.control.open(experiment)
        self.snapshot = replace(self.snapshot, notice=None)  # else its going away would take the hint along
        if hint:
            self._show_notice(Notice("info", hint))

    def pause(self) -> None:
        """Pause the run, if it is running."""
        if self.state is State.RUNNING:
            self.control.pause()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show a snapshot everywhere on the page."""
        snapshot, frame, before = self.pins.follow(snapshot), snapshot.shown, self.snapshot
        if snapshot.notice != before.notice:
            self._show_notice(snapshot.notice)
        if snapshot.devices != before.devices:
            self.form.set_devices(snapshot.devices)
        self.snapshot = snapshot
        is_over = frame.state is State.FINISHED
        if self.settings.note_run(has_begun=frame.progress.begun, is_over=is_over):
            self.form.show_pending()
        more = is_over and can_train_on(snapshot)
        self.commands.show_state(frame.state, begun=frame.progress.begun, more=more)
        if frame.experiment is not None:
            self.commands.show_zeroing(frame.experiment.gradients.zero)
        self._show_end()
        self.offers.follow(frame)
        self.transport.show_frame(frame)
        self.readouts.show_frame(frame)
        self.adviser.follow(snapshot)
        self.panels.show_snapshot(self.adviser.marked(snapshot))
        self.snapshot_shown.emit(snapshot)

    def event(self, event: QEvent) -> bool:
        """Keep keys for the focused control where a shortcut would take them."""
        if keeps_key(event):
            event.accept()
            return True
        return super().event(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Look for frames while the page can be seen."""
        super().showEvent(event)
        self.polling.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop looking for frames."""
        super().hideEvent(event)
        self.polling.stop()

    def _connect(self) -> None:
        trainer, area, bus = self.trainer, self.panels, self.panels.bus
        self.control.loaded.connect(self.message.clear)
        self.control.loaded.connect(self._show_loading)
        self.control.refused.connect(self._show_refusal)
        self.form.all_accepted.connect(self._end_refusal)
        self.message.led.connect(self._lead)
        self.form.own_data_wanted.connect(lambda source: self.own_data.ask(source, self.experiment))
        self.form.path_picked.connect(lambda path: self.own_data.open(Path(path), self.experiment))
        self.form.wants_look.connect(self._look_at_own_data)
        self.own_data.chosen.connect(self._take_own_data)
        self.commands.again.triggered.connect(self._run_again)
        self.commands.train_on.triggered.connect(self._train_on)
        area.sight_changed.connect(self.watch_list.update)
        self.adviser.race_wanted.connect(self.control.race)
        self.adviser.experiment_wanted.connect(self.control.show)
        self.adviser.pin_wanted.connect(lambda run: self._pin(run, True))
        self.adviser.refused.connect(self._show_notice)
        self.adviser.pointed.connect(self._draw_again)
        bus.asked.connect(lambda ask: trainer.ask(ask.kind, ask.wish, ask.lane))
        bus.lane_wanted.connect(trainer.show_lane)
        bus.pin_wanted.connect(lambda wish: self._pin(wish.run, wish.on))
        bus.run_again_wanted.connect(self._run_again)
        bus.setting_wanted.connect(lambda change: self.form.set_value(change.key, change.value))

    def _pin(self, run: int, on: bool) -> None:
        self.pins.pin(run, on)
        self.snapshot = self.pins.follow(self.snapshot)
        self._draw_again()

    @Slot()
    def _draw_again(self) -> None:
        self.panels.show_snapshot(self.adviser.marked(self.snapshot))

    @Slot()
    def _run_again(self) -> None:
        """Keep the run that is shown, and make it once more with the other way of zeroing."""
        shown = self.frame.experiment
        if shown is not None and self.frame.progress.begun and self.control.may_start():
            self._pin(self.frame.run, True)
            self.control.run_again(shown)

    @Slot()
    def _show_loading(self) -> None:
        """Empty everything: what is shown is of a run that makes way for another."""
        if self.state is State.LOADING:  # nothing is shown
            return
        frame = Frame(task=self.frame.task, experiment=self.settings.loaded)
        self.show_snapshot(Snapshot(frame, devices=self.snapshot.devices))
        # What is pressed meanwhile waits for the new run. A button that fell asleep would miss the click of which
        # the first half has left a field, and so built the run again.
        self.commands.show_state(State.READY)

    @Slot(object)
    def _show_refusal(self, refusal: Notice) -> None:
        self._refusal = refusal
        self.message.show_notice(refusal)

    @Slot()
    def _end_refusal(self) -> None:
        if self._refusal is not None and self.message.notice is self._refusal:
            self.message.clear()
        self._refusal = None

    def _train_on(self) -> None:
        self.control.train_on(self.frame.progress.epoch)

    def _show_end(self) -> None:
        """Say how the run has ended, once; nothing while it is not over."""
        snapshot, failed = self.snapshot, self.state is State.FAILED
        is_told = failed and snapshot.notice is not None and bool(self._way_to(snapshot.notice.key))
        if self.offers.guided or is_told or not (failed or self.state is State.FINISHED):
            self._end = None  # a lesson says itself how to go on, and so does a message that leads somewhere
            self.end_bar.hide()
            return
        end = (self.state, snapshot.shown.run, snapshot.shown.progress.update)
        if end != self._end:
            self._end = end
            if self.message.notice is not None and self.message.notice.level == "info":
                self.message.clear()  # it says what there would be to see
            self.end_bar.show_words(failure() if failed else outcome(snapshot), failed=failed)

    def _show_notice(self, notice: Notice | None) -> None:
        """Say something above the panels, where people look, and beside the field that it is about."""
        self.message.clear()
        if notice is None:
            self.form.show_notice(None)
            return
        told = self.show_beside(notice)
        self.message.show_notice(replace(told, text=notice_in_words(told.text, told.key)))

    def show_beside(self, notice: Notice) -> Notice:
        """Show a notice beside the field that it is about; return it as it is said in the window."""
        line = self._without_folder(tr(notice.text))
        if not self._is_of_own_data(notice.key):
            told = replace(notice, text=line)
            self.form.show_notice(told)
            return told
        told = replace(notice, text=told_alone(line) if self.experiment.data.source == TABLE else line)
        # Most settings of a table are folded away, and changed on a page of their own: the file stands for them.
        self.form.show_notice(replace(told, key="data.path") if told.level == "error" else told)
        return told

    def _without_folder(self, line: str) -> str:
        """Return a line about a file without the folders that it is in: they would fill the line."""
        path = self.experiment.data.path
        return line.replace(f"{path}: ", f"{Path(path).name}: ") if path else line

    def _way_to(self, key: str) -> str:
        """Return the words on a button that leads to where a setting is changed; empty where there is none."""
        if self._is_of_own_data(key):
            return look_at(pictures=self.experiment.data.source != TABLE)
        return tr("Show the setting") if self.form.has(key) else ""

    def _is_of_own_data(self, key: str) -> bool:
        """Return whether a setting is chosen on the page that shows own data."""
        data = self.experiment.data
        if data.source == TABLE:
            is_there = key.startswith("data.") and key.removeprefix("data.") in SOURCES[TABLE].uses
        else:
            is_there = key == "data.path"
        return is_there and bool(data.path)

    @Slot(str)
    def _lead(self, key: str) -> None:
        """Go to the place where a setting is changed."""
        if self._is_of_own_data(key):
            self._look_at_own_data()
        else:
            self.panels.show_panel("experiment")
            self.form.lead_to(key)

    @Slot()
    def _look_at_own_data(self) -> None:
        self.form.flush()
        self.own_data.look(self.experiment)

    @Slot(object)
    def _take_own_data(self, experiment: Experiment) -> None:
        """Begin with own data, unless nothing about them is new."""
        if experiment != self.settings.loaded or self.state is State.FAILED:
            self.open(experiment)
            self.renamed.emit(experiment.name)
