from typing import Protocol

from gradlab.experiment.schema import Experiment
from gradlab.training.events import EpochEnded
from gradlab.training.gradient_buffer import GradientBuffer
from gradlab.training.live_settings import LiveSettings
from gradlab.training.position import Position
from gradlab.training.scheduled_optimizer import ScheduledOptimizer
from gradlab.training.stopping import BestEpoch


class Trainable(Protocol):
    """What the loop trains, a run or a stack of them; :class:`TrainingRun` describes its parts and phases."""

    @property
    def experiment(self) -> Experiment:
        """The settings in force."""

    @property
    def settings(self) -> LiveSettings:
        """The settings in force, and those of the next update."""

    @property
    def position(self) -> Position:
        """What was done so far, and what is under way."""

    @property
    def buffer(self) -> GradientBuffer:
        """The gradient buffer."""

    @property
    def optimizer(self) -> ScheduledOptimizer:
        """Makes the updates."""

    @property
    def best(self) -> BestEpoch:
        """Early stopping, and the weights of the best epoch."""

    def measure_untouched(self) -> EpochEnded:
        """Measure the model before training."""

    def apply_changes(self) -> dict[str, tuple[object, object]]:
        """Put changed settings in force; return key → (before, after)."""

    def start_epoch(self) -> None:
        """Draw a new order of the training rows."""

    def forward(self) -> tuple[int, float]:
        """Run the next micro-batch through the model; return its rows and its mean loss."""

    def backward(self, rows: int) -> float:
        """Add the micro-batch's weighted gradient to the buffer; return the weight."""

    def gradient_norm(self) -> float:
        """Return the norm of the gradient that the optimizer will use."""

    def end_epoch(self) -> EpochEnded:
        """Evaluate the validation rows, remember the best weights; return the epoch's numbers."""
