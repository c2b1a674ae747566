"""All weights of a model as views into one flat tensor.

One tensor means one operation where a list of parameters means many: that is what makes small networks fast,
and what lets the gradient buffer be a single thing.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class Segment:
    """Where one parameter lies in the flat tensor."""

    name: str
    shape: torch.Size
    start: int
    stop: int

    def of(self, flat: Tensor) -> Tensor:
        """Return this parameter's part of a flat tensor, in its own shape (a view)."""
        return flat[self.start : self.stop].view(self.shape)


@dataclass(frozen=True)
class Layer:
    """The parameters of one module; they lie next to each other. ``matrix`` is its weight, if it has one."""

    name: str
    start: int
    stop: int
    matrix: Segment | None


class FlatParameters:
    """The weights of ``model``; its parameters become views of ``flat``.

    Attributes:
        flat: ``(n,)``, all weights.
        parameters: the model's own parameter objects, in the order of ``segments``.
    """

    def __init__(self, model: nn.Module) -> None:
        named = list(model.named_parameters())
        self.parameters = [parameter for _, parameter in named]
        self.flat = torch.cat([parameter.detach().reshape(-1) for parameter in self.parameters])
        self.segments = _segments(named)
        for segment, parameter in zip(self.segments, self.parameters, strict=True):
            parameter.data = segment.of(self.flat)
        self.layers = _layers(self.segments)

    def matrices(self, flat: Tensor) -> list[Tensor]:
        """Return the parts of a flat tensor that belong to weight matrices, each flattened (views)."""
        return [flat[layer.matrix.start : layer.matrix.stop] for layer in self.layers if layer.matrix]


def _segments(named: list[tuple[str, nn.Parameter]]) -> list[Segment]:
    segments = []
    start = 0
    for name, parameter in named:
        segments.append(Segment(name, parameter.shape, start, start + parameter.numel()))
        start += parameter.numel()
    return segments


def _layers(segments: list[Segment]) -> list[Layer]:
    by_name: dict[str, list[Segment]] = {}
    for segment in segments:
        by_name.setdefault(segment.name.rpartition(".")[0], []).append(segment)
    return [
        Layer(name, parts[0].start, parts[-1].stop, next((p for p in parts if len(p.shape) > 1), None))
        for name, parts in by_name.items()
    ]
