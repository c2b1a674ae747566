"""The outputs of the layers on fixed probe rows: their distribution, and which units are dead or saturated.

A single row says little: half of a healthy ReLU layer's outputs are zeros. Only a unit whose output is zero on all
probe rows is dead.
"""

from collections.abc import Sequence
from math import gcd, sqrt

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from gradlab.instruments.course import CourseRecorder
from gradlab.instruments.instrument import Instrument
from gradlab.instruments.records import Activations, Doubles, Floats, LayerActivations
from gradlab.instruments.stages import LayerStage, by_unit, listening, stages_of
from gradlab.instruments.throttle import FREE_SECONDS, Throttle
from gradlab.instruments.views.shared import some
from gradlab.language import mark
from gradlab.models.activations.base import ACTIVATIONS, Trouble
from gradlab.training.events import Finished
from gradlab.training.run import TrainingRun

MEASURING_SHARE = 0.05  # of the time, while training goes on
PROBE_ROWS = 512
ROWS_AT_ONCE = 128
BINS = 32
SAMPLE = 16_384  # outputs of a layer that its histogram is made of
MOST = 0.5  # a unit is saturated if more than this share of its outputs is


class ActivationRecorder(Instrument):
    """Measures the layers' outputs while they are watched, for a small share of the time."""

    part = Activations
    title = mark("Activations")
    hears = (Finished,)

    def __init__(self, run: TrainingRun) -> None:
        super().__init__(run)
        self._stages = stages_of(run.model)
        rows = torch.from_numpy(some(run, np.arange(len(run.rows.train[0])), PROBE_ROWS))
        self._probe = run.rows.train[0][rows.to(run.network.device)]
        self._course = CourseRecorder(len(self._stages))
        self._throttle = Throttle(MEASURING_SHARE, FREE_SECONDS)
        self._measured: tuple[int, int] | None = None
        self._latest: Activations | None = None

    def observe(self, event: Finished) -> None:
        """Measure again after the end: the best epoch's weights may have been restored."""
        self._measured = None

    def record(self, *, at_rest: bool = False) -> Activations:
        """Return the latest measurement; a new one if the run has trained since and a measurement is due."""
        counters = self.run.counters
        now = counters.updates, counters.micro_batches
        if self._latest is None or (now != self._measured and (at_rest or self._throttle.is_due)):
            with self._throttle:
                self._latest = self._measure()
            self._measured = now
        return self._latest

    def _measure(self) -> Activations:
        update = self.run.counters.updates
        layers = measure(self.run.model, self._stages, self._probe)
        if self._latest is None or self._latest.update != update:
            self._course.append(update, [layer.troubled_share for layer in layers])
        return Activations(update, len(self._probe), layers, self._course.record())


@torch.no_grad()
def measure(model: nn.Module, stages: Sequence[LayerStage], probe: Tensor) -> tuple[LayerActivations, ...]:
    """Measure each layer's outputs on the rows ``probe``, without dropout; the model is left unchanged."""
    tallies = [Tally(stage.bend, len(probe)) for stage in stages]
    was_training = model.training
    model.eval()
    with listening([stage.end for stage in stages], lambda number, *signals: tallies[number].add(*signals)):
        for rows in torch.split(probe, ROWS_AT_ONCE):
            model(rows)
    model.train(was_training)
    return tuple(tally.result(stage.name) for tally, stage in zip(tallies, stages, strict=True))


class Tally:
    """Accumulates a layer's outputs, some rows at a time: those of a large convolution need too much memory."""

    def __init__(self, bend: str, rows: int) -> None:
        self._bend = bend
        self._activation = ACTIVATIONS[bend or "identity"]
        self._rows = rows
        self._count = 0
        self._zeros = 0
        self._sum = self._squares = 0.0
        self._active: Doubles | float = 0.0
        self._sample: list[Floats] = []

    def add(self, into: Tensor, out: Tensor) -> None:
        """Add the inputs and outputs of an activation function, for some rows."""
        values = out.detach().cpu()
        self._count += values.numel()
        self._zeros += int((values == 0).sum())
        self._sum += float(values.sum(dtype=torch.float64))
        self._squares += float(values.double().square().sum())
        active = by_unit(self._activation.is_active(into, out)).flatten(0, 1)
        self._active = self._active + active.sum(dim=0).cpu().double().numpy()
        self._sample.append(values.flatten()[:: self._step(values[0].numel())].numpy())

    def _step(self, per_row: int) -> int:
        """Return the sampling step, chosen so that it does not hit the same units in each row."""
        step = max(self._rows * per_row // SAMPLE, 1)
        while gcd(step, per_row) > 1:
            step += 1
        return step

    def result(self, name: str) -> LayerActivations:
        """Return the totals as a record."""
        mean = self._sum / self._count
        active = np.asarray(self._active)
        active = (active * (len(active) / self._count)).astype(np.float32)
        trouble = self._activation.trouble
        edges, shares = histogram(np.concatenate(self._sample), self._activation.bounds)
        return LayerActivations(
            name=name,
            bend=self._bend,
            edges=edges,
            shares=shares,
            zeros=self._zeros / self._count,
            mean=mean,
            deviation=sqrt(max(self._squares / self._count - mean**2, 0.0)) if np.isfinite(mean) else mean,
            active=active,
            trouble=trouble,
            troubled=_troubled(active, trouble),
        )


def _troubled(active: Floats, trouble: Trouble) -> NDArray[np.bool_]:
    if trouble == "saturated":
        return np.asarray(active < 1 - MOST)
    return np.asarray(active == 0) if trouble else np.zeros(len(active), dtype=np.bool_)


def histogram(sample: Floats, bounds: tuple[float | None, float | None]) -> tuple[Floats, Floats]:
    """Return the edges of the bins and the share of the sample in each, without exact zeros.

    ``bounds`` are the outer edges; None for the sample's own.
    """
    counted = sample[np.isfinite(sample) & (sample != 0)]
    counts, edges = np.histogram(counted, BINS, _ends(counted, *bounds))
    return edges.astype(np.float32), (counts / len(sample)).astype(np.float32)


def _ends(values: Floats, low: float | None, high: float | None) -> tuple[float, float]:
    if low is not None and high is not None:
        return low, high
    if not len(values):
        return -1.0, 1.0
    low, high = float(values.min()) if low is None else low, float(values.max()) if high is None else high
    return (low, high) if low < high else (low - 0.5, high + 0.5)
