"""Per-layer measurements of what the optimizer used: the rows of layers.csv and the timeline."""

import numpy as np
import torch
from torch import Tensor

from gradlab.instruments.instrument import Instrument
from gradlab.instruments.records import Doubles, LayerRow, Timeline
from gradlab.training.events import Updated
from gradlab.training.measuring import known
from gradlab.training.run import TrainingRun

NONE = -1.0  # stands for "the buffer held None" in the timeline


def layer_rows(run: TrainingRun) -> list[LayerRow]:
    """Return the rows of an update that was measured.

    A gradient of None counts as nothing: norm and mean 0, all of it zero.
    """
    measured = run.measured
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

    When the columns are used up, each pair of neighbours becomes the one with the larger value, and from then on
    that many updates share a column: a spike never disappears.
    """

    part = "timeline"
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
        self._filled = 0
        self._per_column = 1
        self._in_column = 0

    def observe(self, event: Updated) -> None:
        """Add a column, or widen the latest, after each update."""
        rms = self._measure()
        if self._in_column == 0:
            if self._filled == len(self._updates):
                self._halve()
            self._rms[:, self._filled] = rms
            self._updates[self._filled] = event.update
            self._filled += 1
        else:
            column = self._rms[:, self._filled - 1]
            np.maximum(column, rms, out=column)  # NaN wins, None (-1) loses
        self._in_column = (self._in_column + 1) % self._per_column

    def record(self, *, at_rest: bool = False) -> Timeline:
        """Return a copy of what was recorded."""
        shown = slice(0, self._filled)
        return Timeline(self._names, self._updates[shown].copy(), self._rms[:, shown].copy())

    def _split(self) -> list[Tensor]:
        return [self._used[layer.start : layer.stop] for layer in self.run.parameters.layers]

    def _measure(self) -> Doubles:
        if self._used is not self.run.buffer.used:  # the run has moved in with its replicas, or out again
            self._used = self.run.buffer.used
            self._parts = self._split()
        norms = torch.stack(torch._foreach_norm(self._parts)).cpu().numpy()
        rms: Doubles = np.where(np.isfinite(norms), norms / self._roots, np.nan)
        if self.run.buffer.none:
            rms[[name in self.run.buffer.none for name in self._names]] = NONE
        return rms

    def _halve(self) -> None:
        half = self._filled // 2
        pairs = self._rms[:, : 2 * half].reshape(len(self._names), half, 2)
        self._rms[:, :half] = pairs.max(axis=2)
        self._updates[:half] = self._updates[: 2 * half : 2]
        self._filled = half
        self._per_column *= 2
