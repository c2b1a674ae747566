from math import isfinite
from typing import ClassVar

from torch import Tensor, nn

from gradlab.datasets.split import prepare
from gradlab.experiment.schema import Experiment
from gradlab.experiment.settings import differences
from gradlab.training.blow_up import NumbersBlewUpError, cause_of_gradient, cause_of_loss
from gradlab.training.checks import check_batches, check_frozen, check_live
from gradlab.training.epoch import Counters
from gradlab.training.evaluation import Evaluation
from gradlab.training.events import EpochEnded
from gradlab.training.gradient_buffer import GradientBuffer
from gradlab.training.ledger import Ledger
from gradlab.training.live_settings import LiveSettings
from gradlab.training.network import Network
from gradlab.training.objective import make_objective
from gradlab.training.parameters import FlatParameters
from gradlab.training.passes import choose_passes
from gradlab.training.player import EpisodePlayer
from gradlab.training.position import Position
from gradlab.training.rows import PlayedRows, TrainingRows
from gradlab.training.scheduled_optimizer import ScheduledOptimizer
from gradlab.training.stopping import BestEpoch


class TrainingRun:
    """Everything that changes while a network learns, and the phases that change it.

    The loop calls the phases in order; instruments read the parts between them. A part that has ``state`` and
    ``load`` is in every checkpoint.

    Attributes:
        settings: the settings in force, and those of the next update.
        split: the data; ``rows``: the training rows, or the steps that were played last in a world.
        network: the model; ``objective``: its loss; ``passes``: how it goes through a micro-batch.
        buffer: the gradient buffer.
        evaluation: evaluates the validation rows; ``best``: early stopping, and the weights of the best epoch.
        position: what was done so far, and what is under way.
        optimizer: makes the updates.
        ledger: what went wrong with the gradients of updates.
    """

    can_be_stacked: ClassVar[bool] = True

    def __init__(self, experiment: Experiment) -> None:
        """Build a run.

        Raises:
            InputError: if parts of the experiment do not go together, or not on this machine.
        """
        self.settings = LiveSettings(experiment)
        self.split = prepare(experiment)
        self.network = Network(experiment, self.split)
        self.buffer = GradientBuffer(self.parameters, lambda: self.network.left_out)
        check_frozen(experiment, self.parameters)
        self.buffer.freeze(experiment.model.freeze)
        self.objective = make_objective(experiment.training, self.split, self.network.device)
        validation = self.network.tensors(self.split.validation_inputs, self.split.validation_targets)
        self.evaluation = Evaluation(self.network, self.objective, *validation)
        self.rows = self._training_rows()
        self.position = Position(self.settings, self.rows, self.network.chunks)
        self.ledger = Ledger(self.settings, self.position, self.buffer)
        self.network.follow(lambda: self.position.updates_before)
        self.passes = choose_passes(self.network, self.objective, self.settings)
        self.optimizer = ScheduledOptimizer(
            self.settings,
            self.position,
            self.parameters,
            self.buffer,
            rows=len(self.rows),
            loss_scale=self.network.loss_scale,
        )
        self.best = BestEpoch(self.settings, self.model)
        check_batches(experiment, len(self.rows), self.model)

    def _training_rows(self) -> TrainingRows:
        inputs, targets = self.network.tensors(self.split.train_inputs, self.split.train_targets)
        world, seed = self.split.dataset.world, self.experiment.seed
        if world is None:
            return TrainingRows(inputs, targets, seed, self.split.outputs_per_row)
        player = EpisodePlayer(self.experiment, world)
        return PlayedRows(inputs, self._policy, player, seed, self.split.outputs_per_row)

    def _policy(self, states: Tensor) -> Tensor:
        return self.objective.scores(self.evaluation.outputs(states))

    # --- shortcuts ---------------------------------------------------------------------------------------------

    @property
    def experiment(self) -> Experiment:
        """The settings in force."""
        return self.settings.in_force

    @property
    def model(self) -> nn.Module:
        """The model that is trained."""
        return self.network.model

    @property
    def parameters(self) -> FlatParameters:
        """The weights of the model as one tensor."""
        return self.network.parameters

    @property
    def counters(self) -> Counters:
        """What was done so far."""
        return self.position.counters

    # --- changing settings -------------------------------------------------------------------------------------

    def change(self, experiment: Experiment) -> None:
        """Put the live settings of ``experiment`` in force at the next update.

        Raises:
            InputError: for a change that needs a reset, for layers that do not exist, or if no update would ever
                happen.
        """
        check_live(self.experiment, experiment)
        check_batches(experiment, len(self.rows), self.model)
        check_frozen(experiment, self.parameters)
        self.settings.want(experiment)

    def apply_changes(self) -> dict[str, tuple[object, object]]:
        """Put the settings of :meth:`change` in force; return key → (before, after) of all that differ."""
        before = self.settings.take_over()
        if before is None:
            return {}
        self.optimizer.follow_settings()
        self.ledger.follow_settings()
        self.buffer.freeze(self.experiment.model.freeze)
        return differences(before, self.experiment)

    # --- the phases of the loop --------------------------------------------------------------------------------

    def start_epoch(self) -> None:
        """Draw a new order of the training rows; in a world, let the policy play them."""
        self.position.epoch = self.rows.draw()

    def forward(self) -> tuple[int, float]:
        """Run the next micro-batch through the model; return its rows and its mean loss.

        Where sequences are cut into chunks, it is the next chunk of the micro-batch.

        Raises:
            NumbersBlewUpError: if the loss is not finite.
        """
        epoch = self.position.epoch
        assert epoch is not None
        batch = slice(epoch.position, epoch.position + self.experiment.training.batch_size)
        inputs, targets = epoch.inputs[batch], epoch.targets[batch]
        outputs, loss = self.passes.forward(inputs, targets)
        value, rows = loss.item(), targets.shape[0]
        if not isfinite(value):
            raise NumbersBlewUpError(self.cause_of_loss(inputs, value))
        if self.objective.classes:
            epoch.outputs[batch] = outputs
        self.position.count(rows, value)
        return rows, value

    def backward(self, rows: int) -> float:
        """Add the micro-batch's weighted gradient to the buffer; return the weight."""
        weight = self.position.weight(rows)
        self.buffer.backward(self.passes, weight)
        self.ledger.add(rows, weight)
        return weight

    def gradient_norm(self) -> float:
        """Return the norm of the gradient that the optimizer will use.

        Raises:
            NumbersBlewUpError: if it is not finite, and the loss scale cannot be the reason.
        """
        norm = self.buffer.norm()
        scale = self.network.loss_scale
        if not isfinite(norm) and not (scale and scale.can_shrink):
            cause = cause_of_gradient(self.parameters, self.buffer.used)
            raise NumbersBlewUpError(f"{self.position.in_words}: {cause}")
        if isfinite(norm):
            self.ledger.close([norm])
        return norm

    def cause_of_loss(self, inputs: Tensor, loss: float) -> str:
        """Return where the mean loss of ``inputs`` became infinite or NaN, in words."""
        with self.network.precision.context():
            cause = cause_of_loss(self.model, self.parameters, inputs, loss)
        return f"{self.position.in_words}: {cause}"

    def end_epoch(self) -> EpochEnded:
        """Evaluate the validation rows, remember the best weights; return the epoch's numbers."""
        epoch = self.position.close_epoch()
        outputs, targets = epoch.outputs[: epoch.trained], epoch.targets[: epoch.trained]
        accuracy = self.evaluation.accuracy(outputs, targets, self.experiment.training.threshold)
        ended = self.measure(epoch.loss_sum / epoch.trained, accuracy, self.rows.reward)
        self.best.observe(ended)
        self.optimizer.observe(ended)
        return ended

    def measure_untouched(self) -> EpochEnded:
        """Evaluate the current model on the training rows without training on them: epoch 0."""
        inputs, targets = self.rows.train
        outputs = self.evaluation.outputs(inputs)
        accuracy = self.evaluation.accuracy(outputs, targets, self.experiment.training.threshold)
        return self.measure(self.evaluation.loss(outputs, targets), accuracy, self.rows.reward)

    def measure(
        self, train_loss: float, train_accuracy: float | None, reward: float | None = None
    ) -> EpochEnded:
        """Evaluate the validation rows; return their numbers with the given ones of the training rows."""
        val_loss, counts = self.evaluation.judge(self.experiment.training.threshold)
        return EpochEnded(
            epoch=self.counters.epochs,
            update=self.counters.updates,
            samples=self.counters.samples,
            train_loss=train_loss,
            train_accuracy=train_accuracy,
            val_loss=val_loss,
            counts=counts,
            lr=self.optimizer.lr,
            reward=reward,
        )
