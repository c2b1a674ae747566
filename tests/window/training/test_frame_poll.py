import pytest

from gradlab.window.training.frame_poll import interval


def test_cheap_pictures_come_as_often_as_the_eye_needs():
    assert interval(0.5, hurries=True) == interval(4, hurries=True) == 33


@pytest.mark.parametrize("cost", [9, 12, 18])
def test_pictures_of_usual_cost_move_sixteen_times_a_second(cost):
    assert 1000 / interval(cost, hurries=True) >= 15


@pytest.mark.parametrize("cost", [5, 10, 18, 30, 60, 120, 1000])
def test_most_of_the_time_is_the_trainings(cost):
    assert cost / interval(cost, hurries=True) < 0.31 or interval(cost, hurries=True) == 500


def test_dear_pictures_still_come_twice_a_second():
    assert interval(1000, hurries=True) == 500


@pytest.mark.parametrize("cost", [2, 9, 14])
def test_a_run_that_is_watched_gets_all_the_pictures_that_the_eye_needs(cost):
    assert interval(cost, hurries=False) == 33


@pytest.mark.parametrize("cost", [20, 60, 1000])
def test_dear_pictures_leave_time_for_a_run_that_is_watched(cost):
    assert cost / interval(cost, hurries=False) < 0.5 or interval(cost, hurries=False) == 500
