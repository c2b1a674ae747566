from dataclasses import dataclass

from typing_extensions import override

from gradlab.experiment.sections.optimizer import Optimizer
from gradlab.language import mark
from gradlab.training.schedules.base import SCHEDULES, LossWatch, Schedule


@dataclass
class Plateau(LossWatch):
    """A tenth of the learning rate whenever more than ``patience`` epochs in a row bring no better loss.

    As torch's ReduceLROnPlateau with its usual settings but for the patience.

    Attributes:
        best: the best loss; ``waited``: the epochs since.
    """

    patience: int = 5
    best: float = float("inf")
    waited: int = 0

    @override
    def observe(self, loss: float) -> None:
        if loss < self.best * (1 - 1e-4):
            self.best = loss
            self.waited = 0
            return
        self.waited += 1
        if self.waited > self.patience:
            self.factor *= 0.1
            self.waited = 0


@SCHEDULES.register
class OnPlateau(Schedule):
    """A tenth of the learning rate whenever the loss stops improving, as torch's ReduceLROnPlateau."""

    name = "plateau"
    rank = 50
    english_label = mark("On plateau")
    english_help = mark("A tenth after more than 5 epochs in a row without a better loss.")
    watch = Plateau

    @override
    def code(self, spec: Optimizer, updates: str) -> tuple[str, ...]:
        return ("scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=5)",)
