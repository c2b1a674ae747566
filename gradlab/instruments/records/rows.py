"""Rows of the tables that a run writes."""

from typing import NamedTuple


class EpochRow(NamedTuple):
    """One row of epochs.csv; None where a value does not exist (no validation rows, regression).

    ``reward`` is only there where a world is played in.
    """

    epoch: int
    update: int
    samples: int
    train_loss: float
    train_accuracy: float | None
    val_loss: float | None
    val_accuracy: float | None
    val_precision: float | None
    val_recall: float | None
    val_f1: float | None
    lr: float
    reward: float | None = None


class LayerRow(NamedTuple):
    """One row of layers.csv. ``update_ratio`` is None for a layer without a weight matrix."""

    update: int
    layer: str
    grad_norm: float
    grad_mean_abs: float
    zero_share: float
    update_ratio: float | None
