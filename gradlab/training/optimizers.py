"""From the gradient to a step: the optimizers' rules, on all weights as one flat tensor.

Every rule works value by value, so one tensor serves for all layers, in one operation where a list of parameters
takes many. The defaults are PyTorch's.
"""

from collections.abc import Callable
from math import sqrt

from torch import Tensor

from gradlab.experiment.schema import Optimizer

BETA1, BETA2 = 0.9, 0.999  # Adam
ALPHA = 0.99  # RMSprop


class Rule:
    """An optimizer: the weights it moves and what it remembers.

    Attributes:
        state: tensors like the weights, by name; empty before the first step.
        steps: how many steps were made.
    """

    def __init__(self, kind: str, weights: Tensor) -> None:
        self.kind = kind
        self.state: dict[str, Tensor] = {}
        self.steps = 0
        self._weights = weights
        self._move = MOVES[kind]

    def step(self, gradient: Tensor | None, lr: float, spec: Optimizer) -> None:
        """Move the weights in place; a gradient of ``None`` leaves them and all memory alone."""
        if gradient is None:
            return
        self.steps += 1
        self._move(self, self._weights, gradient, lr, spec)

    def memory(self, name: str, like: Tensor) -> Tensor:
        """Return what is remembered under ``name``; zeros at first."""
        if name not in self.state:
            self.state[name] = like.new_zeros(like.shape)
        return self.state[name]


Move = Callable[[Rule, Tensor, Tensor, float, Optimizer], None]


def _by_hand(rule: Rule, weights: Tensor, gradient: Tensor, lr: float, spec: Optimizer) -> None:
    """Weights ← weights − lr · gradient."""
    weights -= lr * gradient


def _sgd(rule: Rule, weights: Tensor, gradient: Tensor, lr: float, spec: Optimizer) -> None:
    """Sutskever et al. 2013, in PyTorch's form: velocity ← momentum · velocity + gradient."""
    gradient = _with_decay(gradient, weights, spec)
    if spec.momentum:
        velocity = rule.memory("velocity", weights).mul_(spec.momentum).add_(gradient)
        gradient = gradient.add(velocity, alpha=spec.momentum) if spec.nesterov else velocity
    weights.add_(gradient, alpha=-lr)


def _adam(rule: Rule, weights: Tensor, gradient: Tensor, lr: float, spec: Optimizer) -> None:
    """Kingma and Ba 2015, algorithm 1."""
    _adam_step(rule, weights, _with_decay(gradient, weights, spec), lr)


def _adamw(rule: Rule, weights: Tensor, gradient: Tensor, lr: float, spec: Optimizer) -> None:
    """Loshchilov and Hutter 2019: the decay stays out of the gradient."""
    weights.mul_(1 - lr * spec.weight_decay)
    _adam_step(rule, weights, gradient, lr)


def _adam_step(rule: Rule, weights: Tensor, gradient: Tensor, lr: float) -> None:
    mean = rule.memory("mean", weights).lerp_(gradient, 1 - BETA1)
    square = rule.memory("square", weights).mul_(BETA2).addcmul_(gradient, gradient, value=1 - BETA2)
    size = square.sqrt().div_(sqrt(1 - BETA2**rule.steps)).add_(1e-8)
    weights.addcdiv_(mean, size, value=-lr / (1 - BETA1**rule.steps))


def _rmsprop(rule: Rule, weights: Tensor, gradient: Tensor, lr: float, spec: Optimizer) -> None:
    """Tieleman and Hinton 2012, lecture 6.5."""
    gradient = _with_decay(gradient, weights, spec)
    square = rule.memory("square", weights).mul_(ALPHA).addcmul_(gradient, gradient, value=1 - ALPHA)
    size = square.sqrt().add_(1e-8)
    if spec.momentum:
        velocity = rule.memory("velocity", weights).mul_(spec.momentum).addcdiv_(gradient, size)
        weights.add_(velocity, alpha=-lr)
    else:
        weights.addcdiv_(gradient, size, value=-lr)


def _adagrad(rule: Rule, weights: Tensor, gradient: Tensor, lr: float, spec: Optimizer) -> None:
    """Duchi et al. 2011, with the diagonal."""
    gradient = _with_decay(gradient, weights, spec)
    square = rule.memory("square", weights).addcmul_(gradient, gradient)
    weights.addcdiv_(gradient, square.sqrt().add_(1e-10), value=-lr)


def _with_decay(gradient: Tensor, weights: Tensor, spec: Optimizer) -> Tensor:
    return gradient.add(weights, alpha=spec.weight_decay) if spec.weight_decay else gradient


MOVES: dict[str, Move] = {
    "by_hand": _by_hand,
    "sgd": _sgd,
    "adam": _adam,
    "adamw": _adamw,
    "rmsprop": _rmsprop,
    "adagrad": _adagrad,
}
