from typing import Any

import numpy as np
from typing_extensions import override

from gradlab.experiment.words import change_in_words
from gradlab.instruments.instrument import Instrument
from gradlab.instruments.metrics import summary
from gradlab.instruments.records import Counts, Curves, EpochRow, Mark, MarkKind
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
        self._thresholds: list[float] = []  # at which the epochs were measured
        self._best_back: int | None = None
        self._now: tuple[EpochRow, float, EpochRow] | None = None
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
            case EpochEnded():
                self.epochs.append(epoch_row(event))
                self._thresholds.append(run.experiment.training.threshold)
                self._best_back = None
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
            case Finished():
                self._end(event)
            case _:
                pass

    def _end(self, event: Finished) -> None:
        if event.restored and event.best_epoch is not None:
            self._best_back = event.best_epoch
            text = tr("best epoch {epoch}").format(epoch=event.best_epoch)
            self._marks = [mark for mark in self._marks if mark.text != text]  # a run may end again
            self._marks.append(Mark(self._row().update, text, "note"))
        if event.reason in ENDINGS:
            text, kind = ENDINGS[event.reason]
            self._marks.append(Mark(self.run.counters.updates, text, kind))

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
            now=self.now,
        )

    @property
    def best_back(self) -> int | None:
        """The best epoch, if its weights were restored at the end."""
        return self._best_back

    @property
    def now(self) -> EpochRow | None:
        """The numbers of the model's weights at the threshold in force; None before the first."""
        if not self.epochs:
            return None
        row, threshold = self._row(), self.run.settings.wanted.training.threshold
        if self._now is None or self._now[0] is not row or self._now[1] != threshold:
            self._now = row, threshold, self._at_threshold(row, threshold)
        return self._now[2]

    def _row(self) -> EpochRow:
        """Return the latest epoch's numbers, or the best one's if its weights are back."""
        if self._best_back is None:
            return self.epochs[-1]
        return next(row for row in self.epochs if row.epoch == self._best_back)

    def _at_threshold(self, row: EpochRow, threshold: float) -> EpochRow:
        """Measure the epoch's answers again, if it was measured with another threshold."""
        evaluation, measured = self.run.evaluation, self._thresholds[self.epochs.index(row)]
        if self.run.objective.classes != 2 or threshold == measured or evaluation.latest is None:
            return row
        counts = evaluation.counts(evaluation.latest, evaluation.rows[1], threshold)
        return row if counts is None else row._replace(**_measures(counts))


def _tail(event: TailLeft) -> str:
    if event.how == "carry":
        text = trn("{count} last batch carried over", "{count} last batches carried over", event.batches)
    else:
        text = trn("{count} last batch left out", "{count} last batches left out", event.batches)
    return text.format(count=event.batches)


def epoch_row(event: EpochEnded) -> EpochRow:
    """Return an epoch's numbers as a row of epochs.csv."""
    return EpochRow(
        epoch=event.epoch,
        update=event.update,
        samples=event.samples,
        train_loss=event.train_loss,
        train_accuracy=event.train_accuracy,
        val_loss=event.val_loss,
        **_measures(event.counts),
        lr=event.lr,
        reward=event.reward,
    )


def _measures(counts: Counts | None) -> dict[str, Any]:
    names = ("val_accuracy", "val_precision", "val_recall", "val_f1")
    return dict(zip(names, summary(counts) if counts is not None else 4 * (None,), strict=True))
