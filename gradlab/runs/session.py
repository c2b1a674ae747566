"""One run as a window drives it: events at any pace, instruments, and frames to look at."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

from gradlab.experiment.schema import Experiment
from gradlab.instruments.confusion import ConfusionRecorder
from gradlab.instruments.curves import CurveRecorder
from gradlab.instruments.gradients import PHASES, BufferRecorder
from gradlab.instruments.instrument import Instrument
from gradlab.instruments.landscape import LandscapeRecorder
from gradlab.instruments.layers import TimelineRecorder
from gradlab.instruments.records import EpochRow, Frame, Phase, Progress
from gradlab.instruments.views import DataRecorder
from gradlab.runs.folder import RunFolder
from gradlab.training.events import Backward, EpochEnded, Event, Finished, Forward, Updated
from gradlab.training.loop import finish, train
from gradlab.training.run import TrainingRun

RATE_SECONDS = 2.0  # the span over which the speed is measured
# What watches a run; each fills the part of a frame that it names.
INSTRUMENTS: tuple[type[Instrument], ...] = (
    CurveRecorder,
    TimelineRecorder,
    BufferRecorder,
    ConfusionRecorder,
    DataRecorder,
    LandscapeRecorder,
)


class Session:
    """A run, its loop and everything that watches it.

    Attributes:
        run: what is trained; read it only on the thread that steps the session.
        ending: how it ended, None while it can go on.
    """

    def __init__(self, experiment: Experiment, folder: Path | None = None) -> None:
        """Build the run; its files go into ``folder`` from the first update on (None: nowhere)."""
        self.run = TrainingRun(experiment)
        self.ending: Finished | None = None
        self._events = train(self.run)
        self._instruments = {instrument.part: instrument(self.run) for instrument in INSTRUMENTS}
        self._curves = cast(CurveRecorder, self._instruments["curves"])
        self._watched: frozenset[str] = frozenset()
        self._hearers: dict[type[Event], list[Callable[[Any], None]]] = {}
        self._pace = _Pace()
        self._folder_path = folder
        self._folder: RunFolder | None = None
        self._phase: Phase = ""
        self._by_phase = False
        self.watch(frozenset())
        self._untouched = self._take()

    # --- going on ----------------------------------------------------------------------------------------

    @property
    def has_begun(self) -> bool:
        """Whether any phase was done."""
        return self._phase != ""

    def step_phase(self) -> None:
        """Do the next phase: zeroing, a forward pass, a backward pass, clipping or an update."""
        self._by_phase = True
        self._go_on_to(*PHASES)

    def step_update(self) -> None:
        """Go on to the next update, and through the end of the epoch or the run if that is due."""
        self._by_phase = False
        self._go_on_to(Updated)

    def step_epoch(self) -> None:
        """Go on to the end of the epoch, and of the run if that is due."""
        self._by_phase = False
        self._go_on_to(EpochEnded)

    def pause(self) -> None:
        """Take note that time passes without training."""
        self._pace.pause()

    def change(self, experiment: Experiment) -> None:
        """Let live settings hold from the next update on; more epochs wake a finished run up.

        Raises:
            InputError: see :meth:`TrainingRun.change`.
        """
        self.run.change(experiment)
        may_go_on = self.ending is not None and self.ending.reason != "diverged"
        if may_go_on and experiment.training.epochs > self.run.counters.epochs:
            self.ending = None
            self._events = train(self.run)

    def close(self) -> None:
        """Stop where the run is; what was begun is written down as interrupted."""
        if self.ending is None and not self.run.is_untouched:
            if self._folder is not None:
                self._go_on_to_a_checkpoint()
                self._folder.save_checkpoint()
            self._observe(finish(self.run, "interrupted"))
        if self._folder is not None:
            self._folder.__exit__()
            self._folder = None

    def _go_on_to_a_checkpoint(self) -> None:
        """Finish what a checkpoint cannot hold: a loss without its backward pass, a clipped gradient."""
        while self._phase in ("forward", "clipped"):
            event = next(self._events, None)
            if event is None:  # the loop broke off here
                return
            self._observe(event)

    def _go_on_to(self, *goals: type[Event]) -> None:
        if self.ending is not None:
            return
        with self._curves.clock:
            event = self._take_until(*goals)
            # The end of an epoch and of the run belong to their last phase: nobody should have to step onto them.
            if isinstance(event, Updated | Backward) and self._epoch_is_over:
                event = self._take_until(EpochEnded)
            if isinstance(event, EpochEnded) and self._run_is_over:
                self._take_until(Finished)

    def _take_until(self, *goals: type[Event]) -> Event:
        event = self._take()
        while not isinstance(event, (*goals, Finished)):
            event = self._take()
        return event

    @property
    def _epoch_is_over(self) -> bool:
        """Whether neither a batch nor an update is left to do in the epoch."""
        run = self.run
        if run.leaves_out_the_rest:
            return True
        return run.epoch is not None and run.epoch.is_over and not run.window_is_full

    @property
    def _run_is_over(self) -> bool:
        spec = self.run.wanted.training
        return self.run.counters.epochs >= spec.epochs or self.run.stopping.is_over(spec.patience)

    def _take(self) -> Event:
        event = next(self._events)
        self._observe(event)
        return event

    def _observe(self, event: Event) -> None:
        if isinstance(event, Forward):
            self._open_folder()
        self._phase = PHASES.get(type(event), self._phase)
        for observe in self._hearers.get(type(event), ()):
            observe(event)
        if self._folder is not None:
            self._folder.observe(event)
        match event:
            case Updated():
                self._pace.count()
            case Finished():
                self.ending = event
            case _:
                pass

    def _open_folder(self) -> None:
        """Begin the run's files when the first batch is trained on: looking around leaves none."""
        if self._folder is None and self._folder_path is not None:
            self._folder = RunFolder(self._folder_path, self.run)
            self._folder.observe(self._untouched)

    # --- looking -----------------------------------------------------------------------------------------

    def watch(self, parts: frozenset[str]) -> None:
        """Say which parts of a frame somebody looks at; the others are not computed."""
        self._watched = parts
        self._hearers = {}
        for part, instrument in self._instruments.items():
            if part in parts or not instrument.only_watched:
                for kind in instrument.hears:
                    self._hearers.setdefault(kind, []).append(instrument.observe)

    def ask(self, part: str, wish: object) -> None:
        """Pass on a wish of the panel that shows a part."""
        self._instruments[part].ask(wish)

    @property
    def has_work(self) -> bool:
        """Whether an instrument that somebody watches has something to compute in the background."""
        return any(instrument.has_work for instrument in self._watching())

    def work(self) -> None:
        """Do a few milliseconds of it."""
        for instrument in self._watching():
            if instrument.has_work:
                instrument.work()
                return

    def _watching(self) -> Iterator[Instrument]:
        return (instrument for part, instrument in self._instruments.items() if part in self._watched)

    def frame(self, *, at_rest: bool) -> Frame:
        """Return a picture of the run with the parts that somebody watches.

        ``at_rest``: nothing will change for a while, so every part is brought up to date.
        """
        row = self._row_of_these_weights()
        return Frame(
            progress=self._progress(),
            train_loss=self._curves.latest_loss,
            val_loss=row.val_loss,
            val_accuracy=row.val_accuracy,
            task="classification" if self.run.objective.classes else "regression",
            device=str(self.run.device),
            experiment=self.run.wanted if self.run.window is None else self.run.experiment,
            **self._parts(at_rest),
        )

    def _parts(self, at_rest: bool) -> dict[str, Any]:
        return {instrument.part: instrument.record(at_rest=at_rest) for instrument in self._watching()}

    def _row_of_these_weights(self) -> EpochRow:
        """Return the latest epoch's numbers, or the best one's where its weights are back."""
        rows = self._curves.epochs
        if self.ending is not None and self.ending.restored:
            return next(row for row in rows if row.epoch == self.ending.best_epoch)
        return rows[-1]

    def _progress(self) -> Progress:
        counters = self.run.counters
        rate = self._pace.per_second
        left = max(self.run.total_updates - counters.updates, 0)
        return Progress(
            epoch=counters.epochs,
            epochs=self.run.wanted.training.epochs,
            epoch_position=self.run.epoch_position,
            update=counters.updates,
            micro_batches=counters.micro_batches,
            samples=counters.samples,
            updates_per_second=rate,
            seconds_left=left / rate if rate else None,
            phase=self._phase,
            by_phase=self._by_phase,
        )


class _Pace:
    """How many updates a second were made lately."""

    def __init__(self) -> None:
        self._moments: deque[tuple[float, int]] = deque()
        self._count = 0

    def count(self) -> None:
        self._count += 1
        now = time.perf_counter()
        if not self._moments or now - self._moments[-1][0] > RATE_SECONDS / 20:
            self._moments.append((now, self._count))
        while now - self._moments[0][0] > RATE_SECONDS and len(self._moments) > 2:
            self._moments.popleft()

    def pause(self) -> None:
        self._moments.clear()

    @property
    def per_second(self) -> float:
        if len(self._moments) < 2:
            return 0.0
        (start, before), (end, after) = self._moments[0], self._moments[-1]
        return (after - before) / (end - start)
