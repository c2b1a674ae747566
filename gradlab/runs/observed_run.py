"""One run as a window drives it: events at any pace, instruments, and frames to look at."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

from gradlab.experiment.schema import Experiment
from gradlab.instruments.activations import ActivationRecorder
from gradlab.instruments.confusion import ConfusionRecorder
from gradlab.instruments.curves import CurveRecorder
from gradlab.instruments.flow import FlowRecorder
from gradlab.instruments.gradients import BufferRecorder
from gradlab.instruments.instrument import Instrument
from gradlab.instruments.landscape import LandscapeRecorder
from gradlab.instruments.layers import TimelineRecorder
from gradlab.instruments.records import Curves, EpochRow, Frame, Kinds, Progress, Record, State
from gradlab.instruments.signal import SignalRecorder
from gradlab.instruments.views import DataRecorder
from gradlab.runs.recorded_run import RecordedRun
from gradlab.runs.time_shares import TimeShares
from gradlab.training.events import Event, Updated

P = ParamSpec("P")
V = TypeVar("V")
RATE_SECONDS = 2.0  # the span over which the speed is measured
# What watches a run; each fills the part of a frame that it names.
INSTRUMENTS: tuple[type[Instrument], ...] = (
    CurveRecorder,
    TimelineRecorder,
    BufferRecorder,
    FlowRecorder,
    ConfusionRecorder,
    DataRecorder,
    LandscapeRecorder,
    ActivationRecorder,
    SignalRecorder,
)


class ObservedRun(RecordedRun):
    """A run with everything that watches it."""

    def __init__(self, experiment: Experiment, folder: Path | None = None, number: int = 0) -> None:
        """Build the run; its files go into ``folder`` from the first update on (None: nowhere).

        Frames of it have this run ``number``.
        """
        super().__init__(experiment, folder)
        self._number = number
        self._instruments = {instrument.part: instrument(self.run) for instrument in INSTRUMENTS}
        self._curves = cast(CurveRecorder, self._instruments[Curves])
        self._curves.clock = self.clock
        self._watched: Kinds = frozenset()
        self._hearers: dict[type[Event], list[Callable[[Any], None]]] = {}
        self._pace = _Pace()
        self._times: TimeShares | None = None
        self.watch(frozenset())
        self.stepper.take()

    # --- going on ----------------------------------------------------------------------------------------

    def pause(self) -> None:
        """Take note that time passes without training."""
        self._pace.pause()

    def note(self, event: Event) -> None:
        """Let everybody hear of an event who listens; the run is as the phase left it."""
        super().note(event)
        for observe in self._hearers.get(type(event), ()):
            observe(event)
        if isinstance(event, Updated):
            self._pace.count()

    # --- looking -----------------------------------------------------------------------------------------

    def watch(self, parts: Kinds) -> None:
        """Make records of these kinds from now on, and no others."""
        self._watched = parts
        self._hearers = {}
        for part, instrument in self._instruments.items():
            if part in parts or not instrument.only_watched:
                for kind in instrument.hears:
                    self._hearers.setdefault(kind, []).append(self._timed(instrument, instrument.observe))

    def measure(self, times: TimeShares | None) -> None:
        """Measure what the instruments cost from now on; with None, no longer."""
        self._times = times
        self.watch(self._watched)

    def _timed(self, instrument: Instrument, act: Callable[P, V]) -> Callable[P, V]:
        title = instrument.title or type(instrument).__name__
        return act if self._times is None else self._times.timed(title, act)

    def ask(self, part: type[Record], wish: object) -> None:
        """Pass a panel's wish to the instrument that makes records of this kind."""
        self._instruments[part].ask(wish)

    @property
    def has_work(self) -> bool:
        """Whether an instrument that somebody watches has something to compute in the background."""
        return any(instrument.has_work for instrument in self._watching())

    def work(self) -> None:
        """Do a few milliseconds of it."""
        for instrument in self._watching():
            if instrument.has_work:
                self._timed(instrument, instrument.work)()
                return

    def _watching(self) -> Iterator[Instrument]:
        return (instrument for part, instrument in self._instruments.items() if part in self._watched)

    def frame(self, *, at_rest: bool, state: State = State.READY) -> Frame:
        """Return a picture of the run with the records that are watched.

        Args:
            at_rest: nothing will change for a while, so every record is brought up to date.
            state: where the run stands while it can go on.
        """
        row = self._row_of_these_weights()
        return Frame(
            run=self._number,
            state=state if self.ending is None else State.FINISHED,
            progress=self._progress(),
            train_loss=self._curves.latest_loss,
            val_loss=row.val_loss,
            val_accuracy=row.val_accuracy,
            val_f1=row.val_f1,
            reward=row.reward,
            task="classification" if self.run.objective.classes else "regression",
            device=str(self.run.network.device),
            experiment=self.run.settings.wanted if self.run.position.window is None else self.run.experiment,
            parts=self._parts(at_rest),
        )

    def _parts(self, at_rest: bool) -> dict[type[Record], Record]:
        records = {
            instrument.part: self._timed(instrument, instrument.record)(at_rest=at_rest)
            for instrument in self._watching()
        }
        return {kind: record for kind, record in records.items() if record is not None}

    def _row_of_these_weights(self) -> EpochRow:
        """Return the latest epoch's numbers, or the best one's where its weights are back."""
        rows = self._curves.epochs
        if self.ending is not None and self.ending.restored:
            return next(row for row in rows if row.epoch == self.ending.best_epoch)
        return rows[-1]

    def _progress(self) -> Progress:
        counters = self.run.counters
        rate = self._pace.per_second
        left = max(self.run.optimizer.total_updates - counters.updates, 0)
        return Progress(
            epoch=counters.epochs,
            epochs=self.run.settings.wanted.training.epochs,
            epoch_position=self.run.position.in_epochs,
            update=counters.updates,
            micro_batches=counters.micro_batches,
            samples=counters.samples,
            updates_per_second=rate,
            seconds_left=left / rate if rate else None,
            phase=self.stepper.phase,
            by_phase=self.stepper.by_phase,
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
