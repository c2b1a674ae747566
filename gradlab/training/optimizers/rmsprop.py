from typing_extensions import override

from gradlab.experiment.sections.optimizer import Optimizer
from gradlab.language import mark
from gradlab.torch_types import Tensor
from gradlab.training.layer_group import LayerGroup
from gradlab.training.optimizers.base import BY_SCALED_GRADIENT, OPTIMIZERS, OptimizerKind, with_decay

ALPHA = 0.99


@OPTIMIZERS.register
class RMSprop(OptimizerKind):
    """RMSprop: Tieleman and Hinton 2012, lecture 6.5."""

    name = "rmsprop"
    rank = 50
    english_label = mark("RMSprop")
    english_help = mark("Divides by the recent size of the gradient.")
    uses = ("momentum", "weight_decay")
    torch_name = "RMSprop"
    scales_steps = True

    @override
    def move(self, group: LayerGroup, gradient: Tensor, lr: float, spec: Optimizer) -> None:
        gradient = with_decay(gradient, group.weights, spec)
        square = group.memory("square").mul_(ALPHA).addcmul_(gradient, gradient, value=1 - ALPHA)
        size = square.sqrt().add_(1e-8)
        if spec.momentum:
            velocity = group.memory("velocity").mul_(spec.momentum).addcdiv_(gradient, size)
            group.weights.add_(velocity, alpha=-lr)
        else:
            group.weights.addcdiv_(gradient, size, value=-lr)

    @override
    def moved_by(self, spec: Optimizer) -> str:
        return BY_SCALED_GRADIENT
