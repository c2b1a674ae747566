import time
from collections import deque

import pytest

from gradlab.instruments.records import Snapshot
from gradlab.runs.publisher import FRAME_SECONDS, Publisher


@pytest.fixture
def publisher():
    return Publisher(deque(maxlen=1), ("cpu",))


def wait_after(publisher, seconds):
    """Make a snapshot that takes so long; return how long the next one waits."""

    def make():
        time.sleep(seconds)
        return Snapshot()

    publisher._slot.clear()
    publisher.publish(make)
    publisher._slot.clear()
    return publisher.seconds_left


def test_the_more_a_snapshot_costs_the_fewer_are_made(publisher):
    assert wait_after(publisher, 0) <= FRAME_SECONDS
    assert wait_after(publisher, 0.005) > FRAME_SECONDS


def test_one_that_took_very_long_does_not_silence_the_next(publisher):
    assert wait_after(publisher, 0.3) < 0.1
