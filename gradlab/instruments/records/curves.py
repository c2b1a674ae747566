"""The course of a run, update by update and epoch by epoch."""

from dataclasses import dataclass
from operator import itemgetter
from typing import Literal

from typing_extensions import override

from gradlab.instruments.records.arrays import Doubles
from gradlab.instruments.records.progress import Level
from gradlab.instruments.records.record import Record
from gradlab.instruments.records.rows import EpochRow, columns_of
from gradlab.instruments.records.table import Table, plain

MarkKind = Literal["change", "note", "end", "diverged"]


@dataclass(frozen=True)
class Mark:
    """Something that happened at an update, or that was found in a layer.

    With an update it is drawn over the curves, with a layer beside that layer's name in every panel that lists
    layers; it may have both.

    Attributes:
        update: when; None for a mark without a moment.
        text: for an end in English, to be translated where it is shown; else in the language at that moment.
        kind: ``change`` of a setting; ``note``, e.g. of a dropped tail; ``end`` of the run as planned, or
            ``diverged``, where it went wrong.
        level: how bad it is.
        layer: the name of the layer that it is about; empty for the whole run.
        link: the id of a term in the glossary that explains it; empty for none.
        until: the update up to which it is seen; None where it is a moment.
    """

    update: int | None
    text: str
    kind: MarkKind = "note"
    level: Level = "info"
    layer: str = ""
    link: str = ""
    until: int | None = None


@dataclass(frozen=True)
class Curves(Record):
    """Everything the loss panel draws. Arrays of one group have equal length.

    Each point is an update. The latest updates all have one; in a long run only two are left of each block of
    older ones, those with the lowest and the highest loss (NaN counts as the highest). A point stands for all
    updates since the point before it.

    Attributes:
        update: the number of each point's update, rising.
        update_epoch: its position in epochs, e.g. 1.25; ``update_samples`` trained on by then, and
            ``update_seconds`` of training, in which pauses do not count.
        update_loss: its unscaled mean loss; ``update_mean`` the mean over all finite losses of the updates that it
            stands for, NaN where there is none.
        grad_norm: the largest of the updates that it stands for.
        epochs: the finished epochs, the first is epoch 0: before training.
        marks: changes of settings and other events, to be drawn as vertical lines.
        now: the numbers of the weights that the model has now, at the threshold in force: those of the latest
            epoch, or of the best one if its weights are back; None before the first.
    """

    at_any_time = True

    update: Doubles
    update_epoch: Doubles
    update_samples: Doubles
    update_seconds: Doubles
    update_loss: Doubles
    update_mean: Doubles
    grad_norm: Doubles
    epochs: tuple[EpochRow, ...] = ()
    marks: tuple[Mark, ...] = ()
    now: EpochRow | None = None

    @override
    def as_table(self) -> Table:
        """Return one row per recorded update and per end of an epoch, in the order of the updates."""
        fields = (
            "update",
            "update_epoch",
            "update_samples",
            "update_seconds",
            "update_loss",
            "update_mean",
            "grad_norm",
        )
        names = columns_of(self.epochs)
        measures = names[3:]
        header = ("update", "epoch", "samples", "seconds", "loss", "mean_loss", "grad_norm", *measures)
        columns = [plain(getattr(self, name)) for name in fields]
        columns[0] = [int(update) for update in columns[0]]
        columns[2] = [int(samples) for samples in columns[2]]
        updates = [(*row, *[None] * len(measures)) for row in zip(*columns, strict=True)]
        ends = [
            (row.update, row.epoch, row.samples, *[None] * 4, *row[3 : len(names)]) for row in self.epochs
        ]
        return Table(header, sorted([*updates, *ends], key=itemgetter(0)))
