"""One run: the model, the data, the gradient buffer, the optimizer and the counters, and what a phase does."""

from math import isfinite
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor

from gradlab.datasets.split import Split, prepare
from gradlab.experiment.schema import Experiment
from gradlab.experiment.settings import differences
from gradlab.models.parts.blocks import share_chance
from gradlab.models.parts.heads import TwoHeads
from gradlab.models.parts.recurrent import Recurrent
from gradlab.training.batches import Window, plan_window, updates_per_epoch
from gradlab.training.blow_up import NumbersBlewUpError, cause_of_gradient, cause_of_loss
from gradlab.training.building import build_model, size_of
from gradlab.training.checks import check_batches, check_frozen, check_live, check_precision
from gradlab.training.chunks import Chunks
from gradlab.training.device import choose_device, choose_threads
from gradlab.training.epoch import Counters, Epoch
from gradlab.training.evaluation import Evaluation
from gradlab.training.events import EpochEnded, Skipped, Zeroed
from gradlab.training.forward import forward_of
from gradlab.training.gradient_buffer import GradientBuffer, Names
from gradlab.training.learning_rate import LearningRate
from gradlab.training.loss_scale import LossScale, Scaled
from gradlab.training.losses import make_objective
from gradlab.training.measuring import Measured, measure
from gradlab.training.parameters import FlatParameters
from gradlab.training.passes import Autograd, ChunkedAutograd, Passes
from gradlab.training.player import EpisodePlayer
from gradlab.training.precision import Precision
from gradlab.training.replay import CudaGraphs, Replayed, may_record
from gradlab.training.rule import Rule
from gradlab.training.seeds import Stream, derive
from gradlab.training.stopping import EarlyStopping
from gradlab.training.written_out import written_out


