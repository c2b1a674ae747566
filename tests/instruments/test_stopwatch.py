from plain_pytorch import experiment

from gradlab.instruments.records import Curves
from gradlab.instruments.stopwatch import Stopwatch
from gradlab.runs.observed_run import ObservedRun


def test_only_the_stretches_inside_count(clock):
    watch = Stopwatch()
    for _ in range(3):
        with watch:
            clock[0] += 2
            assert watch.seconds % 2 == 0
        clock[0] += 50
    assert watch.seconds == 6


def test_pauses_are_no_time_of_training(clock):
    session = ObservedRun(experiment())
    session.instruments.watch(frozenset({Curves}))
    for _ in range(5):
        session.step_update()
        clock[0] += 1000  # somebody has a coffee
    seconds = session.frame(at_rest=True).get(Curves).update_seconds
    assert seconds.tolist() == [0.0] * 5
