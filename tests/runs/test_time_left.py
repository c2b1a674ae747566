from itertools import pairwise

import pytest

from gradlab.runs.time_left import TimeLeft


def run(clock, left, total, seconds_of, planned=None):
    """Make all updates, each of which takes its time; return the moments and what was said to be left then."""
    said = []
    for update in range(1, total + 1):
        clock[0] += seconds_of(update)
        left.follow(update, total)
        said.append((clock[0], left.seconds(planned)))
    return said


def test_it_is_right_from_the_first_second_although_the_first_update_is_slow(clock):
    said = run(clock, TimeLeft(), 900, lambda update: 1.5 if update == 1 else 0.0025)
    end = clock[0]
    known = [(moment, seconds) for moment, seconds in said if seconds is not None]
    assert known[0][0] < 100 + 1.5 + 0.5
    assert all(seconds == pytest.approx(end - moment, abs=0.2) for moment, seconds in known)


def test_with_a_planned_speed_it_is_known_at_once(clock):
    left = TimeLeft()
    left.follow(0, 900)
    assert left.seconds(36) == 25
    said = run(clock, left, 900, lambda update: 1 / 36, planned=36)
    assert all(seconds == pytest.approx(clock[0] - moment, abs=0.2) for moment, seconds in said)


def test_a_machine_that_cannot_keep_up_is_believed_more_than_the_plan(clock):
    said = run(clock, TimeLeft(), 100, lambda update: 0.5, planned=10)
    assert said[-20][1] == pytest.approx(clock[0] - said[-20][0], rel=0.1)


def test_it_does_not_jump_when_updates_are_uneven(clock):
    """Every 43rd update ends an epoch, and takes as long as 40 others."""
    said = run(clock, TimeLeft(), 860, lambda update: 0.4 if update % 43 == 0 else 0.01)
    known = [seconds for _, seconds in said if seconds is not None][100:]
    rises = [after - before for before, after in pairwise(known) if after > before]
    assert all(rise <= 1.5 for rise in rises)
    assert len(rises) <= 2
    assert all(seconds == pytest.approx(clock[0] - moment, abs=2) for moment, seconds in said[200:])


def test_a_pause_changes_nothing(clock):
    left = TimeLeft()
    run(clock, left, 400, lambda update: 0.01)
    left.begin()
    for update in range(1, 401):
        clock[0] += 0.01
        left.follow(update, 800)
        before = left.seconds(None)
    left.pause()
    clock[0] += 60
    left.follow(400, 800)
    for update in range(401, 441):
        clock[0] += 0.01
        left.follow(update, 800)
    assert left.seconds(None) == pytest.approx(before - 0.4, abs=0.5)


def test_another_speed_is_believed_at_once(clock):
    left = TimeLeft()
    run(clock, left, 300, lambda update: 0.01, planned=100)
    left.follow(300, 1300)
    assert left.seconds(100) == pytest.approx(10)
    left.change_pace()
    assert left.seconds(5) == pytest.approx(200)
    assert left.seconds(None) is None


def test_more_epochs_are_told_at_once(clock):
    left = TimeLeft()
    run(clock, left, 300, lambda update: 0.01)
    assert left.seconds(None) == pytest.approx(0, abs=0.1)
    left.follow(300, 1300)
    assert left.seconds(None) == pytest.approx(10, rel=0.1)


def test_nothing_is_said_before_anything_is_known():
    left = TimeLeft()
    assert left.seconds(36) is None
    left.follow(0, 900)
    assert left.seconds(None) is None
