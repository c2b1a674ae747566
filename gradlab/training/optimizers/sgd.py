from typing_extensions import override

from gradlab.experiment.sections.optimizer import Optimizer
from gradlab.language import mark
from gradlab.torch_types import Tensor
from gradlab.training.layer_group import LayerGroup
from gradlab.training.optimizers.base import BY_GRADIENT, OPTIMIZERS, OptimizerKind, with_decay

# With momentum, with Nesterov's, with weight decay.
MOVED_BY = {
    (False, False, False): BY_GRADIENT,
    (False, False, True): mark("by −learning rate × (what is in the buffer + weight decay × the weight)"),
    (True, False, False): mark(
        "by −learning rate × velocity: the buffer, plus {momentum} × the velocity before"
    ),
    (True, False, True): mark(
        "by −learning rate × velocity: the buffer + weight decay × the weight, plus {momentum} × the velocity "
        "before"
    ),
    (True, True, False): mark(
        "by −learning rate × (the buffer + {momentum} × velocity); velocity: the buffer, plus {momentum} × the "
        "velocity before"
    ),
    (True, True, True): mark(
        "by −learning rate × (pull + {momentum} × velocity); pull: the buffer + weight decay × the weight; "
        "velocity: the pull, plus {momentum} × the velocity before"
    ),
}


@OPTIMIZERS.register
class StochasticGradientDescent(OptimizerKind):
    """Stochastic gradient descent with momentum: Sutskever et al. 2013, in PyTorch's form."""

    name = "sgd"
    rank = 20
    english_label = mark("SGD")
    english_help = mark("The same rule, with momentum and weight decay if wanted.")
    uses = ("momentum", "nesterov", "weight_decay")
    torch_name = "SGD"

    @override
    def move(self, group: LayerGroup, gradient: Tensor, lr: float, spec: Optimizer) -> None:
        gradient = with_decay(gradient, group.weights, spec)
        if spec.momentum:
            velocity = group.memory("velocity").mul_(spec.momentum).add_(gradient)
            gradient = gradient.add(velocity, alpha=spec.momentum) if spec.nesterov else velocity
        group.weights.add_(gradient, alpha=-lr)

    @override
    def moved_by(self, spec: Optimizer) -> str:
        return MOVED_BY[bool(spec.momentum), bool(spec.momentum and spec.nesterov), bool(spec.weight_decay)]
