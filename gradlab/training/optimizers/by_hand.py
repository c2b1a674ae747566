from typing_extensions import override

from gradlab.experiment.sections.optimizer import Optimizer
from gradlab.language import mark
from gradlab.torch_types import Tensor
from gradlab.training.layer_group import LayerGroup
from gradlab.training.optimizers.base import OPTIMIZERS, OptimizerCode, OptimizerKind


@OPTIMIZERS.register
class ByHand(OptimizerKind):
    """Plain gradient descent: weights ← weights − learning rate · gradient."""

    name = "by_hand"
    rank = 10
    english_label = mark("By hand")
    english_help = mark("weight −= learning rate × gradient, written out. Nothing else.")
    torch_name = "SGD"

    @override
    def move(self, group: LayerGroup, gradient: Tensor, lr: float, spec: Optimizer) -> None:
        group.weights.sub_(lr * gradient)

    @override
    def code(self, spec: Optimizer, *, with_tools: bool) -> OptimizerCode:
        if with_tools:  # plain SGD is the same rule as the one written out
            return super().code(spec, with_tools=with_tools)
        step = (
            "with torch.no_grad():",
            "    for weight in model.parameters():",
            "        if weight.grad is not None:",
            f"            weight -= {spec.lr!r} * weight.grad",
        )
        return OptimizerCode((), step, "model")
