from collections.abc import Mapping
from dataclasses import dataclass, field

from gradlab.instruments.records.arrays import Doubles


@dataclass(frozen=True)
class Band:
    """The course of a run's replicas, as quantiles over those still running.

    The rows of ``(3, n)`` arrays are the 10%, 50% and 90% quantiles. In a long run neighbouring updates are
    merged: the lowest of the first, the mean of the second and the highest of the third stay.

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
