"""From the gradient to a step. Every rule here works value by value, so one flat tensor serves for all layers."""

from collections.abc import Callable
from typing import Any, Protocol

import torch
from torch import Tensor

from gradlab.experiment.schema import Optimizer


class Rule(Protocol):
    """What makes a step."""

    def step(self, gradient: Tensor | None, lr: float) -> None:
        """Change the weights in place; ``None`` leaves them and all state alone."""

    def set(self, spec: Optimizer) -> None:
        """Take over changed settings of the same kind of optimizer, keeping its state."""


class ByHand:
    """Gradient descent, written out."""

    def __init__(self, weights: Tensor) -> None:
        self._weights = weights

    def step(self, gradient: Tensor | None, lr: float) -> None:
        """Weights ← weights − lr · gradient."""
        if gradient is not None:
            self._weights -= lr * gradient

    def set(self, spec: Optimizer) -> None:
        """Do nothing: the learning rate comes with each step, and there is no other setting."""


class FromTorch:
    """One of PyTorch's own optimizers on the flat tensor."""

    def __init__(self, weights: Tensor, spec: Optimizer) -> None:
        self._weights = torch.nn.Parameter(weights)  # shares the memory
        make, self._options = MAKERS[spec.kind]
        self._optimizer = make([self._weights], lr=spec.lr, foreach=False, **self._options(spec))

    def step(self, gradient: Tensor | None, lr: float) -> None:
        """Let the optimizer make its step."""
        self._weights.grad = gradient
        self._optimizer.param_groups[0]["lr"] = lr
        self._optimizer.step()

    def set(self, spec: Optimizer) -> None:
        """Take over momentum, weight decay and the like."""
        self._optimizer.param_groups[0].update(self._options(spec))


Options = Callable[[Optimizer], dict[str, Any]]


def _decay(spec: Optimizer) -> dict[str, Any]:
    return {"weight_decay": spec.weight_decay}


def _rmsprop(spec: Optimizer) -> dict[str, Any]:
    return {"momentum": spec.momentum, "weight_decay": spec.weight_decay}


def _sgd(spec: Optimizer) -> dict[str, Any]:
    return {**_rmsprop(spec), "nesterov": spec.nesterov}


MAKERS: dict[str, tuple[Callable[..., torch.optim.Optimizer], Options]] = {
    "sgd": (torch.optim.SGD, _sgd),
    "adam": (torch.optim.Adam, _decay),
    "adamw": (torch.optim.AdamW, _decay),
    "rmsprop": (torch.optim.RMSprop, _rmsprop),
    "adagrad": (torch.optim.Adagrad, _decay),
}


def make_rule(weights: Tensor, spec: Optimizer) -> Rule:
    """Return the optimizer of ``spec`` for the flat ``weights``."""
    return ByHand(weights) if spec.kind == "by_hand" else FromTorch(weights, spec)


def warm_up() -> None:
    """Make one step: the first optimizer of a process imports for a second or more."""
    weights = torch.zeros(1)
    make_rule(weights, Optimizer()).step(torch.zeros(1), lr=0.0)
