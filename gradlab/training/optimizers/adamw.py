from typing_extensions import override

from gradlab.experiment.sections.optimizer import Optimizer
from gradlab.language import mark
from gradlab.torch_types import Tensor
from gradlab.training.layer_group import LayerGroup
from gradlab.training.optimizers.adam import Adam, adam_step
from gradlab.training.optimizers.base import OPTIMIZERS, OptimizerCode


@OPTIMIZERS.register
class AdamW(Adam):
    """Adam with decoupled weight decay: Loshchilov and Hutter 2019."""

    name = "adamw"
    rank = 40
    english_label = mark("AdamW")
    english_help = mark("Adam with weight decay kept out of the gradient.")
    uses = ("weight_decay",)
    torch_name = "AdamW"

    @override
    def move(self, group: LayerGroup, gradient: Tensor, lr: float, spec: Optimizer) -> None:
        group.weights.mul_(1 - lr * spec.weight_decay)
        adam_step(group, gradient, lr)

    @override
    def code(self, spec: Optimizer, *, with_tools: bool) -> OptimizerCode:
        return self.construction(spec, self.uses)  # also a decay of 0: PyTorch's default is another one
