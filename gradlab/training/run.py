"""One run: the model, the data, the gradient buffer, the optimizer and the counters, and what a phase does."""

from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from gradlab.datasets.split import Split, prepare
from gradlab.errors import InputError
from gradlab.experiment.schema import Experiment
from gradlab.experiment.settings import by_key
from gradlab.models.base import Ends, models
from gradlab.models.parts.blocks import share_chance
from gradlab.models.parts.recurrent import Recurrent
from gradlab.training.batches import Window, plan_window, updates_per_epoch
from gradlab.training.chunks import Chunks
from gradlab.training.device import choose_device, choose_threads
from gradlab.training.events import EpochEnded
from gradlab.training.forward import forward_of
from gradlab.training.gradient_buffer import GradientBuffer
from gradlab.training.losses import make_objective
from gradlab.training.optimizers import Rule
from gradlab.training.parameters import FlatParameters
from gradlab.training.passes import Autograd, ChunkedAutograd, Passes
from gradlab.training.schedules import SHAPES, Plateau
from gradlab.training.seeds import Stream, derive
from gradlab.training.stopping import EarlyStopping
from gradlab.training.written_out import written_out

ROWS_AT_ONCE = 8192  # rows per forward pass where no gradient is wanted


class NumbersBlewUpError(ArithmeticError):
    """A loss, gradient or weight became infinite or NaN; the message says where it was seen first."""


@dataclass
class Counters:
    """What was done so far. Separate, never mixed."""

    epochs: int = 0
    updates: int = 0
    micro_batches: int = 0
    samples: int = 0


class Epoch:
    """One pass over the training rows in a new order, and what became of them as they were trained on.

    Attributes:
        order: which training row comes when; ``rows`` how many there are.
        inputs, targets: the training rows in that order.
        position: how many of them were visited; ``trained`` how many were trained on.
        outputs: what the model said of each when it was trained on, where there are classes.
        loss_sum: the sum of the losses of the rows trained on.
    """

    def __init__(self, inputs: Tensor, targets: Tensor, order: Tensor, outputs: int) -> None:
        self.order = order
        self.inputs = inputs[order]
        self.targets = targets[order]
        self.rows = len(targets)
        self.position = 0
        self.trained = 0
        self.outputs = inputs.new_zeros(self.rows, outputs)
        self.loss_sum = 0.0

    @property
    def is_over(self) -> bool:
        """Whether every row was visited."""
        return self.position >= self.rows


