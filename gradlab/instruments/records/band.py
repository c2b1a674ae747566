"""The course of a run's replicas: the median, and the range of most of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gradlab.instruments.records.arrays import Doubles


@dataclass(frozen=True)
class Band:
    """Three quantiles over the replicas that are still running: rows of ``(3, n)`` arrays are 10 %, 50 % and 90 %.

    In a long run neighbouring updates are merged: the lowest 10 %, the mean 50 % and the highest 90 % stay.

    Attributes:
        runs: the number of replicas.
        update, update_epoch: number and position in epochs of each update; ``loss`` ``(3, updates)``.
        epoch: numbers of the finished epochs; ``epoch_update`` their last updates.
        metrics: field of EpochRow → ``(3, epochs)``; only those that exist for the task.
    """

    runs: int
    update: Doubles
    update_epoch: Doubles
    loss: Doubles
    epoch: Doubles
    epoch_update: Doubles
    metrics: Mapping[str, Doubles] = field(default_factory=dict)
