"""Lines of equal height on a grid."""

from collections.abc import Iterable

import numpy as np

from gradlab.instruments.records import Doubles


def contour_lines(
    x: Doubles, y: Doubles, heights: Doubles, levels: Iterable[float]
) -> tuple[Doubles, Doubles]:
    """Return the x and the y of line pieces, each two points, where ``heights`` has one of the levels.

    ``heights`` is ``(len(y), len(x))``. Each cell of the grid is cut into four triangles that meet in its middle,
    and every triangle that a level goes through gives one straight piece (marching triangles). Triangles with a
    corner that is not finite have no lines.
    """
    corners, values = _triangles(x, y, heights)
    pieces = [_pieces(corners, values, level) for level in levels]
    points = np.concatenate([np.empty((0, 2)), *pieces])
    return points[:, 0], points[:, 1]


def _triangles(x: Doubles, y: Doubles, heights: Doubles) -> tuple[Doubles, Doubles]:
    """Return the corners, ``(triangles, 3, 2)``, and the heights there, ``(triangles, 3)``."""
    grid = np.dstack([*np.meshgrid(x, y), heights])
    around = [grid[:-1, :-1], grid[:-1, 1:], grid[1:, 1:], grid[1:, :-1]]
    middle = np.mean(around, axis=0)
    cut = [np.stack([around[n], around[(n + 1) % 4], middle], axis=2).reshape(-1, 3, 3) for n in range(4)]
    triangles = np.concatenate(cut)
    triangles = triangles[np.isfinite(triangles).all(axis=(1, 2))]
    return triangles[..., :2], triangles[..., 2]


def _pieces(corners: Doubles, values: Doubles, level: float) -> Doubles:
    """Return two points per triangle that the level goes through, ``(2 · triangles, 2)``."""
    above = values > level
    crossed = above.any(axis=1) & ~above.all(axis=1)
    corners, values, above = corners[crossed], values[crossed], above[crossed]
    # One corner is alone on its side; the level crosses both edges that it has.
    alone = np.where(above.sum(axis=1) == 1, above.argmax(axis=1), above.argmin(axis=1))
    others = (alone[:, None] + [1, 2]) % 3
    each = np.arange(len(alone))
    start, start_value = corners[each, alone][:, None], values[each, alone][:, None]
    end, end_value = corners[each[:, None], others], values[each[:, None], others]
    share = (level - start_value) / (end_value - start_value)
    points: Doubles = start + share[..., None] * (end - start)
    return points.reshape(-1, 2)
