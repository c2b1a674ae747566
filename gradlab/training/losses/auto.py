from __future__ import annotations

from typing_extensions import override

from gradlab.language import mark
from gradlab.torch_types import Tensor
from gradlab.training.losses.base import LOSSES, Goal, LossKind


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
    """The model's output itself as the loss: the only loss for data without targets."""

    name = "itself"
    goals = frozenset[Goal]({"output"})

    @override
    def of_rows(self, outputs: Tensor, targets: Tensor, classes: int) -> Tensor:
        return outputs.mean(dim=1)
