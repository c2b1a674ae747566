"""From the gradient to a step: the optimizers' rules, on all weights as one flat tensor.

Every rule works value by value, so one tensor serves for all layers, in one operation where a list of parameters
takes many. The defaults are PyTorch's.
"""

from collections.abc import Callable, Collection
from itertools import groupby
from math import sqrt
from typing import Any

import torch
from torch import Tensor

from gradlab.experiment.schema import Optimizer
from gradlab.training.parameters import FlatParameters, Layer

BETA1, BETA2 = 0.9, 0.999  # Adam
ALPHA = 0.99  # RMSprop


class LayerGroup:
    """Neighbouring layers that have made equally many steps: they move in one operation.

    Attributes:
        layers: the layers; ``weights``: their weights; ``steps``: how many steps they have made.
    """

    def __init__(self, layers: list[Layer], steps: int, flat: Tensor, memory: dict[str, Tensor]) -> None:
        self.layers = layers
        self.steps = steps
        self._where = (..., slice(layers[0].start, layers[-1].stop))
        self.weights = flat[self._where]
        self._is_all = self.weights.shape == flat.shape
        self._flat = flat
        self._memory_of_all = memory
        self._memory: dict[str, Tensor] = {}

    def of(self, flat: Tensor) -> Tensor:
        """Return the part of a flat tensor that belongs to these layers (a view)."""
        # Nearly always that is all of it, and a slice costs as much as a small network's whole addition.
        return flat if self._is_all else flat[self._where]

    def memory(self, name: str) -> Tensor:
        """Return what is remembered of these layers under ``name``; zeros at first."""
        if name not in self._memory:
            if name not in self._memory_of_all:
                self._memory_of_all[name] = torch.zeros_like(self._flat)
            self._memory[name] = self._memory_of_all[name][self._where]
        return self._memory[name]


class Rule:
    """An optimizer: the weights it moves and what it remembers.

    A layer without a gradient is left alone, and so is its memory, and its count of steps. Therefore the layers
    fall into groups as soon as one of them has to pause; as long as none did, there is one group.

    Attributes:
        memory: tensors like the weights, by name; empty before the first step.
    """

    def __init__(
        self,
        kind: str,
        parameters: FlatParameters,
        memory: dict[str, Tensor] | None = None,
        steps: list[int] | None = None,
    ) -> None:
        """Begin, or go on with the ``memory`` and the ``steps`` of another rule of this kind."""
        self.kind = kind
        self._flat = parameters.flat
        self._layers = parameters.layers
        self._move = MOVES[kind]
        self._remember(memory or {}, steps or [0] * len(self._layers))

    def _remember(self, memory: dict[str, Tensor], steps: list[int]) -> None:
        self.memory = memory
        counted = zip(self._layers, steps, strict=True)
        self._groups = [
            LayerGroup([layer for layer, _ in pairs], made, self._flat, self.memory)
            for made, pairs in groupby(counted, key=lambda pair: pair[1])
        ]

    @property
    def steps(self) -> list[int]:
        """How many steps each layer has made."""
        return [group.steps for group in self._groups for _ in group.layers]

    def state(self) -> dict[str, Any]:
        """Return what the next step depends on, for a checkpoint."""
        return {"memory": self.memory, "steps": self.steps}

    def load(self, state: dict[str, Any]) -> None:
        """Go on from what :meth:`state` returned of a rule of this kind."""
        memory = {name: tensor.to(self._flat.device) for name, tensor in state["memory"].items()}
        self._remember(memory, state["steps"])

    def step(
        self, gradient: Tensor, lr: float, spec: Optimizer, without_gradient: Collection[str] = ()
    ) -> None:
        """Move the weights in place, except those of the layers ``without_gradient``."""
        if without_gradient:
            self._split(without_gradient)
        for group in self._groups:
            if group.layers[0].name not in without_gradient:
                group.steps += 1
                self._move(group, group.weights, group.of(gradient), lr, spec)

    def _split(self, without_gradient: Collection[str]) -> None:
        """Split the groups, so that each is moved as a whole or not at all."""
        self._groups = [
            LayerGroup(list(layers), group.steps, self._flat, self.memory)
            for group in self._groups
            for _, layers in groupby(group.layers, key=lambda layer: layer.name in without_gradient)
        ]


Move = Callable[[LayerGroup, Tensor, Tensor, float, Optimizer], None]


def _by_hand(group: LayerGroup, weights: Tensor, gradient: Tensor, lr: float, spec: Optimizer) -> None:
    """Weights ← weights − lr · gradient."""
    weights -= lr * gradient


def _sgd(group: LayerGroup, weights: Tensor, gradient: Tensor, lr: float, spec: Optimizer) -> None:
    """Sutskever et al. 2013, in PyTorch's form: velocity ← momentum · velocity + gradient."""
    gradient = _with_decay(gradient, weights, spec)
    if spec.momentum:
        velocity = group.memory("velocity").mul_(spec.momentum).add_(gradient)
        gradient = gradient.add(velocity, alpha=spec.momentum) if spec.nesterov else velocity
    weights.add_(gradient, alpha=-lr)


def _adam(group: LayerGroup, weights: Tensor, gradient: Tensor, lr: float, spec: Optimizer) -> None:
    """Kingma and Ba 2015, algorithm 1."""
    _adam_step(group, weights, _with_decay(gradient, weights, spec), lr)


def _adamw(group: LayerGroup, weights: Tensor, gradient: Tensor, lr: float, spec: Optimizer) -> None:
    """Loshchilov and Hutter 2019: the decay stays out of the gradient."""
    weights.mul_(1 - lr * spec.weight_decay)
    _adam_step(group, weights, gradient, lr)


def _adam_step(group: LayerGroup, weights: Tensor, gradient: Tensor, lr: float) -> None:
    mean = group.memory("mean").lerp_(gradient, 1 - BETA1)
    square = group.memory("square").mul_(BETA2).addcmul_(gradient, gradient, value=1 - BETA2)
    size = square.sqrt().div_(sqrt(1 - BETA2**group.steps)).add_(1e-8)
    weights.addcdiv_(mean, size, value=-lr / (1 - BETA1**group.steps))


def _rmsprop(group: LayerGroup, weights: Tensor, gradient: Tensor, lr: float, spec: Optimizer) -> None:
    """Tieleman and Hinton 2012, lecture 6.5."""
    gradient = _with_decay(gradient, weights, spec)
    square = group.memory("square").mul_(ALPHA).addcmul_(gradient, gradient, value=1 - ALPHA)
    size = square.sqrt().add_(1e-8)
    if spec.momentum:
        velocity = group.memory("velocity").mul_(spec.momentum).addcdiv_(gradient, size)
        weights.add_(velocity, alpha=-lr)
    else:
        weights.addcdiv_(gradient, size, value=-lr)


def _adagrad(group: LayerGroup, weights: Tensor, gradient: Tensor, lr: float, spec: Optimizer) -> None:
    """Duchi et al. 2011, with the diagonal."""
    gradient = _with_decay(gradient, weights, spec)
    square = group.memory("square").addcmul_(gradient, gradient)
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
