from collections.abc import Sequence

from gradlab.instruments.records import Kinds, Snapshot
from gradlab.lessons.conditions import Condition


class Watcher:
    """Checks a step's conditions on snapshots; a condition once met stays met.

    Attributes:
        seen: for each condition, whether it was met.
    """

    def __init__(self, conditions: Sequence[Condition]) -> None:
        self._conditions = tuple(conditions)
        self.seen = [False] * len(self._conditions)

    @property
    def is_done(self) -> bool:
        """Whether all conditions were met."""
        return all(self.seen)

    @property
    def needs(self) -> dict[str, Kinds]:
        """The kinds of records to make, by the name of the run; "" is the shown one."""
        needs: dict[str, Kinds] = {}
        for condition in self._conditions:
            for run in condition.lanes():
                needs[run] = needs.get(run, frozenset()) | condition.needs
        return needs

    def look(self, snapshot: Snapshot) -> bool:
        """Check a snapshot; return whether it meets a new condition."""
        before = list(self.seen)
        self.seen = [
            seen or condition.is_met(snapshot)
            for seen, condition in zip(before, self._conditions, strict=True)
        ]
        return self.seen != before
