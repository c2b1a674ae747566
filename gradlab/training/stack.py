"""K runs that differ only in their seed, trained in one batched computation.

A small network's update is mostly waiting for Python and for operations to begin, and a batched operation begins
once for all. Each replica keeps its own rows, order, weights and gradients; no number of one touches another.
"""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import astuple, replace
from math import isfinite
from operator import add

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gradlab.training.blow_up import NumbersBlewUpError
from gradlab.training.device import SMALL_MODEL
from gradlab.training.evaluation import ROWS_AT_ONCE
from gradlab.training.events import EpochEnded, Event, Updated
from gradlab.training.learning_rate import LearningRate
from gradlab.training.rule import Rule
from gradlab.training.run import TrainingRun
from gradlab.training.schedules.base import SCHEDULES
from gradlab.training.stack_parts import (
    RowOfRule,
    StackedBuffer,
    StackedEpoch,
    StackedParameters,
    hold,
)
from gradlab.training.stack_passes import StackedChain
from gradlab.training.stopping import EarlyStopping


def fits(run: TrainingRun) -> Hashable | None:
    """Return what runs must have in common to be stacked; None for a run that cannot be.

    It is everything but the seed: settings, shapes, and how far they are.
    """
    spec = run.experiment
    can = (
        type(run) is TrainingRun
        and run.player is None  # each has played its own episodes
        and spec.model.kind in ("linear", "mlp")
        and not (spec.model.dropout or spec.model.batch_norm or spec.model.freeze)
        and run.precision.is_full
        and SCHEDULES[spec.optimizer.schedule].watch
        is None  # each replica's learning rate would have its own course
        and run.wanted == spec
        and run.parameters.flat.numel() < SMALL_MODEL  # a large one keeps the processor busy by itself
    )
    if not can:
        return None
    window, epoch, buffer = run.window, run.epoch, run.buffer
    return (
        spec.model_copy(update={"seed": 0}).model_dump_json(),
        tuple(tensor.shape for tensor in (*run.train, *run.validation)),
        astuple(run.counters),
        None if window is None else astuple(replace(window, loss_sum=0)),
        None if epoch is None else (epoch.position, epoch.trained),
        (buffer.without_gradient, buffer.without_left_over, buffer.without_batch),
        tuple(run.rule.steps),
        run.lr,
    )


