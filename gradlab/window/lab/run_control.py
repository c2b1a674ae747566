"""Carries out the commands for a run."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot

from gradlab.experiment.in_force import Effect
from gradlab.experiment.schema import Experiment
from gradlab.training.zeroing.base import contrast
from gradlab.window.lab.form import ExperimentForm
from gradlab.window.lab.panel_offers import PanelOffers
from gradlab.window.lab.transport import RunActions, TransportBar
from gradlab.window.training.trainer import Trainer


class RunControl(QObject):
    """Passes commands on to the trainer, and applies what the form says.

    Attributes:
        loaded: emitted when the run is built again.
    """

    loaded = Signal()

    def __init__(
        self, trainer: Trainer, form: ExperimentForm, transport: TransportBar, offers: PanelOffers
    ) -> None:
        super().__init__(form)
        self._trainer = trainer
        self._form = form
        self._settings = form.settings
        self._transport = transport
        self._offers = offers
        transport.speed_changed.connect(trainer.set_speed)
        form.changed.connect(self._take_change)
        form.wants_reset.connect(self.reset)

    def obey(self, commands: RunActions) -> None:
        """Connect the commands with what they do."""
        trainer = self._trainer
        commands.wants_run.connect(self.run_on)
        commands.wants_pause.connect(trainer.pause)
        commands.step_phase.triggered.connect(self._step_phase)
        commands.step_batch.triggered.connect(lambda: self._go(trainer.step_batch))
        commands.step_epoch.triggered.connect(lambda: self._go(trainer.step_epoch))
        commands.reset.triggered.connect(self.reset)

    def open(self, experiment: Experiment) -> None:
        """Show and load an experiment, from its start."""
        self._offers.offer_data(experiment.data)
        self._offers.offer_comparison(experiment)
        self._form.begin_with(experiment)
        self._load()

    @Slot()
    def run_on(self) -> None:
        """Train, until all epochs are done or the run is paused."""
        if self._transport.chosen_speed.by_phase:
            self._offers.offer_phases()
        self._go(self._trainer.run_on)

    def run_again(self, run: Experiment) -> None:
        """Make a run once more, with the other way of zeroing."""
        self._form.flush()
        self._settings.show_again(run, contrast(run.gradients.zero).name)
        self._form.show_experiment(self._settings.shown)
        self._offers.offer("compare")
        self._load()
        self._trainer.run_on()

    @Slot()
    def reset(self) -> None:
        """Build the run again, with what the form says."""
        self._form.flush()
        self._load()

    @Slot()
    def _step_phase(self) -> None:
        self._offers.offer_phases()
        self._go(self._trainer.step_phase)

    def _go(self, command: Callable[[], None]) -> None:
        # What is typed but not confirmed counts: people press Run, not Enter.
        self._form.flush()
        command()

    def _load(self) -> None:
        experiment = self._settings.load()
        self.loaded.emit()
        self._form.show_pending()
        self._trainer.load(experiment)

    @Slot(str, object)
    def _take_change(self, key: str, effect: Effect) -> None:
        if self._settings.loaded is None:
            return
        if key == "data.source":
            self._offers.offer_data(self._settings.shown.data)
        if effect is Effect.RELOAD:
            self._load()
            return
        if effect is Effect.LIVE:
            self._trainer.change(self._settings.loaded)
        self._form.show_pending()
