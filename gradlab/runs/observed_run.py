import time
from collections import deque
from pathlib import Path

from typing_extensions import override

from gradlab.experiment.schema import Experiment
from gradlab.instruments.curves import CurveRecorder
from gradlab.instruments.instrument_set import InstrumentSet
from gradlab.instruments.records import Frame, Mark, Progress, State
from gradlab.runs.recorded_run import RecordedRun
from gradlab.training.events import Event, Updated

RATE_SECONDS = 2.0  # the span over which the speed is measured


class ObservedRun(RecordedRun):
    """A run as a window drives it, with all instruments and with frames to show.

    Attributes:
        instruments: observe the run.
    """

    def __init__(self, experiment: Experiment, folder: Path | None = None, number: int = 0) -> None:
        """Build the run; its files go into ``folder`` from the first update on (None: nowhere).

        Frames of it have this run ``number``.
        """
        super().__init__(experiment, folder)
        self._number = number
        self.instruments = InstrumentSet(self.run)
        self._curves = self.instruments.the(CurveRecorder)
        self._curves.clock = self.clock
        self._pace = _Pace()
        self.stepper.take()
        self.judge.latest(at_rest=True)  # looks at the rows: training should not miss that moment

    def pause(self) -> None:
        """Note that time passes without training."""
        self._pace.pause()

    @override
    def note(self, event: Event) -> None:
        super().note(event)
        self.instruments.hear(event)
        if isinstance(event, Updated):
            self._pace.count()

    def frame(self, *, at_rest: bool, state: State = State.READY) -> Frame:
        """Return a frame with the records that are watched, and with the findings.

        Args:
            at_rest: nothing will change for a while, so every record is brought up to date.
            state: the state of the run while it has not ended.
        """
        row = self._curves.now
        assert row is not None  # the untouched model was measured as the run was built
        found = self.judge.latest(at_rest=at_rest)
        return Frame(
            run=self._number,
            state=state if self.ending is None else State.FINISHED,
            progress=self._progress(),
            measured=row.epoch,
            is_best_back=self._curves.best_back is not None,
            train_loss=row.train_loss,
            val_loss=row.val_loss,
            val_accuracy=row.val_accuracy,
            val_f1=row.val_f1,
            reward=row.reward,
            task="classification" if self.run.objective.classes else "regression",
            device=str(self.run.network.device),
            experiment=self.run.settings.wanted if self.run.position.window is None else self.run.experiment,
            parts={found.kind(): found, **self.instruments.records(at_rest=at_rest)},
            marks=self._layer_marks(),
        )

    def _layer_marks(self) -> tuple[Mark, ...]:
        return tuple(mark for mark in self.instruments.marks() if mark.layer)

    def _progress(self) -> Progress:
        counters = self.run.counters
        return Progress(
            epoch=counters.epochs,
            epochs=self.run.settings.wanted.training.epochs,
            epoch_position=self.run.position.in_epochs,
            update=counters.updates,
            micro_batches=counters.micro_batches,
            samples=counters.samples,
            updates_per_second=self._pace.per_second,
            phase=self.stepper.phase,
            by_phase=self.stepper.by_phase,
        )


class _Pace:
    """Measures the number of updates per second, over the last two seconds."""

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
