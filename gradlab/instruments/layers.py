"""Per-layer measurements of the gradients that the optimizer used: the rows of layers.csv and the timeline."""

import numpy as np
import torch
from torch import Tensor

from gradlab.instruments.columns import Columns
from gradlab.instruments.instrument import Instrument
from gradlab.instruments.records import Doubles, LayerRow, Timeline
from gradlab.language import mark
from gradlab.training.events import Updated
from gradlab.training.measuring import known
from gradlab.training.run import TrainingRun

NONE = -1.0  # means "the buffer held None" in the timeline


def layer_rows(run: TrainingRun) -> list[LayerRow]:
    """Return the rows of layers.csv for an update that was measured.

    A gradient of None counts as zeros: norm and mean are 0, the share of zeros is 1.
    """
    measured = run.optimizer.measured
    assert measured is not None
    numbers = zip(
        measured.grad_norms.tolist(),
        measured.grad_mean_abs.tolist(),
        measured.zero_shares.tolist(),
        map(known, measured.update_ratios.tolist()),
        strict=True,
    )
    names = (layer.name for layer in run.parameters.layers)
    return [LayerRow(run.counters.updates, name, *row) for name, row in zip(names, numbers, strict=True)]


class TimelineRecorder(Instrument):
    """Layers × updates: the root mean square of each layer's used gradient, in bounded memory.

    Where updates share a column, the largest value is kept: a spike never disappears.
    """

    part = Timeline
    title = mark("Layers over time")
    hears = (Updated,)

    def __init__(self, run: TrainingRun, columns: int = 2048) -> None:
        super().__init__(run)
        layers = run.parameters.layers
        self._names = tuple(layer.name for layer in layers)
        self._roots = np.sqrt([layer.stop - layer.start for layer in layers])
        self._used = run.buffer.used
        self._parts = self._split()
        self._rms = np.full((len(layers), columns), NONE)
        self._updates = np.zeros(columns)
        self._columns = Columns(columns, self._merge_pairs)

    def observe(self, event: Updated) -> None:
        """Add a column, or widen the latest, after each update."""
        rms = self._measure()
        is_first, latest = self._columns.advance(), self._columns.latest
        if is_first:
            self._rms[:, latest] = rms
            self._updates[latest] = event.update
        else:
            column = self._rms[:, latest]
            np.maximum(column, rms, out=column)  # NaN wins, None (-1) loses

    def record(self, *, at_rest: bool = False) -> Timeline:
        """Return a copy of what was recorded."""
        shown = slice(0, self._columns.filled)
        return Timeline(self._names, self._updates[shown].copy(), self._rms[:, shown].copy())

    def _split(self) -> list[Tensor]:
        return [self._used[layer.start : layer.stop] for layer in self.run.parameters.layers]

    def _measure(self) -> Doubles:
        if self._used is not self.run.buffer.used:  # the run has moved in with its replicas, or out again
            self._used = self.run.buffer.used
            self._parts = self._split()
        norms = torch.stack(torch._foreach_norm(self._parts)).cpu().numpy()
        rms: Doubles = np.where(np.isfinite(norms), norms / self._roots, np.nan)
        if self.run.buffer.without_gradient:
            rms[[name in self.run.buffer.without_gradient for name in self._names]] = NONE
        return rms

    def _merge_pairs(self, pairs: int) -> None:
        both = self._rms[:, : 2 * pairs].reshape(len(self._names), pairs, 2)
        self._rms[:, :pairs] = both.max(axis=2)
        self._updates[:pairs] = self._updates[: 2 * pairs : 2]
