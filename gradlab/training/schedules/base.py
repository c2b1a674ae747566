"""What a learning-rate schedule is: a factor for each update, and its PyTorch code."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from gradlab.experiment.registry import Entry, Registry
from gradlab.experiment.sections.optimizer import Optimizer


@dataclass
class LossWatch(ABC):
    """A schedule's memory of the losses of epochs; subclasses are dataclasses of plain numbers.

    Attributes:
        factor: the multiplier of the learning rate.
    """

    factor: float = 1.0

    @abstractmethod
    def observe(self, loss: float) -> None:
        """Record an epoch's loss: that of the validation rows, where there are any."""


class Schedule(Entry):
    """A learning-rate schedule; this one leaves the learning rate as it is.

    Attributes:
        watch: the class of its memory of losses, for a schedule that follows them.
    """

    watch: type[LossWatch] | None = None

    def factor(self, made: int, total: int) -> float:
        """Return the multiplier of the next update's learning rate, after ``made`` updates of ``total``."""
        return 1.0

    def code(self, spec: Optimizer, updates: str) -> tuple[str, ...]:
        """Return the lines of PyTorch code that make a ``scheduler``; empty where there is none.

        ``updates`` is an expression for the total number of updates. The scheduler steps after every update, or
        with a ``watch`` after every epoch.
        """
        return ()


SCHEDULES: Registry[Schedule] = Registry("schedule", "gradlab.training.schedules")
