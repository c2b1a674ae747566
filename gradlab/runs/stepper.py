from collections.abc import Callable

from gradlab.instruments.gradients import PHASES
from gradlab.instruments.records import Phase
from gradlab.instruments.stopwatch import Stopwatch
from gradlab.training.events import Backward, EpochEnded, Event, Finished, Updated
from gradlab.training.loop import train
from gradlab.training.stack import Trainable


class Stepper:
    """Steps through a run at any pace: phase by phase, update by update, or epoch by epoch.

    Attributes:
        run: the training itself, or a stack of several.
        phase: the latest phase; empty before the first.
        by_phase: whether the latest step was a phase, so that the run may rest in the middle of an update.
        is_over: whether the run has ended.
        clock: measures the time spent training.
    """

    def __init__(
        self, run: Trainable, tell: Callable[[Event], None], clock: Stopwatch, phase: Phase = ""
    ) -> None:
        """Start a run, or continue one whose latest phase was ``phase``; ``tell`` gets every event."""
        self.run: Trainable = run
        self.phase: Phase = phase
        self.by_phase = False
        self.is_over = False
        self.clock = clock
        self._tell = tell
        self._events = train(run)

    @property
    def updates(self) -> int:
        """The number of updates made."""
        return self.run.position.counters.updates

    @property
    def can_be_left(self) -> bool:
        """Whether a checkpoint is possible here: not right after a forward pass, nor right after clipping."""
        return self.phase not in ("forward", "clipped")

    def step_phase(self) -> None:
        """Do the next phase: zeroing, a forward pass, a backward pass, clipping or an update."""
        self._go_on_to(*PHASES)
        self.by_phase = True

    def step_update(self) -> None:
        """Continue to the next update, and through the end of the epoch or the run if that is due."""
        self._go_on_to(Updated)
        self.by_phase = False

    def step_epoch(self) -> None:
        """Continue to the end of the epoch, and of the run if that is due."""
        self._go_on_to(EpochEnded)
        self.by_phase = False

    def step_until_it_can_be_left(self) -> None:
        """Continue until a checkpoint is possible; an end of an epoch that is due is left to do."""
        while not (self.can_be_left or self.is_over):
            if self.take() is None:  # the loop broke off here
                return

    def take(self) -> Event | None:
        """Take the next event of any kind and pass it on; return None if there is none left."""
        event = next(self._events, None)
        if event is not None:
            self.phase = PHASES.get(type(event), self.phase)
            self.is_over = isinstance(event, Finished)
            self._tell(event)
        return event

    def _go_on_to(self, *goals: type[Event]) -> None:
        if self.is_over:
            return
        with self.clock:
            event = self._take_until(*goals)
            # The ends of an epoch and of the run belong to the phase before: they need no step of their own.
            if isinstance(event, Updated | Backward) and self._epoch_is_over:
                event = self._take_until(EpochEnded)
            if isinstance(event, EpochEnded) and self._run_is_over:
                self._take_until(Finished)

    def _take_until(self, *goals: type[Event]) -> Event:
        while True:
            event = self.take()
            assert event is not None, "a run ends with its end"
            if isinstance(event, (*goals, Finished)):
                return event

    @property
    def _epoch_is_over(self) -> bool:
        """Whether neither a batch nor an update is left in the epoch."""
        position = self.run.position
        if position.leaves_out_the_rest:
            return True
        return position.epoch is not None and position.epoch.is_over and not position.window_is_full

    @property
    def _run_is_over(self) -> bool:
        spec = self.run.settings.wanted.training
        is_patience_over = self.run.best.stopping.is_over(spec.patience)
        return self.run.position.counters.epochs >= spec.epochs or is_patience_over
