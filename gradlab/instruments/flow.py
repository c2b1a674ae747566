from collections.abc import Iterable
from math import nan

import numpy as np
import torch
from torch import Tensor

from gradlab.instruments.course import CourseRecorder
from gradlab.instruments.instrument import Instrument
from gradlab.instruments.layers import NONE
from gradlab.instruments.micro_batches import MicroBatches, NoiseScale, cosine
from gradlab.instruments.records import Doubles, Flow, LayerSizes
from gradlab.instruments.size_histogram import SizeHistogramRecorder
from gradlab.instruments.stopwatch import Stopwatch
from gradlab.instruments.throttle import Throttle
from gradlab.language import mark
from gradlab.training.events import Backward, Updated
from gradlab.training.measuring import update_ratios
from gradlab.training.run import TrainingRun

SHARE = 0.05  # of the time, for measuring
FREE_SECONDS = 1.0  # of measuring: a short run is measured completely


class FlowRecorder(Instrument):
    """Measures how gradients flow from an update's first micro-batch to its step, as often as time allows.

    The run is not disturbed: everything needed is in the buffer and in the weights between the phases.
    """

    part = Flow
    title = mark("Gradient flow")
    hears = (Backward, Updated)
    only_watched = True

    def __init__(self, run: TrainingRun) -> None:
        super().__init__(run)
        layers = run.parameters.layers
        self._names = tuple(layer.name for layer in layers)
        self._matrices = tuple(layer.name for layer in layers if layer.matrices)
        self._has_matrices = [bool(layer.matrices) for layer in layers]
        self._throttle = Throttle(SHARE)
        self._seconds = 0.0  # of measuring so far
        self._pursued: _Update | None = None
        self._latest_update = 0
        self._noise_scale = NoiseScale()
        self._histogram = SizeHistogramRecorder(layers, run.network.device)
        self._measured = CourseRecorder(len(self._matrices) + 4)
        self._norms = CourseRecorder(3)

    def observe(self, event: Backward | Updated) -> None:
        """Measure a micro-batch, or the update made of them."""
        if isinstance(event, Backward):
            self._observe_micro_batch(event)
        else:
            self._observe_update(event)

    def _observe_micro_batch(self, event: Backward) -> None:
        is_first = (event.batch, event.chunk) == (1, 1)
        if is_first:
            is_due = self._seconds < FREE_SECONDS or self._throttle.is_due
            self._pursued = _Update(self.run) if is_due else None
        if self._pursued is not None:
            with self._pursued.time:
                if not self._pursued.take(event):
                    self._pursued = None

    def _observe_update(self, event: Updated) -> None:
        pursued, self._pursued = self._pursued, None
        if 0 < self._latest_update < event.update - 1:
            self._leave_a_gap(event.update)
        self._latest_update = event.update
        limit = self.run.experiment.optimizer.clip_norm or nan
        self._norms.append(event.update, (event.grad_norm, event.clipped_norm, limit))
        if pursued is not None and pursued.before is not None and pursued.number == event.update:
            with pursued.time:
                self._measure(pursued, pursued.before)
            self._seconds += pursued.time.seconds
            self._throttle.spend(pursued.time.seconds)

    def _leave_a_gap(self, update: int) -> None:
        """Mark the updates up to this one as not measured."""
        self._norms.append(update - 1, [nan] * 3)
        self._measured.append(update - 1, [nan] * (len(self._matrices) + 4))
        self._histogram.append_gap(self._latest_update + 1)

    def _measure(self, pursued: "_Update", before: Tensor) -> None:
        run, batches = self.run, pursued.batches
        used = run.buffer.used
        estimates = batches.noise_and_signal()
        if estimates is not None:
            self._noise_scale.add(*estimates)
        # The last, small update of an epoch may have a single micro-batch: it leaves the scale as it is.
        scale = self._noise_scale.rows if run.experiment.gradients.accumulate > 1 else nan
        step = run.parameters.flat - before
        ratios = update_ratios(run.parameters.layers, before, step)[0][self._has_matrices]
        alignment = -cosine(step, used)
        self._measured.append(
            pursued.number, [*ratios, alignment, batches.agreement, scale, sum(batches.rows)]
        )
        self._histogram.append(pursued.number, used, run.buffer.without_gradient)

    def record(self, *, at_rest: bool = False) -> Flow | None:
        """Return a copy of the measurements; None before the first micro-batch."""
        if self.run.position.is_untouched:
            return None
        measured = self._measured.record()
        count = len(self._matrices)
        return Flow(
            layers=self._names,
            matrices=self._matrices,
            sizes=self._sizes(),
            histogram=self._histogram.record(),
            ratios=measured.only(slice(0, count)),
            directions=measured.only(slice(count, count + 2)),
            noise=measured.only(slice(count + 2, count + 4)),
            norms=self._norms.record(),
            accumulate=self.run.settings.wanted.gradients.accumulate,
        )

    def _sizes(self) -> LayerSizes:
        """Measure what the buffer holds now."""
        run = self.run
        parts = [run.buffer.used[layer.start : layer.stop] for layer in run.parameters.layers]
        counts = np.array([len(part) for part in parts])
        mean = _each(torch._foreach_norm(parts, 1)) / counts
        largest = _each(torch.stack(torch.aminmax(part)).abs().max() for part in parts)
        for sizes in (mean, largest):
            sizes[~np.isfinite(largest)] = np.nan
            sizes[[name in run.buffer.without_gradient for name in self._names]] = NONE
        if run.position.window is None:
            return LayerSizes(mean, largest, run.counters.updates)
        batches, planned = run.position.window.batches, run.position.window.planned_batches
        return LayerSizes(mean, largest, run.counters.updates + 1, batches, planned)


class _Update:
    """Follows one update from its first micro-batch on.

    Attributes:
        number: the update's number.
        batches: the gradients of its micro-batches so far.
        before: the weights before the step; None until the last micro-batch was added.
        time: the time spent measuring it.
    """

    def __init__(self, run: TrainingRun) -> None:
        self.number = run.counters.updates + 1
        self.batches = MicroBatches()
        self.before: Tensor | None = None
        self.time = Stopwatch()
        self._run = run
        self._next = (1, 1)
        self._chunks: Tensor | None = None
        self._weight = 0.0

    def take(self, event: Backward) -> bool:
        """Add the next micro-batch or its next chunk; return False if one was missed."""
        run = self._run
        if (run.counters.updates + 1, event.batch, event.chunk) != (self.number, *self._next):
            return False
        batch = run.buffer.batch if self._chunks is None else self._chunks + run.buffer.batch
        self._weight += event.weight
        if event.chunk < event.chunks:
            self._chunks = batch.clone()
            self._next = (event.batch, event.chunk + 1)
            return True
        # Without its weight it is the gradient of the micro-batch's own mean loss.
        assert run.position.window is not None
        self.batches.add(batch / self._weight, run.position.window.rows - sum(self.batches.rows))
        self._chunks, self._weight = None, 0.0
        self._next = (event.batch + 1, 1)
        if run.position.window_is_full:
            self.before = run.parameters.flat.clone()
        return True


def _each(numbers: Iterable[Tensor]) -> Doubles:
    found: Doubles = torch.stack(list(numbers)).cpu().double().numpy()
    return found
