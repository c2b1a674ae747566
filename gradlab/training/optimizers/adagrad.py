from typing_extensions import override

from gradlab.experiment.sections.optimizer import Optimizer
from gradlab.language import mark
from gradlab.torch_types import Tensor
from gradlab.training.layer_group import LayerGroup
from gradlab.training.optimizers.base import BY_SCALED_GRADIENT, OPTIMIZERS, OptimizerKind, with_decay


@OPTIMIZERS.register
class Adagrad(OptimizerKind):
    """Adagrad with the diagonal: Duchi et al. 2011."""

    name = "adagrad"
    rank = 60
    english_label = mark("Adagrad")
    english_help = mark("Divides by all gradients so far: steps only ever shrink.")
    uses = ("weight_decay",)
    torch_name = "Adagrad"
    scales_steps = True

    @override
    def move(self, group: LayerGroup, gradient: Tensor, lr: float, spec: Optimizer) -> None:
        gradient = with_decay(gradient, group.weights, spec)
        square = group.memory("square").addcmul_(gradient, gradient)
        group.weights.addcdiv_(gradient, square.sqrt().add_(1e-10), value=-lr)

    @override
    def moved_by(self, spec: Optimizer) -> str:
        return BY_SCALED_GRADIENT
