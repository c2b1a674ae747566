"""How long drawing takes, and how often it happens."""

import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

LATEST = 30  # times over which the mean is taken
SECONDS = 2.0  # what is older does not count


class Cost:
    """How long something took lately."""

    def __init__(self) -> None:
        self._times: deque[tuple[float, float]] = deque(maxlen=LATEST)

    @contextmanager
    def measured(self) -> Iterator[None]:
        """Measure what is done inside."""
        start = time.perf_counter()
        yield
        self.add(time.perf_counter() - start)

    def add(self, seconds: float) -> None:
        """Take note of one time."""
        self._times.append((time.perf_counter(), seconds))

    @property
    def mean(self) -> float | None:
        """The mean of the latest times, in seconds; None where there were none in the latest two seconds."""
        times = self._recent()
        return sum(seconds for _, seconds in times) / len(times) if times else None

    @property
    def per_second(self) -> float:
        """How many of these times a second there were lately."""
        times = self._recent()
        if len(times) < 2:
            return 0.0
        return (len(times) - 1) / (times[-1][0] - times[0][0])

    def _recent(self) -> list[tuple[float, float]]:
        since = time.perf_counter() - SECONDS
        return [(moment, seconds) for moment, seconds in self._times if moment > since]
