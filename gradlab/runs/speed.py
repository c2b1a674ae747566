from dataclasses import dataclass

from gradlab.language import tr, trn


@dataclass(frozen=True)
class Speed:
    """The speed of a run that is watched.

    Attributes:
        per_second: updates per second, None for as many as possible; ``by_phase``: count phases, not updates.
        is_to_watch: a whole run takes about as long as people like to watch, however many updates it has.
    """

    per_second: float | None = None
    by_phase: bool = False
    is_to_watch: bool = False

    @property
    def words(self) -> str:
        """The name to show."""
        if self.by_phase:
            return tr("One phase per second")
        if self.is_to_watch:
            return tr("To watch")
        if self.per_second is None:
            return tr("As fast as possible")
        count = round(self.per_second)
        return trn("{count} update/s", "{count} updates/s", count).format(count=count)

    @property
    def is_limited(self) -> bool:
        """Whether the training rests between its steps."""
        return self.is_to_watch or self.per_second is not None

    @property
    def name(self) -> str:
        """The name in a file, the same in every language."""
        if self.by_phase:
            return "phase"
        if self.is_to_watch:
            return "watch"
        return "fastest" if self.per_second is None else f"{self.per_second:g}"


FASTEST = Speed()
WATCH = Speed(is_to_watch=True)
SPEEDS = (Speed(1, by_phase=True), *(Speed(count) for count in (1, 2, 5, 10, 30, 100)), WATCH, FASTEST)


def speed_named(name: object) -> Speed | None:
    """Return the speed with this name in a file; None if there is none."""
    return next((speed for speed in SPEEDS if speed.name == name), None)
