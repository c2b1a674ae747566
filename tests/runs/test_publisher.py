from collections import deque

import pytest

from gradlab.instruments.records import Snapshot
from gradlab.runs.publisher import FRAME_SECONDS, Publisher


@pytest.fixture
def wait_after(clock):
    """Publish a snapshot that takes so long to make; return how long the next one waits."""

    def wait_after(seconds):
        def make():
            clock[0] += seconds
            return Snapshot()

        slot = deque(maxlen=1)
        made = Publisher(slot, ("cpu",))
        made.publish(make)
        slot.clear()
        return made.seconds_left

    return wait_after


def test_the_more_a_snapshot_costs_the_fewer_are_made(wait_after):
    assert wait_after(0) == pytest.approx(FRAME_SECONDS)
    assert wait_after(0.005) > FRAME_SECONDS


def test_one_that_took_very_long_does_not_silence_the_next(wait_after):
    assert wait_after(6) < 0.1
