import time

# Work for a picture that takes no longer is done for each, so that all panels show the same moment.
FREE_SECONDS = 0.008


class Throttle:
    """Limits costly work to a share of the time.

    A context manager around the work, which is due again once enough time has passed.
    """

    def __init__(self, share: float, free_seconds: float = 0.0) -> None:
        """Work that takes no longer than ``free_seconds`` is always due."""
        self._share = share
        self._free_seconds = free_seconds
        self._next = 0.0
        self._begun = 0.0

    @property
    def is_due(self) -> bool:
        """Whether the work may be done again."""
        return time.perf_counter() >= self._next

    def __enter__(self) -> None:
        self._begun = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        self.spend(time.perf_counter() - self._begun)

    def spend(self, seconds: float) -> None:
        """Count seconds of work done outside the context manager."""
        rest = seconds / self._share if seconds > self._free_seconds else 0.0
        self._next = time.perf_counter() + rest
