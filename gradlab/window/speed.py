"""How fast a run goes on while it is watched."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Speed:
    """A pace of running.

    Attributes:
        per_second: updates per second, None for as many as possible; ``by_phase``: phases instead of updates.
    """

    per_second: float | None = None
    by_phase: bool = False

    @property
    def words(self) -> str:
        """What people read."""
        if self.by_phase:
            return "One phase per second"
        if self.per_second is None:
            return "As fast as possible"
        return f"{self.per_second:g} update/s" if self.per_second == 1 else f"{self.per_second:g} updates/s"


FASTEST = Speed()
SPEEDS = (Speed(1, by_phase=True), *(Speed(count) for count in (1, 2, 5, 10, 30, 100)), FASTEST)
