from dataclasses import dataclass

from gradlab.language import tr, trn


@dataclass(frozen=True)
class Speed:
    """The speed of a run that is watched.

    Attributes:
        per_second: updates per second, None for as many as possible; ``by_phase``: count phases, not updates.
    """

    per_second: float | None = None
    by_phase: bool = False

    @property
    def words(self) -> str:
        """The name to show."""
        if self.by_phase:
            return tr("One phase per second")
        if self.per_second is None:
            return tr("As fast as possible")
        count = round(self.per_second)
        return trn("{count} update/s", "{count} updates/s", count).format(count=count)


FASTEST = Speed()
SPEEDS = (Speed(1, by_phase=True), *(Speed(count) for count in (1, 2, 5, 10, 30, 100)), FASTEST)
