"""What happened: losses and metrics per update and per epoch, and marks where something changed."""

from gradlab.experiment.schema import Experiment
from gradlab.experiment.settings import as_text, by_key
from gradlab.instruments.growing import Growing
from gradlab.instruments.instrument import Instrument
from gradlab.instruments.metrics import summary
from gradlab.instruments.records import Curves, EpochRow, Mark, MarkKind
from gradlab.training.events import Changed, EpochEnded, Event, Finished, StopReason, TailLeft, Updated
from gradlab.training.run import TrainingRun

# A run that went through all its epochs needs no mark.
ENDINGS: dict[StopReason, tuple[str, MarkKind]] = {
    "early_stopping": ("early stopping", "end"),
    "diverged": ("diverged", "diverged"),
    "interrupted": ("stopped", "end"),
}


class CurveRecorder(Instrument):
    """Keeps every update's and every epoch's numbers.

    Attributes:
        epochs: the rows of epochs.csv so far.
    """

    part = "curves"
    hears = (Updated, EpochEnded, Changed, TailLeft, Finished)

    def __init__(self, run: TrainingRun) -> None:
        super().__init__(run)
        self.epochs: list[EpochRow] = []
        self._updates = Growing(columns=4)
        self._marks: list[Mark] = []
        self._tail_told = False

    def observe(self, event: Event) -> None:
        """Take note of an event."""
        run = self.run
        match event:
            case Updated():
                self._updates.append(event.update, run.epoch_position, event.loss, event.grad_norm)
            case EpochEnded():
                self.epochs.append(epoch_row(event))
            case Changed():
                text = ", ".join(_in_words(*change) for change in event.settings.items())
                self._marks.append(Mark(event.update, text, "change"))
            case TailLeft() if not self._tail_told:
                self._tail_told = True  # it happens in every epoch: once is enough
                done = "carried over" if event.how == "carry" else "left out"
                text = f"{event.batches} last batches {done}"
                self._marks.append(Mark(run.counters.updates, text, "note"))
            case Finished() if event.reason in ENDINGS:
                self._marks.append(Mark(run.counters.updates, *ENDINGS[event.reason]))
            case _:
                pass

    def record(self, *, at_rest: bool = False) -> Curves:
        """Return everything so far; cheap, however long the run is."""
        update, position, loss, norm = self._updates.columns()
        return Curves(update, position, loss, norm, tuple(self.epochs), tuple(self._marks))

    @property
    def latest_loss(self) -> float | None:
        """The latest update's loss; before the first, the untouched model's."""
        losses = self._updates.columns()[2]
        if len(losses):
            return float(losses[-1])
        return self.epochs[-1].train_loss if self.epochs else None


def epoch_row(event: EpochEnded) -> EpochRow:
    """Return the row of epochs.csv that an epoch's numbers make."""
    metrics = summary(event.counts) if event.counts is not None else None
    return EpochRow(
        epoch=event.epoch,
        update=event.update,
        samples=event.samples,
        train_loss=event.train_loss,
        train_accuracy=event.train_accuracy,
        val_loss=event.val_loss,
        val_accuracy=metrics.accuracy if metrics else None,
        val_precision=metrics.precision if metrics else None,
        val_recall=metrics.recall if metrics else None,
        val_f1=metrics.f1 if metrics else None,
        lr=event.lr,
    )


def _in_words(key: str, values: tuple[object, object]) -> str:
    """Say a change as people see it in the form: ``Learning rate 0.1 → 0.01``."""
    setting = by_key(Experiment)[key]
    labels = {choice.value: choice.label.lower() for choice in setting.choices}
    before, after = (labels.get(str(value), as_text(value) or "none") for value in values)
    return f"{setting.label} {before} → {after}"
