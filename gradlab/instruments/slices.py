"""Slices through the space of all weights: their directions, and projections onto them.

After Li, Xu, Taylor, Studer and Goldstein, *Visualizing the Loss Landscape of Neural Nets* (2018).
"""

from collections.abc import Iterator

import torch
from torch import Tensor

from gradlab.training.parameters import FlatParameters

SMALLEST_SQUARE = 1e-5  # of the largest principal value: below it there is only rounding in single precision
LARGEST = 1e15  # coordinate: beyond it, squares and their sums overflow single precision


def filter_normalized(direction: Tensor, weights: Tensor, parameters: FlatParameters) -> Tensor:
    """Return ``direction``, ``(n,)``, with every filter as long as that of ``weights``: d · ‖w‖ / ‖d‖.

    A filter is a row of a matrix or a filter of a convolution; vectors (biases, batch norm) become 0. After
    section 4 of the paper: slices of different networks can then be compared.
    """
    normalized = torch.zeros_like(direction)
    for segment in parameters.segments:
        if len(segment.shape) > 1:
            drawn, own, target = (segment.of(flat).flatten(1) for flat in (direction, weights, normalized))
            lengths = drawn.norm(dim=1, keepdim=True)
            target.copy_(drawn * own.norm(dim=1, keepdim=True) / lengths.where(lengths > 0, 1))
    return normalized


def random_directions(weights: Tensor, parameters: FlatParameters, seed: int) -> Tensor:
    """Return two random filter-normalized directions, ``(2, n)``."""
    chance = torch.Generator().manual_seed(seed)
    drawn = torch.randn(2, len(weights), generator=chance).to(weights)
    return torch.stack([filter_normalized(direction, weights, parameters) for direction in drawn])


def main_directions(steps: Tensor) -> Tensor:
    """Return the two unit directions along which a path moved most, ``(2, n)``; fewer if it has fewer.

    ``steps`` are the path's points as seen from the centre, ``(points, n)``: principal components about the
    centre, as in section 7 of the paper, so that the centre is in the slice. The first step is on their negative
    side, so that people see training go to the right and upwards.
    """
    # The matrix of points by points has the same principal values, and is small.
    values, vectors = torch.linalg.eigh((steps @ steps.T).double())
    kept = (values > SMALLEST_SQUARE * values[-1:]).nonzero()[-2:, 0].flip(0)
    directions: Tensor = vectors[:, kept].T.to(steps) @ steps
    start = (directions @ steps[:1].T).sum(dim=1)
    directions *= (torch.where(start > 0, -1.0, 1.0) / directions.norm(dim=1))[:, None]
    return directions


def project(steps: Tensor, directions: Tensor) -> tuple[Tensor, float | None]:
    """Project steps onto the plane of two directions; return the coordinates, and the share that is in the plane.

    Args:
        steps: ``(points, n)``, as seen from the centre.
        directions: ``(2, n)``, not necessarily orthogonal.

    Returns:
        Coordinates, ``(points, 2)``, in double precision, and the share of the sum of squares of ``steps`` that
        they hold, 0 … 1; None where the steps are all 0.
    """
    along = (steps @ directions.T).double()
    coordinates = along @ torch.linalg.pinv((directions @ directions.T).double())
    total = float(steps.norm().double().square())
    inside = float((coordinates * along).sum())
    return coordinates, min(max(inside / total, 0.0), 1.0) if total else None


def measurable(steps: Tensor) -> Tensor:
    """Return which of ``(points, n)`` are finite and small enough to be measured, ``(points,)``."""
    return steps.abs().amax(dim=1) < LARGEST


def coarse_to_fine(side: int) -> Iterator[tuple[int, int, int]]:
    """Yield every (row, column) of a square grid once, with the distance to its neighbours at that point.

    ``side`` is one more than a power of two, at least 5: five points along each edge come first, then those
    between them, and so on.
    """
    stride = (side - 1) // 4
    yield from ((row, column, stride) for row in range(0, side, stride) for column in range(0, side, stride))
    while stride > 1:
        stride //= 2
        for row in range(0, side, stride):
            # Rows that were there before already have every second column.
            start, step = (0, 1) if row // stride % 2 else (1, 2)
            yield from (
                (row, column * stride, stride) for column in range(start, (side - 1) // stride + 1, step)
            )
