"""A point on a surface: two weights are its position, and the height there is the output."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

Height = Callable[[Tensor, Tensor], Tensor]

# The height at (x, y), and where the point begins.
SURFACES: dict[str, tuple[Height, tuple[float, float]]] = {
    "saddle": (lambda x, y: x**2 + (y**2 - 1) ** 2 / 2, (1.0, 0.0)),
    "bowl": (lambda x, y: x**2 + y**2 / 4, (1.0, 1.0)),
    "plateau": (lambda x, y: 1 - torch.exp(-(x**2) - y**2), (2.5, 0.0)),
}


class Surface(nn.Module):
    """The height of a single point, on a surface that each row tilts a little.

    Attributes:
        point: holds its position, (x, y), as the weights ``(1, 2)`` of a layer; the layer's output for a row is
            how much the row's tilt, (a, b), adds to the height: a · x + b · y.
    """

    def __init__(self, kind: str) -> None:
        super().__init__()
        self._height, start = SURFACES[kind]
        self.point = nn.Linear(2, 1, bias=False)
        self.point.weight.data = torch.tensor([start])

    def forward(self, tilts: Tensor) -> Tensor:
        """Return the height on each tilted surface: ``(rows, 2)`` → ``(rows, 1)``."""
        tilted: Tensor = self.point(tilts)
        return tilted + self._height(*self.point.weight[0])
