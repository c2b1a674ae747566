"""K runs that differ only in their seed, trained in one batched computation.

An update of a small network is mostly the overhead of Python and of launching operations; a batched operation is
launched once for all. Each replica keeps its own rows, order, weights and gradients, which never mix.
"""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import astuple, replace
from math import isfinite

import torch

from gradlab.experiment.schema import Experiment
from gradlab.training.blow_up import NumbersBlewUpError
from gradlab.training.device import SMALL_MODEL
from gradlab.training.events import EpochEnded, Event, Updated
from gradlab.training.ledger import Ledger
from gradlab.training.live_settings import LiveSettings
from gradlab.training.rule import UpdateRule
from gradlab.training.run import TrainingRun
from gradlab.training.scheduled_optimizer import ScheduledOptimizer
from gradlab.training.schedules.base import SCHEDULES
from gradlab.training.stack_evaluation import StackedEvaluation
from gradlab.training.stack_parts import (
    BestOfEach,
    RowOfRule,
    StackedBuffer,
    StackedParameters,
    StackedPosition,
    hold,
)
from gradlab.training.stack_passes import StackedChain, passes_are_known


def fits(run: TrainingRun) -> Hashable | None:
    """Return what runs must have in common to be stacked; None for a run that cannot be.

    That is everything but the seed: settings, shapes, and how far they have come.
    """
    spec = run.experiment
    can = (
        run.can_be_stacked
        and run.rows.player is None  # each has played its own episodes
        and spec.model.kind in ("linear", "mlp")
        and not (spec.model.dropout or spec.model.batch_norm or spec.model.freeze)
        and run.network.precision.is_full
        and SCHEDULES[spec.optimizer.schedule].watch is None  # else each replica has its own learning rate
        and run.settings.wanted == spec
        and passes_are_known(run.network.model, run.objective)
        and run.parameters.flat.numel() < SMALL_MODEL  # a large one keeps the processor busy by itself
    )
    if not can:
        return None
    window, epoch, buffer = run.position.window, run.position.epoch, run.buffer
    return (
        spec.model_copy(update={"seed": 0}).model_dump_json(),
        tuple(tensor.shape for tensor in (*run.rows.train, *run.evaluation.rows)),
        astuple(run.counters),
        None if window is None else astuple(replace(window, loss_sum=0)),
        None if epoch is None else (epoch.position, epoch.trained),
        (buffer.without_gradient, buffer.without_left_over, buffer.without_batch, buffer.passes),
        run.ledger.common,
        tuple(run.optimizer.rule.steps),
        run.optimizer.lr,
    )


