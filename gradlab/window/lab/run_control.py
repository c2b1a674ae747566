"""Carries out the commands for a run."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot

from gradlab.experiment.in_force import Effect
from gradlab.experiment.schema import Experiment
from gradlab.instruments.records import Notice
from gradlab.language import tr
from gradlab.runs.speed import Speed
from gradlab.training.zeroing.base import contrast
from gradlab.window.lab.form import ExperimentForm
from gradlab.window.lab.panel_offers import PanelOffers
from gradlab.window.lab.transport import MORE_EPOCHS, RunActions, TransportBar
from gradlab.window.training.trainer import Trainer


class RunControl(QObject):
    """Passes commands on to the trainer, and applies what the form says.

    Attributes:
        loaded: emitted when the run is built again.
        refused: emitted with a Notice, where a field shows a value that is not possible: nothing starts then.
        may_begin: asked before anything is trained; a lesson asks for a prediction first.
        speed_kept: emitted with the Speed that people chose for all their runs, and not for a step of a lesson.
        own_speed: the speed to go back to while one is lent; else None.
    """

    loaded = Signal()
    refused = Signal(object)
    may_begin: Callable[[], bool] = staticmethod(lambda: True)
    speed_kept = Signal(object)

    def __init__(
        self,
        trainer: Trainer,
        form: ExperimentForm,
        commands: RunActions,
        transport: TransportBar,
        offers: PanelOffers,
    ) -> None:
        super().__init__(form)
        self._trainer = trainer
        self._form = form
        self._settings = form.settings
        self._commands = commands
        self._transport = transport
        self._offers = offers
        self.own_speed: Speed | None = None
        transport.speed_changed.connect(self._take_speed)
        form.changed.connect(self._take_change)
        form.wants_reset.connect(self.reset)
        commands.wants_run.connect(self.run_on)
        commands.wants_pause.connect(self.pause)
        commands.step_phase.triggered.connect(self._step_phase)
        commands.step_batch.triggered.connect(lambda: self._go(trainer.step_batch))
        commands.step_epoch.triggered.connect(lambda: self._go(trainer.step_epoch))
        commands.reset.triggered.connect(self.reset)
        trainer.set_speed(transport.chosen_speed)

    def open(self, experiment: Experiment) -> None:
        """Show and load an experiment, from its start."""
        self._offers.open(experiment)
        self._form.begin_with(experiment)
        self._load()

    @Slot()
    def run_on(self) -> None:
        """Train, until all epochs are done or the run is paused."""
        self._go(self._trainer.run_on, by_phase=self._transport.chosen_speed.by_phase)

    @Slot()
    def pause(self) -> None:
        """Pause the run; an update that is under way is finished first."""
        self._trainer.pause()
        self._commands.show_pausing(True)

    def train_on(self, done: int) -> None:
        """Train more epochs, after the ``done`` ones."""
        self._form.flush()
        epochs = max(self._settings.shown.training.epochs, done) + MORE_EPOCHS
        self._settings.note_run(has_begun=True, is_over=False)  # else the form would ask for a reset
        self._form.set_value("training.epochs", epochs)
        self.run_on()

    def choose_speed(self, speed: Speed) -> None:
        """Train at this speed from now on."""
        self._transport.set_speed(speed)
        self._trainer.set_speed(speed)

    def lend_speed(self, speed: Speed | None) -> None:
        """Train at this speed for a while; with None, at the one before again."""
        before = self.own_speed or self._transport.chosen_speed
        self.own_speed = before if speed else None
        self.choose_speed(speed or before)

    def run_again(self, run: Experiment) -> None:
        """Make a run once more, with the other way of zeroing."""
        self._settings.show_again(run, contrast(run.gradients.zero).name)
        self.race(self._settings.shown)

    def race(self, experiment: Experiment) -> None:
        """Show an experiment beside whatever panels are open, and train it from its start."""
        self.show(experiment)
        self._offers.offer("compare")
        self._trainer.run_on()

    def show(self, experiment: Experiment) -> None:
        """Show and load another experiment, in the panels that are open."""
        self._settings.show(experiment)
        self._form.show_experiment(experiment)
        self._load()

    @Slot()
    def reset(self) -> None:
        """Build the run again, with what the form says; what is not possible is put back."""
        self._form.flush()
        self._form.put_back()
        self._load()

    def may_start(self) -> bool:
        """Apply what is typed; return whether all of it is possible, and else say what is not."""
        # What is typed but not confirmed counts: people press Run, not Enter.
        self._form.flush()
        if not self._form.refused:
            return True
        field = self._form.refused[0]
        self._form.body.bring(field)
        field.editor.setFocus()
        line = tr(
            "It does not start: “{text}” is not possible for {setting}. Esc there puts back what is in force."
        )
        self.refused.emit(Notice("error", line.format(text=field.shown, setting=field.setting.label)))
        return False

    @Slot()
    def _step_phase(self) -> None:
        self._go(self._trainer.step_phase, by_phase=True)

    def _go(self, command: Callable[[], None], *, by_phase: bool = False) -> None:
        if self.may_begin() and self.may_start():
            if by_phase:
                self._offers.offer_phases()
            self._commands.show_pausing(False)
            command()

    def _load(self) -> None:
        experiment = self._settings.load()
        self._commands.show_pausing(False)
        self.loaded.emit()
        self._form.show_pending()
        self._trainer.load(experiment)

    @Slot(object)
    def _take_speed(self, speed: Speed) -> None:
        self._trainer.set_speed(speed)
        if self.own_speed is None:
            self.speed_kept.emit(speed)

    @Slot(str, object)
    def _take_change(self, key: str, effect: Effect) -> None:
        if self._settings.loaded is None:
            return
        if key == "data.source":
            self._offers.offer_data(self._settings.shown)
        if effect is Effect.RELOAD:
            self._load()
            return
        if effect is Effect.LIVE:
            self._trainer.change(self._settings.loaded)
        self._form.show_pending()
