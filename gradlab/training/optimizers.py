"""From the gradient to a step: the optimizers' rules, on all weights as one flat tensor.

Every rule works value by value, so one tensor serves for all layers, in one operation where a list of parameters
takes many. The defaults are PyTorch's.
"""

from collections.abc import Callable, Collection
from itertools import groupby
from math import sqrt

import torch
from torch import Tensor

from gradlab.experiment.schema import Optimizer
from gradlab.training.parameters import FlatParameters, Layer

BETA1, BETA2 = 0.9, 0.999  # Adam
ALPHA = 0.99  # RMSprop


class Part:
    """Neighbouring layers that have made equally many steps: they move in one operation.

    Attributes:
        layers: which ones; ``weights`` theirs; ``steps`` how many steps they have made.
    """

    def __init__(self, layers: list[Layer], steps: int, flat: Tensor, state: dict[str, Tensor]) -> None:
        self.layers = layers
        self.steps = steps
        self._where = (..., slice(layers[0].start, layers[-1].stop))
        self.weights = flat[self._where]
        self._is_all = self.weights.shape == flat.shape
        self._flat = flat
        self._state = state
        self._memory: dict[str, Tensor] = {}

    def of(self, flat: Tensor) -> Tensor:
        """Return the part of a flat tensor that belongs to these layers (a view)."""
        # Nearly always that is all of it, and a slice costs as much as a small network's whole addition.
        return flat if self._is_all else flat[self._where]

    def memory(self, name: str) -> Tensor:
        """Return what is remembered of these layers under ``name``; zeros at first."""
        if name not in self._memory:
            if name not in self._state:
                self._state[name] = torch.zeros_like(self._flat)
            self._memory[name] = self._state[name][self._where]
        return self._memory[name]


class Rule:
    """An optimizer: the weights it moves and what it remembers.

    A layer without a gradient is left alone, and so is its memory, and its count of steps. Therefore the layers
    fall into parts as soon as one of them has to pause; as long as none did, there is one part.

    Attributes:
        state: tensors like the weights, by name; empty before the first step.
    """

    def __init__(
        self,
        kind: str,
        parameters: FlatParameters,
        state: dict[str, Tensor] | None = None,
        steps: list[int] | None = None,
    ) -> None:
        """Begin, or go on with the ``state`` and the ``steps`` of another rule of this kind."""
        self.kind = kind
        self.state = state or {}
        self._flat = parameters.flat
        self._move = MOVES[kind]
        counted = zip(parameters.layers, steps or [0] * len(parameters.layers), strict=True)
        self._parts = [
            Part([layer for layer, _ in group], made, self._flat, self.state)
            for made, group in groupby(counted, key=lambda pair: pair[1])
        ]

    @property
    def steps(self) -> list[int]:
        """How many steps each layer has made."""
        return [part.steps for part in self._parts for _ in part.layers]

    def step(self, gradient: Tensor, lr: float, spec: Optimizer, none: Collection[str] = ()) -> None:
        """Move the weights in place, but for those of the layers whose gradient is ``none``."""
        if none:
            self._part_from_the_others(none)
        for part in self._parts:
            if part.layers[0].name not in none:
                part.steps += 1
                self._move(part, part.weights, part.of(gradient), lr, spec)

    def _part_from_the_others(self, none: Collection[str]) -> None:
        """Split the parts, so that each is moved as a whole or not at all."""
        self._parts = [
            Part(list(layers), part.steps, self._flat, self.state)
            for part in self._parts
            for _, layers in groupby(part.layers, key=lambda layer: layer.name in none)
        ]


Move = Callable[[Part, Tensor, Tensor, float, Optimizer], None]


def _by_hand(part: Part, weights: Tensor, gradient: Tensor, lr: float, spec: Optimizer) -> None:
    """Weights ← weights − lr · gradient."""
    weights -= lr * gradient


def _sgd(part: Part, weights: Tensor, gradient: Tensor, lr: float, spec: Optimizer) -> None:
    """Sutskever et al. 2013, in PyTorch's form: velocity ← momentum · velocity + gradient."""
    gradient = _with_decay(gradient, weights, spec)
    if spec.momentum:
        velocity = part.memory("velocity").mul_(spec.momentum).add_(gradient)
        gradient = gradient.add(velocity, alpha=spec.momentum) if spec.nesterov else velocity
    weights.add_(gradient, alpha=-lr)


def _adam(part: Part, weights: Tensor, gradient: Tensor, lr: float, spec: Optimizer) -> None:
    """Kingma and Ba 2015, algorithm 1."""
    _adam_step(part, weights, _with_decay(gradient, weights, spec), lr)


def _adamw(part: Part, weights: Tensor, gradient: Tensor, lr: float, spec: Optimizer) -> None:
    """Loshchilov and Hutter 2019: the decay stays out of the gradient."""
    weights.mul_(1 - lr * spec.weight_decay)
    _adam_step(part, weights, gradient, lr)


def _adam_step(part: Part, weights: Tensor, gradient: Tensor, lr: float) -> None:
    mean = part.memory("mean").lerp_(gradient, 1 - BETA1)
    square = part.memory("square").mul_(BETA2).addcmul_(gradient, gradient, value=1 - BETA2)
    size = square.sqrt().div_(sqrt(1 - BETA2**part.steps)).add_(1e-8)
    weights.addcdiv_(mean, size, value=-lr / (1 - BETA1**part.steps))


def _rmsprop(part: Part, weights: Tensor, gradient: Tensor, lr: float, spec: Optimizer) -> None:
    """Tieleman and Hinton 2012, lecture 6.5."""
    gradient = _with_decay(gradient, weights, spec)
    square = part.memory("square").mul_(ALPHA).addcmul_(gradient, gradient, value=1 - ALPHA)
    size = square.sqrt().add_(1e-8)
    if spec.momentum:
        velocity = part.memory("velocity").mul_(spec.momentum).addcdiv_(gradient, size)
        weights.add_(velocity, alpha=-lr)
    else:
        weights.addcdiv_(gradient, size, value=-lr)


def _adagrad(part: Part, weights: Tensor, gradient: Tensor, lr: float, spec: Optimizer) -> None:
    """Duchi et al. 2011, with the diagonal."""
    gradient = _with_decay(gradient, weights, spec)
    square = part.memory("square").addcmul_(gradient, gradient)
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
