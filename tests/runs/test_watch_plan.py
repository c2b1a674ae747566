import pytest

from gradlab.runs.watch_plan import EPOCH_SECONDS, LEAST_PER_SECOND, RUN_SECONDS, WatchPlan


def seconds_of(plan, updates):
    return updates / plan.per_second()


@pytest.mark.parametrize("total", [200, 860, 24_000, 10_000_000])
def test_a_run_of_any_length_takes_as_long(total):
    plan = WatchPlan()
    plan.follow(0, total, 20)
    assert 20 <= seconds_of(plan, total) <= 30


def test_a_tiny_run_does_not_drag():
    plan = WatchPlan()
    plan.follow(0, 12, 3)
    assert plan.per_second() == LEAST_PER_SECOND
    assert seconds_of(plan, 12) < 2


def test_how_far_a_run_is_does_not_change_its_pace():
    plan = WatchPlan()
    plan.follow(0, 900, 20)
    before = plan.per_second()
    for done in (1, 450, 899, 900):
        plan.follow(done, 900, 20)
        assert plan.per_second() == before


def test_training_on_keeps_the_pace():
    plan = WatchPlan()
    plan.follow(0, 900, 20)
    before = plan.per_second()
    for epochs in (40, 60, 80):
        plan.follow(45 * (epochs - 20), 45 * epochs, epochs)
        assert plan.per_second() == pytest.approx(before)


def test_many_more_epochs_take_no_longer_than_a_whole_run():
    plan = WatchPlan()
    plan.follow(0, 900, 20)
    plan.follow(450, 90_000, 2000)
    assert seconds_of(plan, 90_000 - 450) == pytest.approx(RUN_SECONDS)


def test_many_fewer_epochs_do_not_rush_past():
    plan = WatchPlan()
    plan.follow(0, 90_000, 2000)
    plan.follow(2250, 4500, 100)
    assert 10 < seconds_of(plan, 4500 - 2250) < RUN_SECONDS


def test_a_single_epoch_does_not_keep_people_waiting():
    plan = WatchPlan()
    plan.follow(0, 90, 2)
    assert 45 / plan.per_second(one_epoch=True) <= EPOCH_SECONDS
    plan.follow(0, 9000, 200)
    assert plan.per_second(one_epoch=True) == plan.per_second()
