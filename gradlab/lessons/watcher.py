"""Waits for the conditions of a step while a run goes on."""

from collections.abc import Sequence

from gradlab.instruments.records import Kinds, Snapshot
from gradlab.lessons.conditions import Condition


class Watcher:
    """Checks conditions on snapshots; a condition that was met once stays met.

    Attributes:
        seen: for each condition whether it was met.
    """

    def __init__(self, conditions: Sequence[Condition]) -> None:
        self._conditions = tuple(conditions)
        self.seen = [False] * len(self._conditions)

    @property
    def is_done(self) -> bool:
        """Whether everything was seen."""
        return all(self.seen)

    @property
    def needs(self) -> dict[str, Kinds]:
        """The kinds of records that must be made, for each run; "" is the one that is shown."""
        needs: dict[str, Kinds] = {}
        for condition in self._conditions:
            for run in condition.lanes():
                needs[run] = needs.get(run, frozenset()) | condition.needs
        return needs

    def look(self, snapshot: Snapshot) -> bool:
        """Look at a snapshot; return whether something new was seen in it."""
        before = list(self.seen)
        self.seen = [
            seen or condition.is_met(snapshot)
            for seen, condition in zip(before, self._conditions, strict=True)
        ]
        return self.seen != before
