from math import sqrt

from typing_extensions import override

from gradlab.experiment.sections.optimizer import Optimizer
from gradlab.language import mark
from gradlab.torch_types import Tensor
from gradlab.training.layer_group import LayerGroup
from gradlab.training.optimizers.base import BY_SCALED_GRADIENT, OPTIMIZERS, OptimizerKind, with_decay

BETA1, BETA2 = 0.9, 0.999


@OPTIMIZERS.register
class Adam(OptimizerKind):
    """Adam: Kingma and Ba 2015, algorithm 1."""

    name = "adam"
    rank = 30
    english_label = mark("Adam")
    english_help = mark("Scales each weight's step by its own recent gradients.")
    uses = ("weight_decay",)
    torch_name = "Adam"
    scales_steps = True

    @override
    def move(self, group: LayerGroup, gradient: Tensor, lr: float, spec: Optimizer) -> None:
        adam_step(group, with_decay(gradient, group.weights, spec), lr)

    @override
    def moved_by(self, spec: Optimizer) -> str:
        return BY_SCALED_GRADIENT

    @override
    def moves_on(self, spec: Optimizer) -> bool:
        return True


def adam_step(group: LayerGroup, gradient: Tensor, lr: float) -> None:
    """Move the weights by the mean of their gradients over the root of the mean of their squares."""
    mean = group.memory("mean").lerp_(gradient, 1 - BETA1)
    square = group.memory("square").mul_(BETA2).addcmul_(gradient, gradient, value=1 - BETA2)
    size = square.sqrt().div_(sqrt(1 - BETA2**group.steps)).add_(1e-8)
    group.weights.addcdiv_(mean, size, value=-lr / (1 - BETA1**group.steps))
