import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradlab.window.charts.heat_colors import (
    EXACT_ZERO,
    MIDDLE,
    NOT_A_NUMBER,
    ValueSummary,
    color_table,
    encode,
    pooled,
    to_image,
)


def test_opposite_values_lie_opposite_on_the_scale():
    codes = encode(np.array([[-2, -1, 1, 2]], dtype=np.float32), 2)
    assert codes.tolist() == [[0, MIDDLE - MIDDLE // 2, MIDDLE + MIDDLE // 2, 2 * MIDDLE]]


def test_none_of_zero_tiny_and_broken_values_look_alike(theme):
    values = np.array([[0, 1e-30, np.nan, np.inf, -np.inf]], dtype=np.float32)
    assert encode(values, 1).tolist() == [[EXACT_ZERO, MIDDLE, NOT_A_NUMBER, NOT_A_NUMBER, NOT_A_NUMBER]]
    table = color_table()
    assert len({table[code] for code in (EXACT_ZERO, MIDDLE, NOT_A_NUMBER, 0, 2 * MIDDLE)}) == 5


@settings(deadline=None, max_examples=50)
@given(st.integers(1, 90), st.integers(1, 90), st.integers(1, 40), st.integers(1, 40), st.data())
def test_making_a_picture_smaller_keeps_its_loudest_value(rows, columns, most_rows, most_columns, data):
    values = np.random.default_rng(0).uniform(-1, 1, (rows, columns)).astype(np.float32)
    place = data.draw(st.integers(0, rows - 1)), data.draw(st.integers(0, columns - 1))
    loud = data.draw(st.sampled_from([7.0, -7.0]))
    values[place] = loud
    small = pooled(values, most_rows, most_columns)
    assert small.shape == (min(rows, most_rows), min(columns, most_columns))
    assert loud in small


def test_making_a_picture_smaller_never_hides_a_nan():
    values = np.zeros((64, 64), dtype=np.float32)
    values[13, 50] = np.nan
    assert np.isnan(pooled(values, 5, 7)).sum() == 1


def test_a_picture_has_one_pixel_per_value_and_owns_them(theme):
    codes = np.array([[EXACT_ZERO, NOT_A_NUMBER, 0]], dtype=np.uint8)
    image = to_image(codes, color_table())
    codes[:] = 0
    assert (image.width(), image.height()) == (3, 1)
    assert image.pixelColor(0, 0) == theme.color("signed.exact_zero")
    assert image.pixelColor(1, 0) == theme.color("signed.nan")
    assert image.pixelColor(2, 0) == theme.color("signed.negative")


def test_a_summary_counts_what_is_special():
    values = np.array([[3, -4, 0, np.nan, np.inf, 0]], dtype=np.float32)
    summary = ValueSummary.of(values)
    assert (summary.largest, summary.squares, summary.zeros) == (4, 25, 2)
    assert summary.bad_in_words() == "1 NaN, 1 ∞"
    assert np.isnan(summary.norm)


def test_the_norm_is_numpys():
    values = np.random.default_rng(1).standard_normal((8, 9)).astype(np.float32)
    assert ValueSummary.of(values).norm == pytest.approx(np.linalg.norm(values.astype(np.float64)))
