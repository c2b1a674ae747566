import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlab.window.charts.formatting import plain, power_of_ten, round_up, short, tidy


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"), (0.53, "0.530"), (-12.34, "−12.3"), (0.99999, "1.00"), (1.2e-5, "1.20×10⁻⁵"),
        (2.39e11, "2.39×10¹¹"), (math.nan, "NaN"), (math.inf, "∞"), (-math.inf, "−∞"),
    ],
)  # fmt: skip
def test_numbers_have_three_digits_and_a_real_minus_sign(value, text):
    assert short(value) == text


def test_round_numbers_lose_their_zeros_but_no_digits():
    assert [tidy(value) for value in (0.07, 1.5, 2e8, 100, 30)] == ["0.07", "1.5", "2×10⁸", "100", "30"]


def test_ticks_have_the_decimals_of_their_spacing():
    assert [plain(value, 0.05) for value in (0.0, 0.05, -0.1)] == ["0.00", "0.05", "−0.10"]
    assert plain(5e10, 5e10) == "5×10¹⁰"
    assert [plain(value, 1e-7) for value in (0.0, 1e-7)] == ["0", "1×10⁻⁷"]


def test_powers_of_ten_are_written_out_while_they_are_short():
    assert [power_of_ten(exponent) for exponent in (-5, -2, 0, 3)] == ["10⁻⁵", "0.01", "1", "1000"]


@given(st.floats(1e-300, 1e300))
def test_a_rounded_up_limit_holds_the_value_and_is_at_most_half_as_much_again_too_large(value):
    limit = round_up(value)
    assert value * (1 - 1e-6) <= limit <= value * 1.7


@pytest.mark.parametrize("value", [0.0, math.nan, math.inf])
def test_a_scale_without_values_still_has_an_end(value):
    assert round_up(value) == 1
