"""What a loss is: the number to minimize, and how to read a model's outputs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Literal

from gradlab.experiment.registry import Entry, Registry
from gradlab.torch_types import Tensor

# What a model learns from: right classes, right numbers, rewards in a world, or nothing but its own output.
Goal = Literal["classes", "numbers", "rewards", "output"]
MeanLoss = Callable[[Tensor, Tensor], Tensor]


class LossKind(Entry, ABC):
    """A loss.

    Outputs are ``(rows, k)``; targets ``(rows,)``, or ``(rows, steps)`` like the outputs where there is one at
    every time step.

    Attributes:
        goals: what a model can learn from with it.
    """

    goals: frozenset[Goal]

    def chosen(self, goal: Goal) -> LossKind:
        """Return the loss to use where this one is set."""
        return self

    @abstractmethod
    def of_rows(self, outputs: Tensor, targets: Tensor, classes: int) -> Tensor:
        """Return the loss of each row, ``(rows,)``; ``classes``: how many there are, 0 for numbers."""

    def mean(self, goal: Goal, classes: int, weights: Tensor | None) -> MeanLoss:
        """Return a function from outputs and targets to the mean loss, a scalar.

        ``weights``, ``(classes,)``, says what a row of each class counts for; None where all count the same.
        """
        # Unlike in torch's own weighted means, the sum is not divided by the weights: accumulated batches would no
        # longer equal one big batch.
        if weights is None:
            return lambda outputs, targets: self.of_rows(outputs, targets, classes).mean()
        return lambda outputs, targets: (self.of_rows(outputs, targets, classes) * weights[targets]).mean()

    def scores(self, outputs: Tensor) -> Tensor:
        """Return ``(rows, classes)``: a score for each class, if possible its probability."""
        return outputs


LOSSES: Registry[LossKind] = Registry("loss", "gradlab.training.losses")
