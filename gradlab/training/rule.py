from collections.abc import Collection
from itertools import groupby
from typing import Any

from torch import Tensor

from gradlab.experiment.sections.optimizer import Optimizer
from gradlab.training.layer_group import LayerGroup
from gradlab.training.optimizers.base import OPTIMIZERS
from gradlab.training.parameters import FlatParameters, Layer


class UpdateRule:
    """An optimizer at work on all weights as one flat tensor, with what it remembers of them.

    A layer without a gradient is left alone, and so are its memory and its count of steps. Layers are therefore
    split into groups as soon as one of them has to pause; as long as none did, there is one group.

    Attributes:
        kind: the optimizer's name in the experiment file.
        memory: tensors like the weights, by name; empty before the first step.
    """

    def __init__(
        self,
        kind: str,
        parameters: FlatParameters,
        memory: dict[str, Tensor] | None = None,
        steps: list[int] | None = None,
    ) -> None:
        """Start, or continue with the ``memory`` and the ``steps`` of another rule of this kind."""
        self.kind = kind
        self._parameters = parameters
        self._move = OPTIMIZERS[kind].move
        self._remember(memory or {}, steps or [0] * len(parameters.layers))

    def _remember(self, memory: dict[str, Tensor], steps: list[int]) -> None:
        self.memory = memory
        counted = zip(self._parameters.layers, steps, strict=True)
        self._groups = [
            self._group([layer for layer, _ in pairs], made)
            for made, pairs in groupby(counted, key=lambda pair: pair[1])
        ]

    @property
    def steps(self) -> list[int]:
        """How many steps each layer has made."""
        return [group.steps for group in self._groups for _ in group.layers]

    def state(self) -> dict[str, Any]:
        """Return what the next step depends on."""
        return {"memory": self.memory, "steps": self.steps}

    def load(self, state: dict[str, Any]) -> None:
        """Restore what :meth:`state` returned for a rule of this kind."""
        device = self._parameters.flat.device
        memory = {name: tensor.to(device) for name, tensor in state["memory"].items()}
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
                self._move(group, group.of(gradient), lr, spec)

    def _split(self, without_gradient: Collection[str]) -> None:
        """Split the groups, so that each is moved as a whole or not at all."""
        self._groups = [
            self._group(list(layers), group.steps)
            for group in self._groups
            for _, layers in groupby(group.layers, key=lambda layer: layer.name in without_gradient)
        ]

    def _group(self, layers: list[Layer], steps: int) -> LayerGroup:
        return LayerGroup(layers, steps, self._parameters.flat, self._parameters.segments, self.memory)
