"""Layers that an optimizer moves in one operation, and what it remembers of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from gradlab.torch_types import Tensor

if TYPE_CHECKING:  # torch comes with it, and the files of optimizers are read before it is loaded
    from gradlab.training.parameters import Layer, Segment


class LayerGroup:
    """Neighbouring layers that have made equally many steps: they move in one operation.

    Tensors of a group are ``(…, n)``, its parameters one after the other; the dimensions in front are those of
    stacked replicas, if any.

    Attributes:
        layers: the layers; ``weights``: their weights; ``steps``: how many steps they have made.
    """

    def __init__(
        self,
        layers: list[Layer],
        steps: int,
        flat: Tensor,
        segments: Sequence[Segment],
        memory: dict[str, Tensor],
    ) -> None:
        self.layers = layers
        self.steps = steps
        self._where = (..., slice(layers[0].start, layers[-1].stop))
        self.weights = flat[self._where]
        self._is_all = self.weights.shape == flat.shape
        self._flat = flat
        self._segments = segments
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
                self._memory_of_all[name] = self._flat.new_zeros(self._flat.shape)
            self._memory[name] = self._memory_of_all[name][self._where]
        return self._memory[name]

    def in_shape(self, values: Tensor) -> Iterator[Tensor]:
        """Yield each parameter's part of a tensor of the group, in its own shape ``(…, *shape)`` (views)."""
        first, end = self.layers[0].start, self.layers[-1].stop
        for segment in self._segments:
            if first <= segment.start < end:
                yield segment.of(values, first)
