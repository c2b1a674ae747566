import numpy as np
import pytest

from gradlab.window.panels.landscape.contours import contour_lines

X, Y = np.linspace(-2.0, 2.0, 41), np.linspace(-1.0, 3.0, 33)
GRID_X, GRID_Y = np.meshgrid(X, Y)


def test_a_plane_has_straight_lines_at_its_levels():
    x, y = contour_lines(X, Y, 2 * GRID_X - GRID_Y, [0.5, -1.0])
    heights = 2 * x - y
    assert len(x) > 100
    assert np.isclose(heights, 0.5).sum() + np.isclose(heights, -1).sum() == len(x)


def test_the_line_of_a_bowl_is_a_closed_circle():
    x, y = contour_lines(X, Y, GRID_X**2 + GRID_Y**2, [0.7])
    np.testing.assert_allclose(np.hypot(x, y), np.sqrt(0.7), rtol=0.01)
    lengths = np.hypot(x[1::2] - x[::2], y[1::2] - y[::2])
    assert lengths.sum() == pytest.approx(2 * np.pi * np.sqrt(0.7), rel=0.01)
    ends = np.round(np.column_stack([x, y]), 9)
    _, counts = np.unique(ends, axis=0, return_counts=True)
    assert (counts % 2 == 0).all()  # every piece goes on in another


@pytest.mark.parametrize("lost", [np.nan, np.inf, -np.inf])
def test_lines_keep_away_from_what_is_not_finite(lost):
    heights = GRID_X.copy()
    heights[10, 20] = lost
    x, y = contour_lines(X, Y, heights, [0.02])
    assert np.isfinite([x, y]).all()
    assert not (abs(y - Y[10]) < Y[1] - Y[0] - 1e-9).any()
    assert len(x) > 0


def test_a_flat_ground_has_no_lines():
    assert len(contour_lines(X, Y, np.ones_like(GRID_X), [0.5, 1.0])[0]) == 0
