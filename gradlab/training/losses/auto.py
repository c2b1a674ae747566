"""The loss that suits the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from gradlab.language import mark
from gradlab.training.losses.base import LOSSES, Goal, LossKind

if TYPE_CHECKING:
    from torch import Tensor


@LOSSES.register
class SuitableLoss(LossKind):
    """The loss that suits the data."""

    name = "auto"
    rank = 10
    english_label = mark("Automatic")
    english_help = mark("Cross-entropy for classes, mean squared error for numbers.")
    goals = frozenset[Goal]({"classes", "numbers", "rewards", "output"})

    @override
    def chosen(self, goal: Goal) -> LossKind:
        if goal == "output":
            return OutputItself()
        return LOSSES["mse" if goal == "numbers" else "cross_entropy"]

    @override
    def of_rows(self, outputs: Tensor, targets: Tensor, classes: int) -> Tensor:
        raise NotImplementedError  # one of the others is used


class OutputItself(LossKind):
    """What the model says of a row is its loss: the only loss where there are no targets."""

    name = "itself"
    goals = frozenset[Goal]({"output"})

    @override
    def of_rows(self, outputs: Tensor, targets: Tensor, classes: int) -> Tensor:
        return outputs.mean(dim=1)
