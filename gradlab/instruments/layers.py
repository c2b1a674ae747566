"""Per-layer measurements of what the optimizer used: the rows of layers.csv and the timeline."""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from gradlab.instruments.instrument import Instrument
from gradlab.instruments.records import Doubles, LayerRow, Timeline
from gradlab.training.events import Updated
from gradlab.training.run import TrainingRun
from gradlab.training.spans import to_doubles

NONE = -1.0  # stands for "the buffer held None" in the timeline


def layer_rows(run: TrainingRun) -> list[LayerRow]:
    """Measure every layer right after an update for which the weights before it were kept.

    A gradient of None counts as nothing: norm and mean 0, all of it zero.
    """
    used = to_doubles(run.buffer.used)
    spans = run.parameters.layer_spans
    norms = np.sqrt(spans.sums(np.square(used)))
    means = spans.sums(np.abs(used)) / spans.sizes
    zeros = spans.sums((used == 0).astype(np.float64)) / spans.sizes
    ratios = _update_ratios(run)
    return [
        LayerRow(
            update=run.counters.updates,
            layer=layer.name,
            grad_norm=norm,
            grad_mean_abs=mean,
            zero_share=zero,
            update_ratio=next(ratios) if layer.matrices else None,
        )
        for layer, norm, mean, zero in zip(
            run.parameters.layers, norms.tolist(), means.tolist(), zeros.tolist(), strict=True
        )
    ]


def _update_ratios(run: TrainingRun) -> Iterator[float | None]:
    """Yield std(Δw) / std(w) of each layer that has a weight matrix; None where all weights are equal."""
    assert run.weights_before is not None
    spans = run.parameters.matrix_spans
    sizes = spans.deviations(to_doubles(run.weights_before)).tolist()
    changes = spans.deviations(to_doubles(run.parameters.flat - run.weights_before)).tolist()
    return (change / size if size else None for change, size in zip(changes, sizes, strict=True))


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
