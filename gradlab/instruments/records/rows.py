"""Rows of the tables that a run writes."""

from typing import NamedTuple

from gradlab.instruments.records.table import Table


class EpochRow(NamedTuple):
    """One row of epochs.csv; None where a value does not exist (no validation rows, regression).

    ``reward`` is None unless the model plays in a world.
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


def epochs_table(rows: tuple[EpochRow, ...]) -> Table:
    """Return one row per epoch, as in epochs.csv."""
    columns = columns_of(rows)
    return Table(columns, [row[: len(columns)] for row in rows])


def columns_of(rows: tuple[EpochRow, ...]) -> tuple[str, ...]:
    """Return the names of the columns that rows have; rewards are the last, where there are any."""
    has_rewards = any(row.reward is not None for row in rows)
    return EpochRow._fields if has_rewards else EpochRow._fields[:-1]
