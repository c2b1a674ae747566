import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gradlab.instruments.records import Timeline
from gradlab.window.plots.timeline_view import columns_of, encode_magnitudes


def timeline(rms, updates=None):
    rms = np.atleast_2d(np.array(rms, dtype=float))
    if updates is None:
        updates = np.arange(1, rms.shape[1] + 1)
    return Timeline(tuple(f"layer{n}" for n in range(len(rms))), np.array(updates, dtype=float), rms)


def test_regular_measurements_get_a_column_each():
    merged, span = columns_of(timeline([[1, 2, 3]], [10, 20, 30]))
    assert merged.tolist() == [[1, 2, 3]]
    assert span == (10, 40)


def test_a_measurement_holds_until_the_next_one():
    merged, _ = columns_of(timeline([[1, 2, 3]], [1, 2, 6]))
    assert merged.tolist() == [[1, 2, 2, 2, 2, 3]]


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 500), st.integers(1, 40), st.data())
def test_merging_columns_keeps_the_largest(count, most, data):
    rms = np.random.default_rng(0).uniform(0, 1, (2, count))
    rms[1, data.draw(st.integers(0, count - 1))] = 9
    merged, _ = columns_of(timeline(rms), most)
    assert merged.shape[1] <= most
    assert merged[1].max() == 9


def test_merging_columns_keeps_what_went_wrong():
    rms = np.ones((1, 100))
    rms[0, 37] = np.nan
    assert np.isnan(columns_of(timeline(rms), 5)[0]).sum() == 1


def test_zero_none_and_broken_differ_from_every_size():
    codes = encode_magnitudes(np.array([[1e-6, 1.0, 0.0, -1.0, np.nan, np.inf]]), -6, 0)
    low, high, zero, none, nan, infinite = codes[0]
    assert (low, high) == (0, 239)
    assert len({low, high, zero, none, nan}) == 5
    assert nan == infinite
