from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import cycle

from gradlab.instruments.records import LANE_TOKENS, Curves, Kinds, Record, Snapshot, State
from gradlab.instruments.time_shares import TimeShares
from gradlab.runs.lane import Lane
from gradlab.runs.observed_run import ObservedRun

# Recorded for every lane, even if no panel watches it: enough for a pinned or compared run.
OF_EVERY_LANE: Kinds = frozenset({Curves})


class Lanes:
    """All lanes of a race, and the records that are watched in them; the panels show one lane."""

    def __init__(self, lanes: Sequence[Lane]) -> None:
        self._lanes = tuple(lanes)
        self._shown = self._lanes[0]
        self.watch(frozenset())

    def __iter__(self) -> Iterator[Lane]:
        return iter(self._lanes)

    def __len__(self) -> int:
        return len(self._lanes)

    def __getitem__(self, number: int) -> Lane:
        return self._lanes[number]

    @property
    def shown(self) -> ObservedRun:
        """The run that the panels show."""
        return self._shown.observed

    def show(self, name: str) -> None:
        """Show the lane of this name."""
        self._shown = self._named(name)
        self.watch(self._kinds, self._kinds_of_lanes)

    def watch(self, kinds: Kinds, of_lanes: Mapping[str, Kinds] | None = None) -> None:
        """Make these ``kinds`` of records of the shown lane from now on, and those in ``of_lanes`` of others."""
        self._kinds, self._kinds_of_lanes = kinds, of_lanes or {}
        for lane in self:
            of_this: Kinds = self._kinds_of_lanes.get(lane.name, frozenset())
            of_shown = kinds if lane is self._shown else frozenset()
            lane.observed.instruments.watch(of_shown | of_this | OF_EVERY_LANE)

    def measure(self, times: TimeShares | None) -> None:
        """Start measuring what the instruments cost; with None, stop."""
        for lane in self:
            lane.observed.instruments.measure(times)

    def ask(self, kind: type[Record], wish: object, lane: str = "") -> None:
        """Pass a panel's wish to the instrument of the named lane, or of the shown one."""
        (self._named(lane) if lane else self._shown).observed.instruments.ask(kind, wish)

    @property
    def has_work(self) -> bool:
        """Whether a watched instrument has something to compute in the background."""
        return any(lane.observed.instruments.has_work for lane in self)

    def work(self) -> None:
        """Compute in the background for a few milliseconds."""
        next(lane for lane in self if lane.observed.instruments.has_work).observed.instruments.work()

    def snapshot(self, *, at_rest: bool, state: State = State.READY) -> Snapshot:
        """Return a snapshot of all lanes.

        Args:
            at_rest: nothing will change for a while, so every record is brought up to date.
            state: the state of the race.
        """
        frames = tuple(
            lane.frame(token, at_rest=at_rest, state=state)
            for token, lane in zip(cycle(LANE_TOKENS), self, strict=False)
        )
        shown = frames[self._lanes.index(self._shown)].frame
        return Snapshot(replace(shown, state=state), frames)

    def pause(self) -> None:
        """Note that time passes without training."""
        for lane in self:
            lane.observed.pause()

    def _named(self, name: str) -> Lane:
        return next((lane for lane in self if lane.name == name), self._shown)
