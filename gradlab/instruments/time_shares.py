import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
SPAN_SECONDS = 1.0  # over which shares are taken


class TimeShares:
    """Measures which share of some work's time each of its parts takes."""

    def __init__(self) -> None:
        self._whole = 0.0
        self._parts: dict[str, float] = defaultdict(float)
        self._shares: Mapping[str, float] = {}
        self._start = time.perf_counter()

    def timed(self, part: str, act: Callable[P, R]) -> Callable[P, R]:
        """Return ``act`` with its time counted towards a part."""

        @wraps(act)
        def timed(*args: P.args, **kwargs: P.kwargs) -> R:
            start = time.perf_counter()
            try:
                return act(*args, **kwargs)
            finally:
                self._parts[part] += time.perf_counter() - start

        return timed

    def add(self, seconds: float) -> None:
        """Count time for the work as a whole."""
        self._whole += seconds

    def shares(self) -> Mapping[str, float]:
        """Return the share of the whole that each part took recently, 0 … 1."""
        now = time.perf_counter()
        if self._whole and now - self._start >= SPAN_SECONDS:
            self._shares = {part: seconds / self._whole for part, seconds in self._parts.items()}
            self._whole = 0.0
            self._parts.update(dict.fromkeys(self._parts, 0.0))
            self._start = now
        return self._shares