class Stack(TrainingRun):
    """K runs as one, whose tensors have a dimension of K in front; for the same loop as a single run.

    The numbers in its own events are the first replica's; :meth:`each` tells every replica's. A replica that
    ends before the others leaves: it gets memory of its own, and goes on by itself from where it is, to say in
    its own words how it ended.

    Attributes:
        runs: the replicas in the stack. Their weights, gradients and optimizer memory are rows of the stack's,
            and so always up to date; the rest of them is after :meth:`each` or :meth:`dissolve`.
        left: the replicas that have left.
    """

    parameters: StackedParameters
    buffer: StackedBuffer
    passes: StackedChain
    _window_sums: list[float]  # K each, as Window.loss_sum and Epoch.loss_sum
    _epoch_sums: list[float]
    _update_losses: tuple[list[float], int]  # the latest update's sums, and of how many rows

    def __init__(self, runs: Sequence[TrainingRun]) -> None:
        """Stack runs for which :func:`fits` says the same. Nothing is built: all is taken over from them."""
        first = runs[0]
        self.left: list[TrainingRun] = []
        self.experiment, self._wanted = first.experiment, None
        self.device, self.split, self.model = first.device, first.split, first.model
        self.objective, self.train = first.objective, first.train
        self.counters, self.lr = replace(first.counters), first.lr
        self.chunks, self.loss_scale, self.best = None, None, None
        self.stopping = EarlyStopping()  # never asked: each replica has its own
        self.learning_rate = LearningRate()
        self._ended: list[EpochEnded] = []
        self._stack(runs)

    def each(self, event: Event) -> Iterator[tuple[TrainingRun, Event]]:
        """Tell what the stack's latest event was for each replica; only updates and ends of epochs are told.

        The replicas are up to date while they are told.
        """
        if isinstance(event, Updated):
            self._bring_up_to_date()
            ratios = [None if run.measured is None else run.measured.known_ratio for run in self.runs]
            sums, rows = self._update_losses
            losses = [total / rows for total in sums]
            numbers = zip(losses, self.buffer.norms, self.buffer.clipped_norms, ratios, strict=True)
            for run, (loss, norm, clipped, ratio) in zip(self.runs, numbers, strict=True):
                own = event._replace(loss=loss, grad_norm=norm, clipped_norm=clipped, update_ratio=ratio)
                yield run, own
        elif isinstance(event, EpochEnded):
            self._bring_up_to_date()
            yield from zip(self.runs, self._ended, strict=True)

    def tell_first(self) -> TrainingRun:
        """Bring the first replica up to date, after whichever phase, and return it: one can look at it then."""
        self._bring_up_to_date(1)
        return self.runs[0]

    def dissolve(self) -> None:
        """Let all replicas leave."""
        self._leave([True] * len(self.runs))

    # --- the phases, where they are not the same for K as for one ----------------------------------------

    def measure_untouched(self) -> EpochEnded:
        """Measure every replica as it is now."""
        self._ended = [run.measure_untouched() for run in self.runs]
        return self._ended[0]

    def start_epoch(self) -> None:
        """Draw each replica's new order; those whose patience is over are no longer there."""
        self._leave([run.patience_is_over for run in self.runs])
        for run in self.runs:
            run.start_epoch()
        self.epoch = StackedEpoch(self.runs)
        self._epoch_sums = [0.0] * len(self.runs)

    def close_window(self) -> float:
        """End the accumulation window; return the first replica's mean loss over its rows."""
        assert self.window is not None
        self._update_losses = self._window_sums, self.window.rows
        self._window_sums = [0.0] * len(self.runs)
        return super().close_window()

    def forward(self) -> tuple[int, float]:
        """Run each replica's next micro-batch through its model.

        Returns how many rows each has, and the first one's mean loss.

        Raises:
            NumbersBlewUpError: if no replica has a finite loss.
        """
        epoch = self.epoch
        assert epoch is not None
        batch = slice(epoch.position, epoch.position + self.experiment.training.batch_size)
        targets = epoch.targets[:, batch]
        outputs, losses = self.passes.forward(epoch.inputs[:, batch], targets)
        rows = targets.shape[1]
        sums = losses.sum(dim=1).tolist()
        if not isfinite(sum(sums)):
            self._lose(sums)
            return self.forward()
        if self.objective.classes:
            epoch.outputs[:, batch] = outputs.transpose(1, 2)
        self._window_sums = list(map(add, self._window_sums, sums))
        self._epoch_sums = list(map(add, self._epoch_sums, sums))
        self._count(epoch, rows, sums[0] / rows)
        return rows, sums[0] / rows

    def backward(self, rows: int) -> float:
        """Add each replica's weighted gradient to the buffer; return the weight of the micro-batch."""
        weight = self._weight(rows)
        self.buffer.backward(self.passes, weight / rows)
        return weight

    def gradient_norm(self) -> float:
        """Measure every replica's gradient; return the first one's norm.

        Raises:
            NumbersBlewUpError: if no replica has a finite gradient.
        """
        norm = self.buffer.norm()
        if isfinite(sum(self.buffer.norms)):
            return norm
        self._lose(self.buffer.norms)
        return self.gradient_norm()

    def end_epoch(self) -> EpochEnded:
        """Look at every replica's validation rows; let each take note of its epoch's numbers."""
        epoch, self.epoch = self.epoch, None
        assert epoch is not None
        self.counters.epochs += 1
        accuracies: Sequence[float | None] = [None] * len(self.runs)
        if self.objective.classes:
            trained = slice(0, epoch.trained)
            outputs = epoch.outputs[:, trained].transpose(1, 2)
            right = self._predict(outputs) == epoch.targets[:, trained]
            accuracies = [count / epoch.trained for count in right.sum(dim=1).tolist()]
        self._ended = self._measure_each([total / epoch.trained for total in self._epoch_sums], accuracies)
        for run, ended in zip(self.runs, self._ended, strict=True):
            run.take_note(ended)
        return self._ended[0]

    @property
    def patience_is_over(self) -> bool:
        """Whether early stopping ends all replicas here."""
        return all(run.patience_is_over for run in self.runs)

    @torch.no_grad()
    def outputs(self, inputs: Tensor) -> Tensor:
        """Return what each model says of its own rows: ``(K, rows, …)`` → ``(K, outputs, rows)``."""
        rows = max(ROWS_AT_ONCE // len(self.runs), 1)
        return torch.cat([self.passes.outputs(part) for part in torch.split(inputs, rows, dim=1)], dim=2)

    # --- the rest is inside ------------------------------------------------------------------------------

    def _stack(self, runs: Sequence[TrainingRun]) -> None:
        """Put the tensors of ``runs`` into one each, of which the runs then hold rows."""
        first = runs[0]
        self.runs = list(runs)
        self.parameters = StackedParameters(runs)
        self.buffer = StackedBuffer(runs, self.parameters)
        memory = {name: torch.stack([run.rule.memory[name] for run in runs]) for name in first.rule.memory}
        self.rule = Rule(first.rule.kind, self.parameters, memory, first.rule.steps)
        self.passes = StackedChain(runs, self.parameters, self.buffer)
        inputs, targets = zip(*(run.validation for run in runs), strict=True)
        self.validation = torch.stack(inputs), torch.stack(targets)
        self.epoch = None if first.epoch is None else StackedEpoch(runs)
        self.window = first.window and replace(first.window)
        self.measured = None
        self._window_sums = [run.window.loss_sum if run.window else 0.0 for run in runs]
        self._epoch_sums = [run.epoch.loss_sum if run.epoch else 0.0 for run in runs]
        for row, run in enumerate(runs):
            hold(run, self.parameters.flat[row], *(part[row] for part in self.buffer.parts))
            run.rule = RowOfRule(self.rule, row)
            run.counters = self.counters

    def _leave(self, leaving: Sequence[bool]) -> None:
        """Give those replicas what is theirs, and stack the others anew."""
        if not any(leaving):
            return
        self._bring_up_to_date()
        staying = []
        for run, leaves in zip(self.runs, leaving, strict=True):
            if leaves:
                hold(run, run.parameters.flat.clone(), *(part.clone() for part in run.buffer.parts))
                memory = {name: row.clone() for name, row in run.rule.memory.items()}
                run.rule = Rule(run.rule.kind, run.parameters, memory, run.rule.steps)
                run.counters = replace(run.counters)
                self.left.append(run)
            else:
                staying.append(run)
        self.runs = staying
        if staying:
            self._stack(staying)

    def _lose(self, numbers: Sequence[float]) -> None:
        """Let the replicas leave whose numbers are not finite; the others are to go through the phase again."""
        self._leave([not isfinite(number) for number in numbers])
        if not self.runs:
            raise NumbersBlewUpError("the numbers of all replicas blew up")

    def _bring_up_to_date(self, count: int | None = None) -> None:
        """Tell the replicas, or the first ``count``, what the stack keeps for all of them."""
        for row, run in enumerate(self.runs[:count]):
            run.lr = self.lr
            run.measured = None if self.measured is None else self.measured.of(row)
            run.window = self.window and replace(self.window, loss_sum=self._window_sums[row])
            run.buffer.without_gradient = self.buffer.without_gradient
            run.buffer.without_left_over = self.buffer.without_left_over
            run.buffer.without_batch = self.buffer.without_batch
            if self.epoch is None or run.epoch is None:
                run.epoch = None
            else:
                run.epoch.position, run.epoch.trained = self.epoch.position, self.epoch.trained
                run.epoch.loss_sum = self._epoch_sums[row]

    def _measure_each(
        self, train_losses: Sequence[float], accuracies: Sequence[float | None]
    ) -> list[EpochEnded]:
        """Look at each replica's validation rows; return these numbers with the given ones."""
        inputs, targets = self.validation
        losses: Sequence[float | None] = [None] * len(self.runs)
        counts: Sequence[NDArray[np.int64] | None] = [None] * len(self.runs)
        if targets.shape[1]:
            outputs = self.outputs(inputs)
            for run, own in zip(self.runs, outputs, strict=True):
                run.validation_outputs = own.T
            losses = self.passes.losses(outputs, targets).mean(dim=1).tolist()
            if self.objective.classes:
                counts = self._counts_of_each(outputs, targets)
        return [
            EpochEnded(
                epoch=self.counters.epochs,
                update=self.counters.updates,
                samples=self.counters.samples,
                train_loss=train_loss,
                train_accuracy=accuracy,
                val_loss=loss,
                counts=count,
                lr=self.lr,
            )
            for train_loss, accuracy, loss, count in zip(
                train_losses, accuracies, losses, counts, strict=True
            )
        ]

    def _counts_of_each(self, outputs: Tensor, targets: Tensor) -> list[NDArray[np.int64]]:
        """Return each replica's ``[true, predicted]`` counts."""
        classes, replicas = self.objective.classes, len(self.runs)
        first = torch.arange(replicas, device=self.device)[:, None] * classes**2
        pairs = first + targets * classes + self._predict(outputs)
        counts = torch.bincount(pairs.flatten(), minlength=replicas * classes**2)
        return list(counts.view(replicas, classes, classes).cpu().numpy())

    def _predict(self, outputs: Tensor) -> Tensor:
        """``(K, classes, rows)`` → ``(K, rows)`` class numbers."""
        return self.objective.predict(outputs, self.experiment.training.threshold)
