from collections.abc import Sequence

import numpy as np

from gradlab.instruments.records import Band, Doubles, EpochRow

LEVELS = (0.1, 0.5, 0.9)
CAPACITY = 16_384  # updates: 0.7 MB
METRICS = (
    "train_loss",
    "train_accuracy",
    "val_loss",
    "val_accuracy",
    "val_precision",
    "val_recall",
    "val_f1",
    "reward",
)
_GROUP = 64  # updates added to the table together: one by one, numpy costs more
_UPDATE, _EPOCH, _LOW, _MIDDLE, _HIGH = range(5)


class BandRecorder:
    """Records quantiles over all replicas still running, per update and per epoch, in bounded memory."""

    def __init__(self, runs: int, capacity: int = CAPACITY) -> None:
        """``capacity`` is an even number of at least 128."""
        self._runs = runs
        self._table = np.empty((5, capacity))
        self._length = 0
        self._per_column = 1
        self._fresh: list[tuple[float, float]] = []
        self._losses: list[Sequence[float]] = []
        self._epochs = np.empty((2 + len(LEVELS) * len(METRICS), 256))
        self._finished = 0

    def add_update(self, update: int, position: float, losses: Sequence[float]) -> None:
        """Add an update at ``position`` epochs, with one loss per replica."""
        if self._losses and len(self._losses[0]) != len(losses):
            self._put_away(everything=True)  # a replica has ended since
        self._fresh.append((update, position))
        self._losses.append(losses)
        if len(self._losses) >= _GROUP:
            self._put_away()

    def add_epoch(self, rows: Sequence[EpochRow]) -> None:
        """Add an epoch, with one row per replica."""
        values = np.array([[getattr(row, name) for name in METRICS] for row in rows], dtype=np.float64)
        if self._finished == self._epochs.shape[1]:
            self._epochs = np.hstack([self._epochs, np.empty_like(self._epochs)])  # readers keep the old one
        self._epochs[:2, self._finished] = rows[0].epoch, rows[0].update
        self._epochs[2:, self._finished] = np.quantile(values, LEVELS, axis=0).T.ravel()
        self._finished += 1

    def record(self) -> Band:
        """Return the band so far; later updates do not change it."""
        self._put_away(everything=self._per_column == 1)
        table = self._table[:, : self._length]
        epoch, update, *metrics = self._epochs[:, : self._finished]
        triples = np.reshape(metrics, (len(METRICS), len(LEVELS), self._finished))
        return Band(
            runs=self._runs,
            update=table[_UPDATE],
            update_epoch=table[_EPOCH],
            loss=table[_LOW:],
            epoch=epoch,
            epoch_update=update,
            metrics={
                name: triple
                for name, triple in zip(METRICS, triples, strict=True)
                if self._finished and not np.isnan(triple[:, 0]).any()
            },
        )

    def _put_away(self, everything: bool = False) -> None:
        """Move fresh updates into the table: full columns only, or everything."""
        count = len(self._losses) if everything else len(self._losses) // self._per_column * self._per_column
        if not count:
            return
        fresh = np.vstack(
            [np.array(self._fresh[:count]).T, np.quantile(np.array(self._losses[:count]), LEVELS, axis=1)]
        )
        del self._fresh[:count], self._losses[:count]
        merged = _merged(fresh, self._per_column)
        if self._length + merged.shape[1] > self._table.shape[1]:
            self._halve()
            merged = _merged(merged, 2)
        self._table[:, self._length : self._length + merged.shape[1]] = merged
        self._length += merged.shape[1]

    def _halve(self) -> None:
        """Make room by merging columns, in a new table: readers keep the old one."""
        half = _merged(self._table[:, : self._length], 2)
        self._table = np.empty_like(self._table)
        self._length = half.shape[1]
        self._table[:, : self._length] = half
        self._per_column *= 2


def _merged(columns: Doubles, count: int) -> Doubles:
    """Merge each ``count`` columns into one; the last may be made of fewer."""
    if count == 1:
        return columns
    starts = np.arange(0, columns.shape[1], count)
    sizes = np.diff(np.append(starts, columns.shape[1]))
    return np.vstack(
        [
            np.maximum.reduceat(columns[[_UPDATE, _EPOCH]], starts, axis=1),
            np.minimum.reduceat(columns[_LOW], starts),
            np.add.reduceat(columns[_MIDDLE], starts) / sizes,
            np.maximum.reduceat(columns[_HIGH], starts),
        ]
    )
