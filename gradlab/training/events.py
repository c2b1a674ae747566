"""The events that the loop yields, one after every phase: plain numbers, no tensors."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Infinite = Literal["loss", "gradient"]
StopReason = Literal["finished", "early_stopping", "diverged", "interrupted"]


class EpochStarted(NamedTuple):
    """A new order was drawn; ``epoch`` counts from 1."""

    epoch: int


class Changed(NamedTuple):
    """Settings changed while running; they hold from the update after ``update`` on."""

    update: int
    settings: dict[str, tuple[object, object]]


class Zeroed(NamedTuple):
    """The gradient buffer was emptied; ``to`` is ``none`` or ``zeros``."""

    to: str


class Forward(NamedTuple):
    """A micro-batch of ``rows`` rows went through the model; ``loss`` is its unscaled mean loss.

    Where sequences are cut into chunks, it was ``chunk`` of ``chunks``, and the loss is the mean over its steps.
    """

    rows: int
    loss: float
    chunk: int = 1
    chunks: int = 1


class Backward(NamedTuple):
    """The gradient of micro-batch ``batch`` of ``of`` was added to the buffer, weighted by ``weight``.

    Where sequences are cut into chunks, it was that of ``chunk`` of ``chunks``.
    """

    batch: int
    of: int
    weight: float
    chunk: int = 1
    chunks: int = 1


class Clipped(NamedTuple):
    """The norm of the whole gradient before and after clipping."""

    before: float
    after: float


class Updated(NamedTuple):
    """The optimizer made a step; one row of updates.csv.

    Attributes:
        update: counts from 1; epoch: the epoch under way, from 1; samples: trained on so far.
        loss: the unscaled mean loss over the window's rows, before the update.
        grad_norm: the norm of the gradient before clipping; clipped_norm: after it.
        update_ratio: std(Δw) / std(w) over all matrices; None where not measured.
    """

    update: int
    epoch: int
    samples: int
    loss: float
    lr: float
    grad_norm: float
    clipped_norm: float
    update_ratio: float | None


class Skipped(NamedTuple):
    """After ``update`` updates a window made none: its gradients were too large for float16.

    ``loss_scale`` is the factor for losses from now on, half of what it was.
    """

    update: int
    loss_scale: float


class TailLeft(NamedTuple):
    """An epoch ended with ``batches`` micro-batches that fill no window; ``how`` is ``carry`` or ``drop``."""

    how: Literal["carry", "drop"]
    batches: int


@dataclass(frozen=True, slots=True)
class EpochEnded:
    """An epoch is over and the validation rows were evaluated; epoch 0 is before training.

    Attributes:
        train_loss, train_accuracy: means over the epoch's samples as they were trained on.
        counts: the confusion matrix ``[true, predicted]`` of the validation rows; None for regression
            or without validation rows.
        lr: the learning rate of the latest update.
        reward: in a world, the mean reward of the episodes that the epoch trained on; None elsewhere.
    """

    epoch: int
    update: int
    samples: int
    train_loss: float
    train_accuracy: float | None
    val_loss: float | None
    counts: NDArray[np.int64] | None
    lr: float
    reward: float | None = None


@dataclass(frozen=True, slots=True)
class Finished:
    """The run is over.

    Attributes:
        cause: in words, where the numbers blew up; empty otherwise. ``infinite``: which ones did; None if none.
        best_epoch: the epoch with the best validation loss, None without one; ``restored``: whether its weights
            were restored.
    """

    reason: StopReason
    cause: str
    best_epoch: int | None
    restored: bool
    infinite: Infinite | None = None


Event = (
    EpochStarted
    | Changed
    | Zeroed
    | Forward
    | Backward
    | Clipped
    | Updated
    | Skipped
    | TailLeft
    | EpochEnded
    | Finished
)
