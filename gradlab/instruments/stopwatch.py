import time


class Stopwatch:
    """Measures the time spent on something, without its pauses: a context manager around each stretch of work."""

    def __init__(self) -> None:
        self._before = 0.0
        self._begun: float | None = None

    @property
    def seconds(self) -> float:
        """The seconds of all stretches together, including the current one."""
        return self._before if self._begun is None else self._before + time.perf_counter() - self._begun

    def __enter__(self) -> None:
        self._begun = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        self._before, self._begun = self.seconds, None