class TrainingRun:
    """Everything that changes while a network learns, and the phases that change it.

    The loop calls the phases in order; instruments read the attributes between them.

    Attributes:
        experiment: the settings in force.
        split: the data; ``model``: the network; ``parameters``: its weights as one tensor.
        buffer: the gradient buffer; ``epoch`` and ``window``: the epoch and the accumulation window under way,
            None between two of them.
        chunks: where the work on the current micro-batch stands; None for models that take a row at once.
        loss_scale: what losses are multiplied with for their way back through float16; None in other precisions.
        train: inputs and targets of the training rows; in a world, of the steps that were played last.
        player: who plays in the world, where there is one.
        measured: the latest update's measurements, if it was one that is measured.
        validation_outputs: what the model said of the validation rows when they were looked at last, as its
            last layer has it; None before.
    """

    def __init__(self, experiment: Experiment) -> None:
        self.experiment = experiment
        self.split: Split = prepare(experiment)
        self.model = build_model(experiment, self.split, self.outputs_per_row)
        self.device = choose_device(experiment.training.device, size_of(self.model))
        choose_threads(size_of(self.model))
        check_precision(experiment, self.device)
        self.precision = Precision(experiment.training.precision, self.device)
        self.loss_scale = LossScale() if experiment.training.precision == "float16" else None
        self.model.to(self.device)
        self.dropout_chance = torch.Generator(self.device).manual_seed(
            derive(experiment.seed, Stream.DROPOUT)
        )
        share_chance(self.model, self.dropout_chance)
        self.parameters = FlatParameters(self.model)
        self.forward_pass = self.precision.of(forward_of(self.model))
        self.chunks = Chunks(self.model, self.precision) if isinstance(self.model, Recurrent) else None
        if isinstance(self.model, TwoHeads):
            self.model.leaves_out_a = lambda: self._leaves_out_a
        self.buffer = GradientBuffer(self.parameters, self._left_out)
        check_frozen(experiment, self.parameters)
        self.buffer.freeze(experiment.model.freeze)
        self.objective = make_objective(experiment.training, self.split, self.device)
        self.evaluation = Evaluation(self.model, self.forward_pass, self.objective)
        world = self.split.dataset.world
        self.player = None if world is None else EpisodePlayer(experiment, world)
        self.train = self._training_rows()
        self.passes = self._choose_passes()
        self.rule = Rule(experiment.optimizer.kind, self.parameters)
        self.learning_rate = LearningRate()
        self.stopping = EarlyStopping()
        self.counters = Counters()
        self.window: Window | None = None
        self.epoch: Epoch | None = None
        self.validation = self._tensors(self.split.validation_inputs, self.split.validation_targets)
        self.lr = self._scheduled_lr()
        self.measured: Measured | None = None
        self.validation_outputs: Tensor | None = None
        self.best: dict[str, Tensor] | None = None
        self.order_chance = torch.Generator().manual_seed(derive(experiment.seed, Stream.ORDER))
        self._wanted: Experiment | None = None
        check_batches(experiment, len(self.train[1]), self.model)

    # --- changing settings -------------------------------------------------------------------------------

    def change(self, experiment: Experiment) -> None:
        """Let the live settings of ``experiment`` hold from the next update on.

        Raises:
            InputError: for a change that needs a reset, for layers that do not exist, or where no update would
                ever happen.
        """
        check_live(self.experiment, experiment)
        check_batches(experiment, len(self.train[1]), self.model)
        check_frozen(experiment, self.parameters)
        self._wanted = experiment

    @property
    def wanted(self) -> Experiment:
        """The settings that will be in force at the next update."""
        return self._wanted or self.experiment

    def apply_changes(self) -> dict[str, tuple[object, object]]:
        """Take over what :meth:`change` asked for; return key → (before, after) of what did change."""
        if self._wanted is None:
            return {}
        before, self.experiment, self._wanted = self.experiment, self._wanted, None
        if before.optimizer.kind != self.experiment.optimizer.kind:
            self.rule = Rule(self.experiment.optimizer.kind, self.parameters)
        self.buffer.freeze(self.experiment.model.freeze)
        return differences(before, self.experiment)

    # --- the phases of the loop --------------------------------------------------------------------------

    def start_epoch(self) -> None:
        """Draw a new order of the training rows; in a world, of steps that the policy plays anew."""
        if self.player is not None:
            self.train = self._training_rows()
        order = torch.randperm(len(self.train[1]), generator=self.order_chance).to(self.device)
        self.epoch = Epoch(*self.train, order, self.outputs_per_row)

    def open_window(self) -> Window | None:
        """Plan the next accumulation window; None where the rest of the epoch is to be left out."""
        assert self.epoch is not None
        settings = self.experiment
        self.window = plan_window(
            self.epoch.position, self.epoch.rows, settings.training.batch_size, settings.gradients
        )
        return self.window

    def leave_out_the_rest(self) -> int:
        """Skip the epoch's remaining rows; return how many micro-batches that are."""
        assert self.epoch is not None
        left, self.epoch.position = self.epoch.rows - self.epoch.position, self.epoch.rows
        return -(-left // self.experiment.training.batch_size)

    def close_window(self) -> float:
        """End the accumulation window; return the unscaled mean loss over its rows."""
        window, self.window = self.window, None
        assert window is not None
        return window.loss_sum / window.rows

    def zero(self) -> Zeroed:
        """Empty the gradient buffer."""
        to = self.experiment.gradients.zero_to
        self.buffer.zero(to)
        return Zeroed(to)

    def forward(self) -> tuple[int, float]:
        """Run the next micro-batch through the model; return its rows and its mean loss.

        Where sequences are cut into chunks, it is the next chunk of the micro-batch.

        Raises:
            NumbersBlewUpError: if the loss is not finite.
        """
        epoch = self.epoch
        assert epoch is not None
        batch = slice(epoch.position, epoch.position + self.experiment.training.batch_size)
        inputs, targets = epoch.inputs[batch], epoch.targets[batch]
        outputs, loss = self.passes.forward(inputs, targets)
        value, rows = loss.item(), targets.shape[0]
        if not isfinite(value):
            raise NumbersBlewUpError(self._cause_of_loss(inputs, value))
        if self.objective.classes:
            epoch.outputs[batch] = outputs
        self._count(epoch, rows, value)
        return rows, value

    def backward(self, rows: int) -> float:
        """Add the micro-batch's weighted gradient to the buffer; return the weight."""
        weight = self._weight(rows)
        self.buffer.backward(self.passes, weight)
        return weight

    def gradient_norm(self) -> float:
        """Return the norm of what the optimizer will use.

        Raises:
            NumbersBlewUpError: if it is not finite, and not for too large a loss scale.
        """
        norm = self.buffer.norm()
        if not isfinite(norm) and not (self.loss_scale and self.loss_scale.can_shrink):
            raise NumbersBlewUpError(
                f"{self._place()}: {cause_of_gradient(self.parameters, self.buffer.used)}"
            )
        return norm

    def step(self) -> float | None:
        """Let the optimizer use the buffer; return std(Δw) / std(w) over all matrices if measured now."""
        self.lr = self._scheduled_lr()
        is_measured = (self.counters.updates + 1) % self.experiment.training.measure_every == 0
        before = self.parameters.flat.clone() if is_measured else None
        self.rule.step(self.buffer.used, self.lr, self.experiment.optimizer, self.buffer.without_gradient)
        self.counters.updates += 1
        if self.loss_scale is not None:
            self.loss_scale.grow()
        self.measured = None if before is None else measure(self.parameters, self.buffer.used, before)
        return None if self.measured is None else self.measured.known_ratio

    def skip_update(self) -> Skipped:
        """Leave a gradient unused that left the range of float16, and make the loss scale smaller."""
        assert self.loss_scale is not None
        self.loss_scale.shrink()
        self.counters.skipped += 1
        self.close_window()
        return Skipped(self.counters.updates, self.loss_scale.value)

    def end_epoch(self) -> EpochEnded:
        """Look at the validation rows, remember the best weights; return the epoch's numbers."""
        epoch, self.epoch = self.epoch, None
        assert epoch is not None
        self.counters.epochs += 1
        trained = slice(0, epoch.trained)
        accuracy = self.evaluation.accuracy(epoch.outputs[trained], epoch.targets[trained], self._threshold)
        ended = self.measure(epoch.loss_sum / epoch.trained, accuracy, self.reward)
        self.take_note(ended)
        return ended

    def take_note(self, ended: EpochEnded) -> None:
        """Let early stopping and the schedule see an epoch's numbers; remember the best weights."""
        if ended.val_loss is not None:
            improved = self.stopping.observe(ended.epoch, ended.val_loss, self.experiment.training.min_delta)
            if improved and self._keeps_best:
                self.best = {name: value.clone() for name, value in self.model.state_dict().items()}
        watched = ended.train_loss if ended.val_loss is None else ended.val_loss
        self.learning_rate.observe(self.experiment.optimizer, watched)

    def measure_untouched(self) -> EpochEnded:
        """Return the numbers of the model as it is now, on the training rows without training: epoch 0."""
        inputs, targets = self.train
        outputs = self.outputs(inputs)
        accuracy = self.evaluation.accuracy(outputs, targets, self._threshold)
        return self.measure(self.evaluation.loss(outputs, targets), accuracy, self.reward)

    def restore_best(self) -> bool:
        """Bring the best epoch's weights back if that is asked for; return whether that was done."""
        if self.best is None or not self._keeps_best:
            return False
        with torch.no_grad():
            self.model.load_state_dict(self.best)
        return True

    # --- looking -----------------------------------------------------------------------------------------

    def outputs(self, inputs: Tensor) -> Tensor:
        """Return what the model says of standardized inputs, without dropout and without gradients."""
        return self.evaluation.outputs(inputs)

    def measure(
        self, train_loss: float, train_accuracy: float | None, reward: float | None = None
    ) -> EpochEnded:
        """Look at the validation rows; return these numbers with the given ones of the training rows."""
        targets = self.validation[1]
        val_loss = counts = None
        if len(targets):
            outputs = self.look_at_validation()
            val_loss = self.evaluation.loss(outputs, targets)
            counts = self.evaluation.counts(outputs, targets, self._threshold)
        return EpochEnded(
            epoch=self.counters.epochs,
            update=self.counters.updates,
            samples=self.counters.samples,
            train_loss=train_loss,
            train_accuracy=train_accuracy,
            val_loss=val_loss,
            counts=counts,
            lr=self.lr,
            reward=reward,
        )

    def look_at_validation(self) -> Tensor:
        """Return what the model says of the validation rows now, and remember it."""
        self.validation_outputs = self.outputs(self.validation[0])
        return self.validation_outputs

    @property
    def reward(self) -> float | None:
        """What an episode earned, the mean over those that are trained on; None where no world is played in."""
        return None if self.player is None else self.player.reward

    @property
    def outputs_per_row(self) -> int:
        """How many numbers the model says of a row, or of each of its time steps: one per class, or 1."""
        return max(len(self.split.class_names), 1)

    @property
    def epoch_position(self) -> float:
        """How many epochs were gone through, with the part of the one under way."""
        if self.epoch is None:
            return float(self.counters.epochs)
        return self.counters.epochs + min(self.epoch.position / self.epoch.rows, 1)

    @property
    def is_untouched(self) -> bool:
        """Whether nothing was trained on yet."""
        return self.counters.micro_batches == 0

    @property
    def patience_is_over(self) -> bool:
        """Whether early stopping ends the run here."""
        return self.stopping.is_over(self.experiment.training.patience)

    @property
    def is_between_chunks(self) -> bool:
        """Whether some of the current micro-batch's chunks are still to come."""
        return self.chunks is not None and self.chunks.is_between

    @property
    def chunk(self) -> tuple[int, int]:
        """The latest chunk's number in its micro-batch, from 1, and how many that has."""
        return (1, 1) if self.chunks is None else (self.chunks.number, self.chunks.count)

    @property
    def batch(self) -> tuple[int, int]:
        """The latest micro-batch's number in its window, from 1, and how many that is to have."""
        assert self.window is not None
        return self.window.batches + self.is_between_chunks, self.window.planned_batches

    @property
    def is_over(self) -> bool:
        """Whether no further epoch is to be begun or gone on with."""
        all_done = self.counters.epochs >= self.experiment.training.epochs
        return self.epoch is None and (all_done or self.patience_is_over)

    @property
    def window_is_full(self) -> bool:
        """Whether it is time for the update."""
        return self.window is not None and self.window.is_full

    @property
    def leaves_out_the_rest(self) -> bool:
        """Whether the rest of the epoch, if there is any, fills no window and is not to be trained on."""
        if self.epoch is None or self.window is not None:
            return False
        spec = self.wanted
        size = spec.training.batch_size
        return plan_window(self.epoch.position, self.epoch.rows, size, spec.gradients) is None

    @property
    def total_updates(self) -> int:
        """How many updates the whole run makes with the present settings."""
        settings = self.experiment
        each = updates_per_epoch(len(self.train[1]), settings.training.batch_size, settings.gradients)
        return max(int(each * settings.training.epochs), 1)

    # --- the rest is inside ------------------------------------------------------------------------------

    def _choose_passes(self) -> Passes:
        passes = self._unscaled_passes()
        return passes if self.loss_scale is None else Scaled(passes, self.loss_scale)

    def _unscaled_passes(self) -> Passes:
        if self.chunks is not None:
            return ChunkedAutograd(self.chunks, lambda: self.experiment.model.chunk, self.objective)
        if may_record(self.device) and not isinstance(self.model, TwoHeads):  # whose passes change on the way
            chance = self.dropout_chance
            return Replayed(self._autograd, self.model, chance, lambda: CudaGraphs(chance))
        can_be_written_out = self.device.type == "cpu" and self.precision.is_full
        chain = written_out(self.model, self.objective) if can_be_written_out else None
        return chain or self._autograd()

    @property
    def _leaves_out_a(self) -> bool:
        """Whether head A of two is out of use, from the first batch of the next update on."""
        limit = self.experiment.model.head_a_updates
        return 0 < limit <= self.counters.updates - (self.window is None)

    def _left_out(self) -> Names:
        return self.model.left_out if isinstance(self.model, TwoHeads) else Names()

    def _autograd(self) -> Autograd:
        return Autograd(self.forward_pass, self.objective)

    def _training_rows(self) -> tuple[Tensor, Tensor]:
        inputs, targets = self._tensors(self.split.train_inputs, self.split.train_targets)
        if self.player is None:
            return inputs, targets
        states, played = self.player.play(self.objective.scores(self.outputs(inputs)))
        return inputs[states], played

    def _tensors(self, inputs: NDArray[Any], targets: NDArray[Any]) -> tuple[Tensor, Tensor]:
        return torch.from_numpy(inputs).to(self.device), torch.from_numpy(targets).to(self.device)

    @property
    def _keeps_best(self) -> bool:
        return self.experiment.training.patience > 0 and self.experiment.training.restore_best

    @property
    def _threshold(self) -> float:
        return self.experiment.training.threshold

    def _scheduled_lr(self) -> float:
        return self.learning_rate.at(self.experiment.optimizer, self.counters.updates, self.total_updates)

    @property
    def _share(self) -> float:
        """The latest forward pass's part of the losses of its micro-batch."""
        return 1.0 if self.chunks is None else self.chunks.share

    def _weight(self, rows: int) -> float:
        assert self.window is not None
        return self.window.weight(rows, self.experiment.gradients) * self._share

    def _count(self, epoch: Epoch, rows: int, loss: float) -> None:
        assert self.window is not None
        part = rows * loss * self._share
        epoch.loss_sum += part
        self.window.loss_sum += part
        if self.is_between_chunks:
            return
        epoch.position += rows
        epoch.trained += rows
        self.window.batches += 1
        self.window.rows += rows
        self.counters.micro_batches += 1
        self.counters.samples += rows

    def _cause_of_loss(self, inputs: Tensor, loss: float) -> str:
        with self.precision.context():
            cause = cause_of_loss(self.model, self.parameters, inputs, loss)
        return f"{self._place()}: {cause}"

    def _place(self) -> str:
        assert self.window is not None
        batch = min(self.window.batches + 1, self.window.planned_batches)
        return (
            f"update {self.counters.updates + 1}, batch {batch} of {self.window.planned_batches}, "
            f"epoch {self.counters.epochs + 1}"
        )
