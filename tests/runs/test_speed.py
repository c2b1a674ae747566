"""Speeds as people read them, and the pace that they mean."""

import pytest

from gradlab.runs.drawing_turn import DrawingTurn
from gradlab.runs.pacer import MOST_BEHIND_SECONDS, Goal, Pacer
from gradlab.runs.speed import FASTEST, Speed


@pytest.mark.parametrize(
    ("speed", "words"),
    [
        (Speed(1, by_phase=True), "One phase per second"),
        (FASTEST, "As fast as possible"),
        (Speed(1), "1 update/s"),
        (Speed(30), "30 updates/s"),
    ],
)
def test_a_speed_is_named_in_words(speed, words):
    assert speed.words == words


@pytest.fixture
def pacer(clock):
    return Pacer(DrawingTurn())


def test_a_limited_speed_makes_the_next_step_due_at_its_time(pacer, clock):
    pacer.set_speed(Speed(4))
    pacer.pursue(Goal.RUN)
    assert pacer.seconds_left == 0
    assert not pacer.may_go_on(clock[0] + 1)
    assert pacer.seconds_left == pytest.approx(0.25)
    clock[0] += 0.3
    assert not pacer.may_go_on(clock[0] + 1)
    assert pacer.seconds_left == pytest.approx(0.2)  # what was late is made up for


def test_a_slow_computer_does_not_make_up_for_everything(pacer, clock):
    pacer.set_speed(Speed(10))
    pacer.pursue(Goal.RUN)
    clock[0] += 60
    pacer.may_go_on(clock[0] + 1)
    assert pacer.seconds_left == pytest.approx(-MOST_BEHIND_SECONDS)


def test_at_full_speed_steps_follow_until_the_slice_of_time_is_over(pacer, clock):
    pacer.pursue(Goal.RUN)
    assert pacer.may_go_on(clock[0] + 0.01)
    clock[0] += 0.02
    assert not pacer.may_go_on(clock[0] - 0.01)
    assert pacer.seconds_left < 0  # the next one is due all the same


@pytest.mark.parametrize(
    ("goal", "by_phase"),
    [(Goal.RUN, True), (Goal.EPOCH, True), (Goal.PHASE, True), (Goal.UPDATE, False), (Goal.REST, False)],
)
def test_at_a_speed_by_phase_only_a_single_update_is_made_at_once(pacer, goal, by_phase):
    pacer.set_speed(Speed(1, by_phase=True))
    pacer.pursue(goal)
    assert pacer.by_phase == by_phase
