from pathlib import Path

from gradlab.experiment.schema import Experiment
from gradlab.instruments.stopwatch import Stopwatch
from gradlab.runs.folder import RunFolder
from gradlab.runs.judge import Judge
from gradlab.runs.stepper import Stepper
from gradlab.training.events import Backward, EpochEnded, Event, Finished, Updated
from gradlab.training.loop import finish
from gradlab.training.run import TrainingRun


class RecordedRun:
    """A run that can be stepped through at any pace, and that writes its folder.

    Attributes:
        run: the training itself; read it only on the thread that steps it.
        stepper: steps through it; runs trained in one computation share a stepper.
        judge: gathers what it shows, and says what is wrong.
        clock: measures the time spent training, without pauses.
        ending: how it ended; None while it can continue.
        updated: its latest update; None before the first.
        epoch_ended: its latest epoch; at first epoch 0, that of the untouched model.
    """

    epoch_ended: EpochEnded

    def __init__(self, experiment: Experiment, folder: Path | None = None) -> None:
        """Build the run; its files go into ``folder`` from the first update on (None: nowhere)."""
        self.run = TrainingRun(experiment)
        self.judge = Judge(self.run)
        self.ending: Finished | None = None
        self.updated: Updated | None = None
        self.clock = Stopwatch()
        self.stepper = Stepper(self.run, self.note, self.clock)
        self._folder_path = folder
        self._folder: RunFolder | None = None

    @property
    def has_begun(self) -> bool:
        """Whether any phase is done."""
        return self.stepper.phase != ""

    def step_phase(self) -> None:
        """Do the next phase: zeroing, a forward pass, a backward pass, clipping or an update."""
        self.stepper.step_phase()

    def step_update(self) -> None:
        """Continue to the next update, and through the end of the epoch or the run if that is due."""
        self.stepper.step_update()

    def step_epoch(self) -> None:
        """Continue to the end of the epoch, and of the run if that is due."""
        self.stepper.step_epoch()

    def note(self, event: Event) -> None:
        """Record an event of the run."""
        if isinstance(event, Backward | Updated):
            self._open_folder()
        self.judge.note(event)
        if self._folder is not None:
            self._folder.observe(event)
        match event:
            case Updated():
                self.updated = event
            case EpochEnded():
                self.epoch_ended = event
            case Finished():
                self.ending = event
            case _:
                pass

    def go_alone(self) -> None:
        """Leave the stack and continue alone from here."""
        self.stepper = Stepper(self.run, self.note, self.clock, self.stepper.phase)

    def change(self, experiment: Experiment) -> None:
        """Put live settings in force at the next update; with more epochs a finished run can continue.

        Raises:
            InputError: see :meth:`TrainingRun.change`.
        """
        self.run.change(experiment)
        may_go_on = self.ending is not None and self.ending.reason != "diverged"
        if may_go_on and experiment.training.epochs > self.run.counters.epochs:
            self.ending = None
            self.go_alone()

    def save_checkpoint(self) -> None:
        """Save a checkpoint to resume from."""
        if self._folder is not None:
            self._folder.save_checkpoint()

    def close(self) -> None:
        """Stop the run where it is; if it has begun, it is saved as interrupted."""
        if self.ending is None and not self.run.position.is_untouched:
            self.stepper.step_until_it_can_be_left()
            self.save_checkpoint()
            self.note(finish(self.run, "interrupted"))
        if self._folder is not None:
            self._folder.__exit__()
            self._folder = None

    def _open_folder(self) -> None:
        """Create the files after the first backward pass: before it, no checkpoint would be valid."""
        if self._folder is None and self._folder_path is not None:
            self._folder = RunFolder(self._folder_path, self.run, self.judge)
            self._folder.observe(self.epoch_ended)
