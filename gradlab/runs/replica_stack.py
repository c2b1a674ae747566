import time
from collections.abc import Hashable, Sequence
from typing import Generic, Protocol, TypeVar

from gradlab.runs.folder import CHECKPOINT_SECONDS
from gradlab.training.events import Event
from gradlab.training.run import TrainingRun
from gradlab.training.stack import Stack, fits


class Replica(Protocol):
    """Holds a run that can be trained with others.

    Attributes:
        run: the training itself.
    """

    run: TrainingRun

    def note(self, event: Event) -> None:
        """Record an event of the run."""

    def save_checkpoint(self) -> None:
        """Save a checkpoint to resume from."""


R = TypeVar("R", bound=Replica)


def in_stacks(members: Sequence[R]) -> tuple[list[list[R]], list[R]]:
    """Group members that can be trained in one computation; return the groups, and the members left alone."""
    groups: dict[Hashable, list[R]] = {}
    for member in members:
        common = fits(member.run)
        groups.setdefault(id(member) if common is None else common, []).append(member)
    together = [group for group in groups.values() if len(group) > 1]
    return together, [member for group in groups.values() if len(group) == 1 for member in group]


class ReplicaStack(Generic[R]):
    """Runs trained as one stack. A run that finishes early is removed to finish alone; at the end all are.

    Attributes:
        stack: their runs as one; the caller steps it.
    """

    def __init__(self, members: Sequence[R]) -> None:
        """Take members whose runs fit together."""
        self._members = {id(member.run): member for member in members}
        self.stack = Stack([member.run for member in members])
        self._next_checkpoints = 0.0

    @property
    def members(self) -> list[R]:
        """The members that are still in the stack."""
        return list(self._members.values())

    def share(self, event: Event) -> list[Event]:
        """Pass each member its own version of an event of the stack: an update, or the end of an epoch."""
        told = []
        for run, own in self.stack.each(event):
            self._members[id(run)].note(own)
            told.append(own)
        if told:
            self._save_now_and_then()
        return told

    def let_go(self) -> list[R]:
        """Return the members that left the stack, to continue alone."""
        gone = [self._members.pop(id(run)) for run in self.stack.left]
        self.stack.left.clear()
        return gone

    def _save_now_and_then(self) -> None:
        """Save all checkpoints together, a little before the folders would save theirs one by one.

        They then share the same update, so that the runs can be stacked again when they are resumed.
        """
        if time.perf_counter() >= self._next_checkpoints:
            if self._next_checkpoints:  # the first ones have just been written by the folders
                for member in self._members.values():
                    member.save_checkpoint()
            self._next_checkpoints = time.perf_counter() + 0.8 * CHECKPOINT_SECONDS
