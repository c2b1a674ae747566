import pytest

from gradlab.window.training.frame_poll import interval


def test_cheap_pictures_come_as_often_as_the_eye_needs():
    assert interval(0.5) == interval(4) == 33


@pytest.mark.parametrize("cost", [9, 12, 18])
def test_pictures_of_usual_cost_move_sixteen_times_a_second(cost):
    assert 1000 / interval(cost) >= 15


@pytest.mark.parametrize("cost", [5, 10, 18, 30, 60, 120, 1000])
def test_most_of_the_time_is_the_trainings(cost):
    assert cost / interval(cost) < 0.31 or interval(cost) == 500


def test_dear_pictures_still_come_twice_a_second():
    assert interval(1000) == 500
