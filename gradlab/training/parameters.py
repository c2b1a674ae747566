"""All weights of a model as views into one flat tensor.

One tensor needs one operation where a list of parameters needs many. That makes small networks fast, and the
gradient buffer a single thing.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class Segment:
    """The place of one parameter in the flat tensor."""

    name: str
    shape: torch.Size
    start: int
    stop: int

    def of(self, flat: Tensor, first: int = 0) -> Tensor:
        """Return this parameter's part of a flat tensor ``(…, n)``, in its own shape (a view).

        ``flat`` begins with the value at ``first`` of the whole flat tensor.
        """
        part = flat[..., self.start - first : self.stop - first]
        return part.view(*flat.shape[:-1], *self.shape)

    @property
    def layer(self) -> str:
        """The name of the module that the parameter belongs to."""
        return self.name.rpartition(".")[0]


@dataclass(frozen=True)
class Layer:
    """The parameters of one module, which are next to each other.

    Attributes:
        matrices: the slice of its weight matrices, one or in a recurrent layer two; None if it has only vectors.
    """

    name: str
    start: int
    stop: int
    matrices: slice | None


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
        by_name.setdefault(segment.layer, []).append(segment)
    return [Layer(name, parts[0].start, parts[-1].stop, _matrices(parts)) for name, parts in by_name.items()]


def _matrices(segments: list[Segment]) -> slice | None:
    matrices = [segment for segment in segments if len(segment.shape) > 1]
    # PyTorch keeps a layer's matrices before its biases, so they are next to each other.
    return slice(matrices[0].start, matrices[-1].stop) if matrices else None
