"""Which classes are taken for which, after every epoch."""

from gradlab.instruments.instrument import Instrument
from gradlab.instruments.records import Confusion
from gradlab.training.events import EpochEnded, Finished
from gradlab.training.run import TrainingRun


class ConfusionRecorder(Instrument):
    """Keeps the newest confusion matrix; where the best weights came back, theirs."""

    part = "confusion"
    hears = (EpochEnded, Finished)

    def __init__(self, run: TrainingRun) -> None:
        super().__init__(run)
        self._latest: Confusion | None = None

    def observe(self, event: EpochEnded | Finished) -> None:
        """Take the counts of an epoch, or those of the best one."""
        if isinstance(event, EpochEnded):
            epoch, counts = event.epoch, event.counts
        elif event.restored and event.best_epoch is not None:
            epoch, counts = event.best_epoch, self.run.confusion()
        else:
            return
        if counts is not None:
            self._latest = Confusion(epoch, self.run.split.class_names, counts)

    def record(self, *, at_rest: bool = False) -> Confusion | None:
        """Return the newest matrix; None for regression, without validation rows, or before the first."""
        return self._latest
