import pytest

from gradlab.window.training.costs import LATEST, SECONDS, Cost


def draw(cost, clock, seconds, pause=0.0):
    with cost.measured():
        clock[0] += seconds
    clock[0] += pause


def test_the_mean_is_of_the_latest_times(clock):
    cost = Cost()
    assert cost.mean is None
    draw(cost, clock, 0.03)
    draw(cost, clock, 0.01)
    assert cost.mean == pytest.approx(0.02)
    for _ in range(LATEST):
        draw(cost, clock, 0.05)
    assert cost.mean == pytest.approx(0.05)


def test_what_happens_regularly_has_a_rate(clock):
    cost = Cost()
    assert cost.per_second == 0
    for _ in range(10):
        draw(cost, clock, 0.01, pause=0.03)
    assert cost.per_second == pytest.approx(25)


def test_what_was_long_ago_does_not_count(clock):
    cost = Cost()
    draw(cost, clock, 0.01)
    draw(cost, clock, 0.01)
    clock[0] += SECONDS + 0.1
    assert cost.mean is None
    assert cost.per_second == 0