class TrainingRun:
    """Everything that changes while a network learns, and the phases that change it.

    The loop calls the phases in order; instruments read the attributes between them.

    Attributes:
        experiment: the settings in force.
        split: the data; ``model``: the network; ``parameters``: its weights as one tensor.
        buffer: the gradient buffer; ``epoch`` and ``window``: the epoch and the accumulation window under way,
            None between two of them.
        chunks: where the work on the current micro-batch stands; None for models that take a row at once.
        weights_before: the weights before the latest measured update.
        validation_outputs: what the model said of the validation rows when they were looked at last, as its
            last layer has it; None before.
    """

    def __init__(self, experiment: Experiment) -> None:
        self.experiment = experiment
        self.split: Split = prepare(experiment)
        self.model = self._build_model()
        self.device = choose_device(experiment.training.device, _size(self.model))
        choose_threads(_size(self.model))
        self.model.to(self.device)
        self.dropout_chance = torch.Generator(self.device).manual_seed(
            derive(experiment.seed, Stream.DROPOUT)
        )
        share_chance(self.model, self.dropout_chance)
        self.parameters = FlatParameters(self.model)
        self.forward_pass = forward_of(self.model)
        self.chunks = Chunks(self.model) if isinstance(self.model, Recurrent) else None
        self.buffer = GradientBuffer(self.parameters)
        self._check_frozen(experiment)
        self.buffer.freeze(experiment.model.freeze)
        self.objective = make_objective(experiment.training, self.split, self.device)
        self.passes = self._choose_passes()
        self.rule = Rule(experiment.optimizer.kind, self.parameters)
        self.plateau = Plateau()
        self.stopping = EarlyStopping()
        self.counters = Counters()
        self.window: Window | None = None
        self.epoch: Epoch | None = None
        self.train = self._tensors(self.split.train_inputs, self.split.train_targets)
        self.validation = self._tensors(self.split.validation_inputs, self.split.validation_targets)
        self.lr = self._scheduled_lr()
        self.weights_before: Tensor | None = None
        self.validation_outputs: Tensor | None = None
        self.best: dict[str, Tensor] | None = None
        self.order_chance = torch.Generator().manual_seed(derive(experiment.seed, Stream.ORDER))
        self._wanted: Experiment | None = None
        self._check_batches(experiment)

    # --- changing settings -------------------------------------------------------------------------------

    def change(self, experiment: Experiment) -> None:
        """Let the live settings of ``experiment`` hold from the next update on.

        Raises:
            InputError: for a change that needs a reset, for layers that do not exist, or where no update would
                ever happen.
        """
        for key, (_, new) in differences(self.experiment, experiment).items():
            if not by_key(Experiment)[key].live:
                raise InputError(f"{key} = {new} needs a reset: it cannot change while a run goes on", key)
        self._check_batches(experiment)
        self._check_frozen(experiment)
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
        """Draw a new order of the training rows."""
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

    def zero(self) -> None:
        """Empty the gradient buffer."""
        self.buffer.zero(self.experiment.gradients.zero_to)

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
            raise NumbersBlewUpError(self._where_the_loss_blew_up(inputs, value))
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
            NumbersBlewUpError: if it is not finite.
        """
        norm = self.buffer.norm()
        if not isfinite(norm):
            where = _first_not_finite(self.parameters, self.buffer.used)
            raise NumbersBlewUpError(f"{self._place()}: the gradient of {where} is not finite")
        return norm

    def step(self) -> float | None:
        """Let the optimizer use the buffer; return std(Δw) / std(w) over all matrices if measured now."""
        self.lr = self._scheduled_lr()
        measured = (self.counters.updates + 1) % self.experiment.training.measure_every == 0
        self.weights_before = self.parameters.flat.clone() if measured else None
        self.rule.step(self.buffer.used, self.lr, self.experiment.optimizer, self.buffer.none)
        self.counters.updates += 1
        return self._update_ratio(self.weights_before) if self.weights_before is not None else None

    def end_epoch(self) -> EpochEnded:
        """Look at the validation rows, remember the best weights; return the epoch's numbers."""
        epoch, self.epoch = self.epoch, None
        assert epoch is not None
        self.counters.epochs += 1
        accuracy = None
        if self.objective.classes:
            trained = slice(0, epoch.trained)
            accuracy = self._right(epoch.outputs[trained], epoch.targets[trained]) / epoch.trained
        ended = self.measure(epoch.loss_sum / epoch.trained, accuracy)
        self.take_note(ended)
        return ended

    def take_note(self, ended: EpochEnded) -> None:
        """Let early stopping and the schedule see an epoch's numbers; remember the best weights."""
        if ended.val_loss is not None:
            improved = self.stopping.observe(ended.epoch, ended.val_loss, self.experiment.training.min_delta)
            if improved and self._keeps_best:
                self.best = {name: value.clone() for name, value in self.model.state_dict().items()}
        watched = ended.train_loss if ended.val_loss is None else ended.val_loss
        if self.experiment.optimizer.schedule == "plateau":
            self.plateau.observe(watched)

    def measure_untouched(self) -> EpochEnded:
        """Return the numbers of the model as it is now, on the training rows without training: epoch 0."""
        outputs = self.outputs(self.train[0])
        accuracy = None
        if self.objective.classes:
            accuracy = self._right(outputs, self.train[1]) / len(outputs)
        return self.measure(self._loss(outputs, self.train[1]), accuracy)

    def restore_best(self) -> bool:
        """Bring the best epoch's weights back if that is asked for; return whether that was done."""
        if self.best is None or not self._keeps_best:
            return False
        with torch.no_grad():
            self.model.load_state_dict(self.best)
        return True

    # --- looking -----------------------------------------------------------------------------------------

    @torch.no_grad()
    def outputs(self, inputs: Tensor) -> Tensor:
        """Return what the model says of standardized inputs, without dropout and without gradients."""
        was_training = self.model.training
        self.model.eval()
        chunks = [self.forward_pass(chunk) for chunk in torch.split(inputs, ROWS_AT_ONCE)]
        self.model.train(was_training)
        return torch.cat(chunks) if len(chunks) > 1 else chunks[0]

    def measure(self, train_loss: float, train_accuracy: float | None) -> EpochEnded:
        """Look at the validation rows; return these numbers with the given ones of the training rows."""
        targets = self.validation[1]
        val_loss = counts = None
        if len(targets):
            outputs = self.look_at_validation()
            val_loss = self._loss(outputs, targets)
            counts = self._counts(outputs, targets) if self.objective.classes else None
        return EpochEnded(
            epoch=self.counters.epochs,
            update=self.counters.updates,
            samples=self.counters.samples,
            train_loss=train_loss,
            train_accuracy=train_accuracy,
            val_loss=val_loss,
            counts=counts,
            lr=self.lr,
        )

    def confusion(self) -> NDArray[np.int64] | None:
        """Return ``[true, predicted]`` counts on the validation rows; None without classes or such rows."""
        targets = self.validation[1]
        if not self.objective.classes or not len(targets):
            return None
        return self._counts(self.look_at_validation(), targets)

    def look_at_validation(self) -> Tensor:
        """Return what the model says of the validation rows now, and remember it."""
        self.validation_outputs = self.outputs(self.validation[0])
        return self.validation_outputs

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

    def _build_model(self) -> nn.Module:
        seed = self.experiment.seed
        every_step = self.split.train_targets.ndim == 2
        ends = Ends(self.split.input_shape, self.outputs_per_row, every_step)
        spec = self.experiment.model
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(derive(seed, Stream.WEIGHTS))
            model: nn.Module = models[spec.kind].build(spec, ends)
        if every_step and not isinstance(model, Recurrent):
            raise InputError(
                f"model.kind = {spec.kind} predicts one number per row, and this data set wants one at every "
                "time step; allowed here: rnn, gru, lstm",
                "model.kind",
            )
        return model

    def _choose_passes(self) -> Passes:
        if self.chunks is not None:
            return ChunkedAutograd(self.chunks, lambda: self.experiment.model.chunk, self.objective)
        chain = written_out(self.model, self.objective) if self.device.type == "cpu" else None
        return chain or Autograd(self.forward_pass, self.objective)

    def _tensors(self, inputs: NDArray[Any], targets: NDArray[Any]) -> tuple[Tensor, Tensor]:
        return torch.from_numpy(inputs).to(self.device), torch.from_numpy(targets).to(self.device)

    @property
    def _keeps_best(self) -> bool:
        return self.experiment.training.patience > 0 and self.experiment.training.restore_best

    def _scheduled_lr(self) -> float:
        spec = self.experiment.optimizer
        factor = SHAPES[spec.schedule](self.counters.updates, self.total_updates)
        return spec.lr * factor * (self.plateau.factor if spec.schedule == "plateau" else 1)

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

    def _right(self, outputs: Tensor, targets: Tensor) -> int:
        predicted = self.objective.predict(outputs, self.experiment.training.threshold)
        return int((predicted == targets).sum())

    def _loss(self, outputs: Tensor, targets: Tensor) -> float:
        return float(self.objective.mean_loss(outputs, targets))

    def _counts(self, outputs: Tensor, targets: Tensor) -> NDArray[np.int64]:
        classes = self.objective.classes
        predicted = self.objective.predict(outputs, self.experiment.training.threshold)
        pairs = torch.bincount(targets * classes + predicted, minlength=classes * classes)
        return pairs.reshape(classes, classes).cpu().numpy()

    def _update_ratio(self, before: Tensor) -> float | None:
        spans = self.parameters.matrix_spans
        size = spans.deviation(to_doubles(before))
        return spans.deviation(to_doubles(self.parameters.flat - before)) / size if size else None

    def _where_the_loss_blew_up(self, inputs: Tensor, loss: float) -> str:
        place = f"{self._place()}: the loss became {loss}"
        weights = _first_not_finite(self.parameters, self.parameters.flat)
        if weights:
            return f"{place}; the first weights that are not finite are {weights}"
        signal = inputs
        with torch.no_grad():
            for name, layer in self.model.named_children():
                signal = layer(signal)
                if isinstance(signal, tuple):  # a recurrent layer also returns its state
                    signal = signal[0]
                if not torch.isfinite(signal).all():
                    return f"{place}; the first output that is not finite is that of {name}"
        return f"{place}; the outputs are finite, but too large for the loss"

    def _place(self) -> str:
        assert self.window is not None
        batch = min(self.window.batches + 1, self.window.planned_batches)
        return (
            f"update {self.counters.updates + 1}, batch {batch} of {self.window.planned_batches}, "
            f"epoch {self.counters.epochs + 1}"
        )

    def _check_frozen(self, experiment: Experiment) -> None:
        """Refuse to freeze layers that do not exist, or all of them."""
        layers = [layer.name for layer in self.parameters.layers]
        frozen = experiment.model.freeze
        unknown = [name for name in frozen if name not in layers]
        if unknown:
            raise InputError(
                f'model.freeze: there is no layer "{unknown[0]}" with weights; '
                f"allowed here: {', '.join(layers)}",
                "model.freeze",
            )
        if set(frozen) == set(layers):
            raise InputError(
                f"model.freeze = {', '.join(frozen)}: nothing would be left to train; "
                f"allowed here: some of {', '.join(layers)}, but not all",
                "model.freeze",
            )

    def _check_batches(self, experiment: Experiment) -> None:
        """Refuse batch settings with which training would stand still or fail half-way."""
        spec, size, rows = experiment.gradients, experiment.training.batch_size, len(self.train[1])
        if updates_per_epoch(rows, size, spec) == 0:
            batches = -(-rows // size)
            raise InputError(
                f"gradients.accumulate = {spec.accumulate} with tail = drop: an epoch has only {batches} "
                f"batches, so no update would ever happen; allowed here: 1 to {batches}",
                "gradients.accumulate",
            )
        one_row = size == 1 or rows % size == 1
        if one_row and any(isinstance(layer, nn.BatchNorm1d) for layer in self.model.modules()):
            raise InputError(
                f"training.batch_size = {size} makes a batch of a single one of the {rows} training rows, and "
                "batch normalization needs two or more; allowed here: another batch size, or "
                "model.batch_norm = false",
                "training.batch_size",
            )


def to_doubles(flat: Tensor) -> NDArray[np.float64]:
    """Return a flat tensor as numpy numbers in double precision, for measurements."""
    return flat.detach().cpu().double().numpy()


def differences(before: Experiment, after: Experiment) -> dict[str, tuple[object, object]]:
    """Return key → (before, after) of every setting in which two experiments differ."""
    old, new = before.model_dump(), after.model_dump()
    changed = {}
    for key in by_key(Experiment):
        first, second = _at(old, key), _at(new, key)
        if first != second:
            changed[key] = (first, second)
    return changed


def _at(document: dict[str, Any], key: str) -> object:
    value: Any = document
    for part in key.split("."):
        value = value[part]
    return value


def _size(model: nn.Module) -> int:
    return sum(parameter.numel() for parameter in model.parameters())


def _first_not_finite(parameters: FlatParameters, flat: Tensor) -> str:
    for segment in parameters.segments:
        if not torch.isfinite(segment.of(flat)).all():
            return segment.name
    return ""
