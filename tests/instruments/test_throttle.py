from gradlab.instruments.throttle import Throttle


def test_costly_work_is_due_again_once_it_is_a_small_share_of_the_time(clock):
    throttle = Throttle(0.1, free_seconds=0.01)
    throttle.spend(0.02)
    assert not throttle.is_due
    clock[0] += 0.19
    assert not throttle.is_due
    clock[0] += 0.02
    assert throttle.is_due


def test_work_that_takes_next_to_no_time_is_always_due(clock):
    throttle = Throttle(0.1, free_seconds=0.01)
    throttle.spend(0.009)
    assert throttle.is_due
