from __future__ import annotations

from typing_extensions import override

from gradlab.language import mark
from gradlab.torch_types import Tensor
from gradlab.training.losses.base import LOSSES, Goal, LossKind, MeanLoss


@LOSSES.register
class CrossEntropyLoss(LossKind):
    """−log of the probability of the right class; of actions, weighted by how well they went."""

    name = "cross_entropy"
    rank = 20
    english_label = mark("Cross-entropy")
    english_help = mark("How surprised the model is by the right class.")
    goals = frozenset[Goal]({"classes", "rewards"})

    @override
    def of_rows(self, outputs: Tensor, targets: Tensor, classes: int) -> Tensor:
        from torch.nn.functional import cross_entropy

        return cross_entropy(outputs, targets, reduction="none")

    @override
    def mean(self, goal: Goal, classes: int, weights: Tensor | None) -> MeanLoss:
        from torch.nn.functional import cross_entropy

        if goal == "rewards":
            return _policy_gradient
        return cross_entropy if weights is None else super().mean(goal, classes, weights)

    @override
    def scores(self, outputs: Tensor) -> Tensor:
        return outputs.softmax(dim=1)


def _policy_gradient(outputs: Tensor, targets: Tensor) -> Tensor:
    """Return the loss whose gradient is the policy gradient.

    Targets are ``(rows, 2)``, actions and advantages; or the right ways, ``(rows,)``: then the cross-entropy.
    """
    from torch.nn.functional import cross_entropy

    if targets.ndim == 1:
        return cross_entropy(outputs, targets)
    actions, advantages = targets[:, 0].long(), targets[:, 1]
    return (advantages * cross_entropy(outputs, actions, reduction="none")).mean()
