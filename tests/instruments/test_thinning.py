"""Of a long run, points are kept in bounded memory; what stands out stays."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradlab.instruments.thinning import ThinnedPoints

CAPACITY = 1024


def recorded(losses, capacity=CAPACITY, norms=None, read_every=0):
    """Record these losses as updates 1, 2 …; return the kept points by name."""
    points = ThinnedPoints(capacity)
    norms = losses if norms is None else norms
    for number, (loss, norm) in enumerate(zip(losses, norms, strict=True), start=1):
        points.append((number, number / 10, number * 32, number / 1000, loss, norm))
        if read_every and number % read_every == 0:
            points.so_far()
    return points.so_far()


def noise(count, seed=0):
    return np.random.default_rng(seed).uniform(0, 1, count)


def test_a_short_run_is_kept_as_it_is():
    losses = noise(200)
    kept = recorded(losses)
    np.testing.assert_array_equal(kept.update, np.arange(1, 201))
    np.testing.assert_array_equal(kept.loss, losses)
    np.testing.assert_array_equal(kept.total / kept.finite, losses)


@pytest.mark.parametrize("count", [1025, 5000, 60_000])
def test_memory_is_bounded_and_the_latest_updates_are_exact(count):
    losses = noise(count)
    kept = recorded(losses)
    assert len(kept.update) <= CAPACITY
    exact = CAPACITY // 4
    np.testing.assert_array_equal(kept.update[-exact:], np.arange(count - exact + 1, count + 1))
    np.testing.assert_array_equal(kept.loss[-exact:], losses[-exact:])


@pytest.mark.parametrize("count", [2000, 30_000])
def test_the_beginning_of_a_long_run_keeps_its_share_of_the_points(count):
    update = recorded(noise(count), capacity=CAPACITY).update
    assert np.count_nonzero(update <= count // 4) >= CAPACITY // 16


@settings(deadline=None, max_examples=40)
@given(st.integers(900, 8000), st.data())
def test_no_spike_ever_disappears(count, data):
    losses = noise(count)
    up, down, norm = (data.draw(st.integers(0, count - 1)) for _ in range(3))
    losses[up], losses[down] = 9, -9
    norms = noise(count, 1)
    norms[norm] = 7
    kept = recorded(losses, norms=norms, read_every=data.draw(st.integers(0, 90)))
    assert kept.update[kept.loss.argmin()] == down + 1
    assert kept.loss.min() == -9
    assert kept.norm.max() == 7
    if up != down:
        assert kept.update[kept.loss.argmax()] == up + 1


@settings(deadline=None, max_examples=40)
@given(st.integers(900, 8000), st.integers(0, 100))
def test_every_point_is_one_of_the_updates_and_nothing_is_counted_twice(count, seed):
    losses = noise(count, seed)
    kept = recorded(losses)
    assert (np.diff(kept.update) > 0).all()
    np.testing.assert_array_equal(kept.loss, losses[kept.update.astype(int) - 1])
    np.testing.assert_array_equal(kept.samples, kept.update * 32)
    before = np.append(0, kept.update[:-1]).astype(int)
    means = [losses[first:last].mean() for first, last in zip(before, kept.update.astype(int), strict=True)]
    np.testing.assert_allclose(kept.total / kept.finite, means)
    np.testing.assert_allclose(kept.total.sum(), losses.sum())
    assert kept.finite.sum() == count


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_loss_that_is_no_number_stays_and_spoils_no_mean(bad):
    losses = noise(4000)
    losses[333] = bad
    kept = recorded(losses)
    assert kept.update[~np.isfinite(kept.loss)].tolist() == [334]
    np.testing.assert_allclose(kept.total.sum(), np.delete(losses, 333).sum())
    assert kept.finite.sum() == 3999


def test_equal_losses_keep_two_points_of_each_block():
    kept = recorded(np.ones(5000))
    assert (np.diff(kept.update) > 0).all()
    assert kept.finite.sum() == 5000


def test_what_was_handed_out_stays_as_it_is():
    points = ThinnedPoints(CAPACITY)
    for number in range(1, 101):
        points.append((number, 0, 0, 0, number, 0))
    handed_out = points.so_far()
    before = [values.copy() for values in handed_out]
    for number in range(101, 2000):
        points.append((number, 0, 0, 0, -number, 0))
    np.testing.assert_array_equal(handed_out, before)
