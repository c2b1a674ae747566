from __future__ import annotations

from typing_extensions import override

from gradlab.language import mark
from gradlab.torch_types import Tensor
from gradlab.training.losses.base import LOSSES, Goal, LossKind, MeanLoss


@LOSSES.register
class MeanSquaredError(LossKind):
    """The squared distance to the number, or to 1 for the right class and 0 for the others."""

    name = "mse"
    rank = 30
    english_label = mark("Mean squared error")
    english_help = mark("The squared distance to the target.")
    goals = frozenset[Goal]({"classes", "numbers"})

    @override
    def of_rows(self, outputs: Tensor, targets: Tensor, classes: int) -> Tensor:
        from torch.nn.functional import one_hot

        wanted = one_hot(targets, classes).to(outputs.dtype) if classes else targets.view_as(outputs)
        return (outputs - wanted).square().reshape(len(targets), -1).mean(dim=1)

    @override
    def mean(self, goal: Goal, classes: int, weights: Tensor | None) -> MeanLoss:
        from torch.nn.functional import mse_loss

        if goal == "classes":
            return super().mean(goal, classes, weights)
        return lambda outputs, targets: mse_loss(outputs.view_as(targets), targets)
