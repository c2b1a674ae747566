import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradlab.window.charts.series import Series

lengths = st.integers(1, 3000)
columns = st.integers(1, 60)
seeds = st.integers(0, 2**32 - 1)


def noise(length: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(length)


def filled(values: np.ndarray, pieces: int = 1) -> Series:
    series = Series()
    x = np.arange(len(values), dtype=float)
    for end in np.linspace(0, len(values), pieces + 1).astype(int)[1:]:
        series.set(x[:end], values[:end])
    return series


@settings(max_examples=60, deadline=None)
@given(lengths, columns, seeds, st.integers(1, 7), st.data())
def test_no_spike_is_ever_hidden(length, columns, seed, pieces, data):
    values = noise(length, seed)
    spike = data.draw(st.integers(0, length - 1))
    values[spike] = data.draw(st.sampled_from([50.0, -50.0]))
    _, drawn = filled(values, pieces).envelope(0, length, columns).path()
    assert drawn.max() == values.max()
    assert drawn.min() == values.min()


@settings(max_examples=60, deadline=None)
@given(lengths, columns, seeds, st.data())
def test_what_is_visible_lies_within_the_envelope(length, columns, seed, data):
    values = noise(length, seed)
    first = data.draw(st.integers(0, length - 1))
    last = data.draw(st.integers(first + 1, length))
    envelope = filled(values).envelope(first, last, columns)
    assert envelope.low.min() <= values[first:last].min()
    assert envelope.high.max() >= values[first:last].max()
    assert len(envelope.x) <= 2 * columns + 2


@settings(max_examples=40, deadline=None)
@given(lengths, columns, seeds, st.integers(2, 9))
def test_growing_piece_by_piece_draws_the_same_as_all_at_once(length, columns, seed, pieces):
    values = noise(length, seed)
    at_once = filled(values).envelope(0, length, columns)
    grown = filled(values, pieces).envelope(0, length, columns)
    np.testing.assert_array_equal(at_once.low, grown.low)
    np.testing.assert_array_equal(at_once.high, grown.high)
    np.testing.assert_array_equal(at_once.x, grown.x)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 400), st.integers(1, 50), seeds)
def test_smoothing_is_the_mean_of_the_last_values(length, window, seed):
    values = noise(length, seed)
    _, smooth = filled(values).smooth(0, length, columns=length, window=window)
    expected = [values[max(0, end - window) : end].mean() for end in range(1, length + 1)]
    np.testing.assert_allclose(smooth, expected, atol=1e-12)


def test_smoothing_a_part_continues_what_came_before():
    values = noise(500, 3)
    _, whole = filled(values).smooth(0, 500, columns=500, window=20)
    _, part = filled(values).smooth(100, 500, columns=500, window=20)
    np.testing.assert_allclose(part, whole[100:], atol=1e-12)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_values_that_are_no_numbers_become_gaps(bad):
    values = np.ones(1000)
    values[400:600] = bad
    series = filled(values)
    assert series.first_bad == 400
    _, drawn = series.envelope(0, 1000, 1000).path()
    assert np.isnan(drawn[400:600]).all()
    assert np.nanmax(series.envelope(0, 1000, 4).high) == 1
    _, smooth = series.smooth(0, 1000, 1000, 10)
    assert np.isnan(smooth[400:600]).all()
    np.testing.assert_allclose(smooth[600:], 1)


def test_a_huge_value_does_not_spoil_the_mean_after_it():
    values = np.ones(300)
    values[10] = 1e300
    _, smooth = filled(values).smooth(0, 300, 300, 5)
    np.testing.assert_allclose(smooth[15:], 1)


def test_a_thinned_out_record_is_taken_anew():
    series = filled(noise(1000, 0))
    x = np.arange(0, 2000, 2, dtype=float)
    values = noise(1000, 1)
    series.set(x, values)
    _, drawn = series.envelope(0, 1000, 5).path()
    assert drawn.max() == values.max()
