"""Measures how long drawing takes, and how often it happens."""

import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

LATEST = 30  # times over which the mean is taken
SECONDS = 2.0  # what is older does not count


class Cost:
    """The durations of something that happens again and again, over the last moments."""

    def __init__(self) -> None:
        self._times: deque[tuple[float, float]] = deque(maxlen=LATEST)

    @contextmanager
    def measured(self) -> Iterator[None]:
        """Measure the ``with`` block."""
        start = time.perf_counter()
        yield
        self.add(time.perf_counter() - start)

    def add(self, seconds: float) -> None:
        """Add one duration."""
        self._times.append((time.perf_counter(), seconds))

    @property
    def mean(self) -> float | None:
        """The mean duration, in seconds; None if there was none in the last two seconds."""
        times = self._recent()
        return sum(seconds for _, seconds in times) / len(times) if times else None

    @property
    def per_second(self) -> float:
        """How often it happened per second."""
        times = self._recent()
        if len(times) < 2:
            return 0.0
        return (len(times) - 1) / (times[-1][0] - times[0][0])

    def _recent(self) -> list[tuple[float, float]]:
        since = time.perf_counter() - SECONDS
        return [(moment, seconds) for moment, seconds in self._times if moment > since]
