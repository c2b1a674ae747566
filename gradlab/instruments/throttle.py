"""Limits something costly to a share of the time."""

import time


class Throttle:
    """A context manager around the costly work; it is due again once its share of the time has passed."""

    def __init__(self, share: float) -> None:
        self._share = share
        self._next = 0.0
        self._begun = 0.0

    @property
    def is_due(self) -> bool:
        """Whether the work may be done again."""
        return time.perf_counter() >= self._next

    def forgive(self) -> None:
        """Let the work be due at once: nothing else needs the time."""
        self._next = 0.0

    def __enter__(self) -> None:
        self._begun = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        self.spend(time.perf_counter() - self._begun)

    def spend(self, seconds: float) -> None:
        """Count seconds of work that was done outside of the context manager."""
        self._next = time.perf_counter() + seconds / self._share
