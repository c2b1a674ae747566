import time
from collections import deque
from math import exp

SPAN_SECONDS = 4.0  # over which the speed is measured
SHORTEST_SPAN = 0.3  # less says nothing
KEEPS_UP = 0.8  # a run that reaches this share of the planned speed keeps to the plan
LEAST_CALM_SECONDS, MOST_CALM_SECONDS = 0.2, 3.0  # how long a wrong estimate lasts
SMALLEST_RISE = 1.0  # seconds; less looks like flickering


class TimeLeft:
    """Estimates how long a run still takes, so calmly that people can read it."""

    def __init__(self) -> None:
        self._moments: deque[tuple[float, int]] = deque()
        self._total = self._done = 0
        self._estimate: float | None = None
        self._estimated_at: float | None = None
        self._told = 0.0

    def begin(self) -> None:
        """Forget the run before."""
        self._total = 0
        self.change_pace()

    def change_pace(self) -> None:
        """Forget how fast the run was until now."""
        self.pause()
        self._estimate = None

    def pause(self) -> None:
        """Note that time passes without training."""
        self._moments.clear()
        self._estimated_at = None

    def follow(self, done: int, total: int) -> None:
        """Note that so many updates of all planned ones are ``done``, right after one.

        The first note begins to measure: the update before it, which warms up, takes much longer than others.
        """
        now = time.perf_counter()
        if total != self._total:
            self._total = total
            self._estimate = self._estimated_at = None
        self._done = done
        if not self._moments or now - self._moments[-1][0] > SPAN_SECONDS / 40:
            self._moments.append((now, done))
        while len(self._moments) > 2 and now - self._moments[0][0] > SPAN_SECONDS:
            self._moments.popleft()

    def seconds(self, planned: float | None) -> float | None:
        """Return the seconds left; None while they are unknown.

        Args:
            planned: the updates per second that the run is to make; None for as many as possible.
        """
        rate = self._rate(planned)
        if not rate or not self._total:
            return None
        self._approach(max(self._total - self._done, 0) / rate)
        return self._told

    def _rate(self, planned: float | None) -> float | None:
        measured = self._measured()
        if planned is None or measured is None:
            return planned or measured
        keeps_up = self._span < SPAN_SECONDS / 2 or measured > KEEPS_UP * planned
        return planned if keeps_up else measured

    def _measured(self) -> float | None:
        if self._span < SHORTEST_SPAN:
            return None
        return (self._moments[-1][1] - self._moments[0][1]) / self._span

    @property
    def _span(self) -> float:
        return self._moments[-1][0] - self._moments[0][0] if self._moments else 0.0

    def _approach(self, wanted: float) -> None:
        """Count down, and come nearer to what is wanted: slowly, once enough was measured."""
        now = time.perf_counter()
        before, since = self._estimate, self._estimated_at
        self._estimate, self._estimated_at = wanted, now
        if before is None:
            self._told = wanted
            return
        passed = 0.0 if since is None else now - since  # nothing counts down in a pause
        counted = max(before - passed, 0.0)
        calm = max(min(wanted / 3, self._span / 2, MOST_CALM_SECONDS), LEAST_CALM_SECONDS)
        self._estimate = counted + (wanted - counted) * (1 - exp(-passed / calm))
        if not 0 <= self._estimate - self._told < SMALLEST_RISE:
            self._told = self._estimate
