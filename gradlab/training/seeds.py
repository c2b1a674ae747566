"""Separate streams of random numbers from one seed, so that a change in one place leaves the others alone."""

from enum import IntEnum

import numpy as np


class Stream(IntEnum):
    """The purpose of a stream of random numbers. The data package uses 0 to 2."""

    WEIGHTS = 3
    ORDER = 4
    DROPOUT = 5
    VIEWS = 6
    LANDSCAPE = 7
    PLAY = 8


def derive(seed: int, stream: Stream) -> int:
    """Return a 32-bit seed for one stream."""
    return int(np.random.SeedSequence([seed, stream]).generate_state(1)[0])