class Stack:
    """K runs as one, for the same loop as a single run; their tensors have a leading dimension of K.

    Its own events hold the first replica's numbers; :meth:`each` gives every replica's. A replica that ends early
    leaves the stack with memory of its own and continues alone, so that its own events say how it ended.

    Attributes:
        settings, position, buffer, ledger, optimizer, best: the same parts as those of a run, for all replicas.
        runs: the replicas in the stack. Their weights, gradients and optimizer memory are rows of the stack's,
            and so always up to date; the rest of them is after :meth:`each` or :meth:`dissolve`.
        left: the replicas that have left.
    """

    buffer: StackedBuffer
    ledger: Ledger
    optimizer: ScheduledOptimizer
    passes: StackedChain
    evaluation: StackedEvaluation

    def __init__(self, runs: Sequence[TrainingRun]) -> None:
        """Stack runs for which :func:`fits` returns the same; nothing is built, everything is taken from them."""
        first = runs[0]
        self.runs: list[TrainingRun] = []
        self.left: list[TrainingRun] = []
        self.settings = LiveSettings(first.experiment)
        self.position = StackedPosition(self.settings, first)
        self.best = BestOfEach(self.settings, first.model, self.runs)
        self._classes = first.objective.classes
        self._ended: list[EpochEnded] = []
        self._stack(runs)

    @property
    def experiment(self) -> Experiment:
        """The settings of all replicas, but for the seed."""
        return self.settings.in_force

    def each(self, event: Event) -> Iterator[tuple[TrainingRun, Event]]:
        """Yield the stack's latest event as each replica's own; only for updates and ends of epochs.

        The replicas are up to date when their events are yielded.
        """
        if isinstance(event, Updated):
            self._bring_up_to_date()
            measured = [run.optimizer.measured for run in self.runs]
            ratios = [None if numbers is None else numbers.known_ratio for numbers in measured]
            losses, norms = self.position.update_losses, self.buffer.norms
            numbers = zip(losses, norms, self.buffer.clipped_norms, ratios, strict=True)
            for run, (loss, norm, clipped, ratio) in zip(self.runs, numbers, strict=True):
                own = event._replace(loss=loss, grad_norm=norm, clipped_norm=clipped, update_ratio=ratio)
                yield run, own
        elif isinstance(event, EpochEnded):
            self._bring_up_to_date()
            yield from zip(self.runs, self._ended, strict=True)

    def tell_first(self) -> TrainingRun:
        """Bring the first replica up to date after any phase, and return it."""
        self._bring_up_to_date(1)
        return self.runs[0]

    def dissolve(self) -> None:
        """Release all replicas."""
        self._leave([True] * len(self.runs))

    # --- the phases of the loop ------------------------------------------------------------------------------

    def measure_untouched(self) -> EpochEnded:
        """Evaluate every replica before training."""
        self._ended = [run.measure_untouched() for run in self.runs]
        return self._ended[0]

    def apply_changes(self) -> dict[str, tuple[object, object]]:
        """Return no changes: settings change in the replicas, after they have left."""
        return {}

    def start_epoch(self) -> None:
        """Draw each replica's new order; those whose patience is over leave before."""
        self._leave([run.best.patience_is_over for run in self.runs])
        for run in self.runs:
            run.start_epoch()
        self.position.start_epoch(self.runs)

    def forward(self) -> tuple[int, float]:
        """Run each replica's next micro-batch through its model.

        Returns how many rows each has, and the first one's mean loss.

        Raises:
            NumbersBlewUpError: if no replica has a finite loss.
        """
        epoch = self.position.epoch
        assert epoch is not None
        batch = slice(epoch.position, epoch.position + self.experiment.training.batch_size)
        targets = epoch.targets[:, batch]
        outputs, losses = self.passes.forward(epoch.inputs[:, batch], targets)
        rows = targets.shape[1]
        sums = losses.sum(dim=1).tolist()
        if not isfinite(sum(sums)):
            self._lose(sums)
            return self.forward()
        if self._classes:
            epoch.outputs[:, batch] = outputs.transpose(1, 2)
        self.position.count_each(rows, sums)
        return rows, sums[0] / rows

    def backward(self, rows: int) -> float:
        """Add each replica's weighted gradient to the buffer; return the weight of the micro-batch."""
        weight = self.position.weight(rows)
        self.buffer.backward(self.passes, weight / rows)
        self.ledger.add(rows, weight)
        return weight

    def gradient_norm(self) -> float:
        """Measure every replica's gradient; return the first one's norm.

        Raises:
            NumbersBlewUpError: if no replica has a finite gradient.
        """
        norm = self.buffer.norm()
        if isfinite(sum(self.buffer.norms)):
            self.ledger.close(self.buffer.norms)
            return norm
        self._lose(self.buffer.norms)
        return self.gradient_norm()

    def end_epoch(self) -> EpochEnded:
        """Evaluate every replica's validation rows; pass each its epoch's numbers."""
        sums = self.position.epoch_sums
        epoch = self.position.close_epoch()
        accuracies = self.evaluation.accuracies(epoch)
        losses, counts = self.evaluation.judge_each(self.runs)
        numbers = zip(sums, accuracies, losses, counts, strict=True)
        self._ended = [
            EpochEnded(
                epoch=self.position.counters.epochs,
                update=self.position.counters.updates,
                samples=self.position.counters.samples,
                train_loss=total / epoch.trained,
                train_accuracy=accuracy,
                val_loss=loss,
                counts=count,
                lr=self.optimizer.lr,
            )
            for total, accuracy, loss, count in numbers
        ]
        for run, ended in zip(self.runs, self._ended, strict=True):
            run.best.observe(ended)
        return self._ended[0]

    # --- joining and leaving ---------------------------------------------------------------------------------

    def _stack(self, runs: Sequence[TrainingRun]) -> None:
        """Put the tensors of ``runs`` into one each; the runs then hold rows of them."""
        first = runs[0]
        self.runs[:] = runs
        parameters = StackedParameters(runs)
        self.buffer = StackedBuffer(runs, parameters)
        self.position.take(runs)
        self.optimizer = ScheduledOptimizer(
            self.settings, self.position, parameters, self.buffer, rows=len(first.rows)
        )
        rules = [run.optimizer.rule for run in runs]
        memory = {name: torch.stack([rule.memory[name] for rule in rules]) for name in rules[0].memory}
        self.optimizer.rule = UpdateRule(rules[0].kind, parameters, memory, rules[0].steps)
        self.optimizer.lr = first.optimizer.lr
        self.ledger = Ledger(self.settings, self.position, self.buffer)
        self.ledger.take([run.ledger for run in runs])
        self.passes = StackedChain(runs, parameters, self.buffer)
        self.evaluation = StackedEvaluation(runs, self.passes)
        for row, run in enumerate(runs):
            hold(run, parameters.flat[row], *(part[row] for part in self.buffer.parts))
            run.optimizer.rule = RowOfRule(self.optimizer.rule, row)

    def _leave(self, leaving: Sequence[bool]) -> None:
        """Release the ``leaving`` replicas with tensors of their own, and stack the others again."""
        if not any(leaving):
            return
        self._bring_up_to_date()
        staying = []
        for run, leaves in zip(self.runs, leaving, strict=True):
            if leaves:
                hold(run, run.parameters.flat.clone(), *(part.clone() for part in run.buffer.parts))
                rule = run.optimizer.rule
                memory = {name: row.clone() for name, row in rule.memory.items()}
                run.optimizer.rule = UpdateRule(rule.kind, run.parameters, memory, rule.steps)
                run.position.counters = replace(run.counters)
                self.left.append(run)
            else:
                staying.append(run)
        self.runs[:] = staying
        if staying:
            self._stack(staying)

    def _lose(self, numbers: Sequence[float]) -> None:
        """Release the replicas whose numbers are not finite; the caller repeats the phase with the others."""
        self._leave([not isfinite(number) for number in numbers])
        if not self.runs:
            raise NumbersBlewUpError("the numbers of all replicas blew up")

    def _bring_up_to_date(self, count: int | None = None) -> None:
        """Give the replicas, or the first ``count``, what the stack keeps for all of them."""
        measured = self.optimizer.measured
        for row, run in enumerate(self.runs[:count]):
            run.optimizer.lr = self.optimizer.lr
            run.optimizer.measured = None if measured is None else measured.of(row)
            run.buffer.empty_as(self.buffer)
            self.ledger.give(row, run.ledger)
            self.position.give(row, run.position)


Trainable = TrainingRun | Stack  # what the loop trains: both have the same parts and phases
