"""Data-parallel training: several processes, each with its share of every micro-batch, and one gradient.

Imported under ``torchrun`` only. All processes start from the same seed and make the same updates, so their
weights stay the same; everything that they exchange goes into one message per update.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import isfinite

import numpy as np
import torch
import torch.distributed as dist
from torch import nn

from gradlab.errors import InputError
from gradlab.experiment.files import change
from gradlab.experiment.schema import Experiment
from gradlab.training.batches import Window
from gradlab.training.blow_up import NumbersBlewUpError
from gradlab.training.epoch import Epoch
from gradlab.training.events import EpochEnded
from gradlab.training.run import TrainingRun
from gradlab.training.seeds import Stream

LOST = "Another process of this training has ended; this one cannot go on without it."


class Processes:
    """The processes that train together, seen from one of them; rank 0 writes the files.

    Attributes:
        writes: whether this process has rank 0.
    """

    def __init__(self, wants_to_stop: Callable[[], bool]) -> None:
        self.writes = dist.get_rank() == 0
        self._wants_to_stop = wants_to_stop
        self._runs: list[DistributedRun] = []

    def begin(self, experiment: Experiment) -> "DistributedRun":
        """Build a run whose batch size is multiplied by the number of processes.

        The run's files record that size, so that a single process can reproduce the run from them.
        """
        rows = experiment.training.batch_size * dist.get_world_size()
        return self.go_on(change(experiment, "training.batch_size", rows))

    def go_on(self, experiment: Experiment) -> "DistributedRun":
        """Build a run of an experiment whose batch size already covers all processes."""
        self._runs.append(DistributedRun(experiment, self._wants_to_stop))
        return self._runs[-1]

    def stopped(self) -> bool:
        """Return whether one of the processes wanted to stop; all agree after the same update."""
        return any(run.stops for run in self._runs)

    def once(self, work: Callable[[], None]) -> None:
        """Do ``work`` in the process of rank 0 while the others wait; an error is raised in all of them.

        Raises:
            InputError: the error that ``work`` raised.
        """
        errors: list[InputError | None] = [None]
        if self.writes:
            try:
                work()
            except InputError as error:
                errors = [error]
        dist.broadcast_object_list(errors)
        if errors[0] is not None:
            raise errors[0]


@contextmanager
def joined(wants_to_stop: Callable[[], bool]) -> Iterator[Processes]:
    """Join the processes that torchrun has started."""
    has_cuda = torch.cuda.is_available()
    if has_cuda:
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]) % torch.cuda.device_count())
    dist.init_process_group("cpu:gloo,cuda:nccl" if has_cuda else "gloo")
    try:
        yield Processes(wants_to_stop)
    finally:
        dist.destroy_process_group()


class DistributedRun(TrainingRun):
    """A run that trains on its share of every micro-batch and shares gradients, losses and outputs.

    Between two messages each process accumulates the numbers of its own rows; a message sums them over all
    processes. After it only rank 0 keeps what is left in the gradient buffer, and the others start at zero: so
    nothing counts twice, and rank 0's checkpoint holds everything.

    :meth:`forward` returns the loss of the process's own rows.

    Attributes:
        stops: whether a process wanted to stop before the latest message.
    """

    can_be_stacked = False

    def __init__(self, experiment: Experiment, wants_to_stop: Callable[[], bool]) -> None:
        self.rank, self.size = dist.get_rank(), dist.get_world_size()
        super().__init__(experiment)
        self.ledger.has_all_rows = False
        self._check_device()
        self._check_batch_norm()
        if self.network.device.type == "cpu":
            torch.set_num_threads(max(torch.get_num_threads() // int(os.environ["LOCAL_WORLD_SIZE"]), 1))
        self.stops = False
        self._wants_to_stop = wants_to_stop
        self._cause = ""
        self._loss_sum = 0.0
        self._first_row = 0
        self._under_way: tuple[Epoch | None, Window | None] = (None, None)
        self._own_part = 1.0

    # --- the phases of the loop that differ ------------------------------------------------------------------

    def forward(self) -> tuple[int, float]:
        """Run this process's share of the next micro-batch, or of its next chunk, through the model.

        Returns the rows of the whole micro-batch, and the mean loss of the share. A loss that is not finite goes
        into the next message.
        """
        epoch = self.position.epoch
        assert epoch is not None
        self._begin_to_add_up()
        rows = min(self.experiment.training.batch_size, epoch.rows - epoch.position)
        mine = share(rows, self.rank, self.size)
        # A process without rows of its own takes one that does not count, so that all take the same steps.
        looked_at = mine or range(1)
        batch = slice(epoch.position + looked_at.start, epoch.position + looked_at.stop)
        inputs, targets = epoch.inputs[batch], epoch.targets[batch]
        self._draw_own_dropout()
        outputs, loss = self.passes.forward(inputs, targets)
        value = loss.item()
        if not isfinite(value) and not self._cause:
            self._cause = self.cause_of_loss(inputs, value)
        if self.objective.classes and mine:
            epoch.outputs[batch] = outputs
        self._loss_sum += len(mine) * value * self.position.share
        self.position.count(rows, 0.0)
        self._own_part = len(mine) / rows
        return rows, value

    def backward(self, rows: int) -> float:
        """Add this process's part of the micro-batch's weighted gradient; return the weight of the whole."""
        weight = self.position.weight(rows)
        self.buffer.backward(self.passes, weight * self._own_part)
        self.ledger.add(rows, weight)
        return weight

    def gradient_norm(self) -> float:
        """Add up the gradients of all processes; return the norm of the sum."""
        self._synchronize()
        return super().gradient_norm()

    def end_epoch(self) -> EpochEnded:
        """Evaluate the validation rows in every process; rank 0 decides what follows from their loss."""
        if self.position.window is not None:  # carried over: a checkpoint must find everything in rank 0
            self._synchronize()
        self._average_batch_norm()
        ended = super().end_epoch()
        decisions = [self.best.stopping, self.optimizer.learning_rate]
        dist.broadcast_object_list(decisions)
        self.best.stopping, self.optimizer.learning_rate = decisions  # type: ignore[assignment]
        return ended

    # --- messages between the processes ----------------------------------------------------------------------

    def _begin_to_add_up(self) -> None:
        """Start a new sum at the first micro-batch of a window, or of an epoch that it is carried into."""
        epoch, window = self.position.epoch, self.position.window
        assert epoch is not None
        if self._under_way[0] is epoch and self._under_way[1] is window:
            return
        self._under_way = epoch, window
        self._first_row = epoch.position
        if self.rank:
            self.buffer.used.zero_()
            self.ledger.start_sums_again()

    def _synchronize(self) -> None:
        """Add up gradients, outputs and losses since the last message; share whether one failed or wants to stop.

        Raises:
            NumbersBlewUpError: in all processes, if the loss of one is not finite.
        """
        epoch, window = self.position.epoch, self.position.window
        assert epoch is not None
        assert window is not None
        used, outputs = self.buffer.used, epoch.outputs[self._first_row : epoch.trained]
        notes = used.new_tensor([self._loss_sum, bool(self._cause), self._wants_to_stop()])
        message = torch.cat([used, outputs.reshape(-1), notes])
        try:
            dist.all_reduce(message)
        except RuntimeError:
            raise InputError(LOST) from None
        loss_sum, failed, stops = message[-3:].tolist()
        self.ledger.share(dist.all_reduce)
        used.copy_(message[: used.numel()])
        outputs.copy_(message[used.numel() : -3].view_as(outputs))
        epoch.loss_sum += loss_sum
        window.loss_sum += loss_sum
        self._loss_sum = 0.0
        self.stops = stops > 0
        if failed:
            causes = [""] * self.size
            dist.all_gather_object(causes, self._cause)
            raise NumbersBlewUpError(next(filter(None, causes)))

    def _average_batch_norm(self) -> None:
        """Give all processes the mean of their running means and variances, which come from different rows."""
        running = [buffer for buffer in self.model.buffers() if buffer.is_floating_point()]
        for buffer in running:
            dist.all_reduce(buffer)
            buffer.div_(self.size)

    def _draw_own_dropout(self) -> None:
        """Seed dropout by process and micro-batch, so that a resumed run drops the same units again."""
        if self.experiment.model.dropout and not self.position.is_between_chunks:
            origin = [self.experiment.seed, Stream.DROPOUT, self.counters.micro_batches, self.rank]
            self.network.chance.manual_seed(int(np.random.SeedSequence(origin).generate_state(1)[0]))

    # --- what is refused -------------------------------------------------------------------------------------

    def _check_device(self) -> None:
        kind = self.network.device.type
        if kind not in ("cpu", "cuda"):
            raise InputError(
                f"training.device = {kind}: several processes train on cpu or cuda; allowed here: cpu",
                "training.device",
            )
        here, devices = int(os.environ["LOCAL_WORLD_SIZE"]), torch.cuda.device_count()
        if kind == "cuda" and here > devices:
            raise InputError(
                f"torchrun: {here} processes on this machine, but it has {devices} CUDA devices; "
                "allowed: one process per device, or training.device = cpu",
                "training.device",
            )

    def _check_batch_norm(self) -> None:
        """Refuse batch normalization where a process would get fewer than two rows."""
        if not any(isinstance(layer, nn.BatchNorm1d) for layer in self.model.modules()):
            return
        total, size = len(self.rows), self.experiment.training.batch_size
        for rows in (min(size, total), total % size):
            if 0 < rows < 2 * self.size:
                raise InputError(
                    f"training.batch_size: a batch of {rows} rows leaves less than two to one of {self.size} "
                    "processes, and batch normalization needs two or more; allowed here: another batch size, "
                    "fewer processes, or model.batch_norm = false",
                    "training.batch_size",
                )


def share(rows: int, rank: int, size: int) -> range:
    """Return which of ``rows`` rows belong to a process; the shares differ by one row at most."""
    return range(rows * rank // size, rows * (rank + 1) // size)
