"""Keeps something costly to a share of the time."""

import time


class Throttle:
    """A context manager around the costly thing; ``is_due`` says when its share has been saved up again."""

    def __init__(self, share: float) -> None:
        self._share = share
        self._next = 0.0
        self._begun = 0.0

    @property
    def is_due(self) -> bool:
        """Whether it may be done again."""
        return time.perf_counter() >= self._next

    def forgive(self) -> None:
        """Let it be done again at once: nothing else needs the time."""
        self._next = 0.0

    def __enter__(self) -> None:
        self._begun = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        self.spend(time.perf_counter() - self._begun)

    def spend(self, seconds: float) -> None:
        """Take note that it took so long, where it was not done inside."""
        self._next = time.perf_counter() + seconds / self._share
