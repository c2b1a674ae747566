import numpy as np
from typing_extensions import override

from gradlab.experiment.words import change_in_words
from gradlab.instruments.instrument import Instrument
from gradlab.instruments.metrics import summary
from gradlab.instruments.records import Curves, EpochRow, Mark, MarkKind
from gradlab.instruments.stopwatch import Stopwatch
from gradlab.instruments.thinning import ThinnedPoints
from gradlab.language import listed, mark, tr, trn
from gradlab.training.events import (
    Changed,
    EpochEnded,
    Event,
    Finished,
    Skipped,
    StopReason,
    TailLeft,
    Updated,
)
from gradlab.training.run import TrainingRun

# A run that went through all its epochs needs no mark.
ENDINGS: dict[StopReason, tuple[str, MarkKind]] = {
    "early_stopping": (mark("early stopping"), "end"),
    "diverged": (mark("diverged"), "diverged"),
    "interrupted": (mark("stopped"), "end"),
}


class CurveRecorder(Instrument):
    """Records losses and metrics: every epoch's, every update's in bounded memory, and marks of what changed.

    Attributes:
        epochs: the rows of epochs.csv so far.
        clock: measures the time spent training; the stepper starts and stops it.
    """

    part = Curves
    title = mark("Curves")
    hears = (Updated, EpochEnded, Changed, Skipped, TailLeft, Finished)

    def __init__(self, run: TrainingRun) -> None:
        super().__init__(run)
        self.epochs: list[EpochRow] = []
        self.clock = Stopwatch()
        self._points = ThinnedPoints()
        self._latest_loss: float | None = None
        self._marks: list[Mark] = []
        self._tail_told = False

    @override
    def observe(self, event: Event) -> None:
        run = self.run
        match event:
            case Updated():
                self._points.append(
                    (
                        event.update,
                        run.position.in_epochs,
                        event.samples,
                        self.clock.seconds,
                        event.loss,
                        event.grad_norm,
                    )
                )
                self._latest_loss = event.loss
            case EpochEnded():
                self.epochs.append(epoch_row(event))
            case Changed():
                text = listed(change_in_words(key, *values) for key, values in event.settings.items())
                self._marks.append(Mark(event.update, text, "change"))
            case Skipped() if run.counters.skipped == 1:  # others may follow now and then: once is enough
                text = tr("update skipped: too large for float16, loss scale now {scale}").format(
                    scale=f"{event.loss_scale:,.0f}"
                )
                self._marks.append(Mark(event.update, text, "note"))
            case TailLeft() if not self._tail_told:
                self._tail_told = True  # it happens in every epoch: once is enough
                self._marks.append(Mark(run.counters.updates, _tail(event), "note"))
            case Finished() if event.reason in ENDINGS:
                text, kind = ENDINGS[event.reason]
                self._marks.append(Mark(run.counters.updates, text, kind))
            case _:
                pass

    def record(self, *, at_rest: bool = False) -> Curves:
        """Return everything so far, at little cost however long the run is."""
        points = self._points.so_far()
        with np.errstate(invalid="ignore"):
            mean = points.total / points.finite
        return Curves(
            update=points.update,
            update_epoch=points.epoch,
            update_samples=points.samples,
            update_seconds=points.seconds,
            update_loss=points.loss,
            update_mean=mean,
            grad_norm=points.norm,
            epochs=tuple(self.epochs),
            marks=tuple(self._marks),
        )

    @property
    def latest_loss(self) -> float | None:
        """The latest update's loss; before the first, the untouched model's."""
        if self._latest_loss is not None:
            return self._latest_loss
        return self.epochs[-1].train_loss if self.epochs else None


def _tail(event: TailLeft) -> str:
    if event.how == "carry":
        text = trn("{count} last batch carried over", "{count} last batches carried over", event.batches)
    else:
        text = trn("{count} last batch left out", "{count} last batches left out", event.batches)
    return text.format(count=event.batches)


def epoch_row(event: EpochEnded) -> EpochRow:
    """Return an epoch's numbers as a row of epochs.csv."""
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
        reward=event.reward,
    )
