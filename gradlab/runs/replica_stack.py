"""Replicas that are trained in one computation, as long as none of them has ended."""

import time
from collections.abc import Hashable, Sequence
from typing import Generic, Protocol, TypeVar

from gradlab.runs.folder import CHECKPOINT_SECONDS
from gradlab.training.events import Event
from gradlab.training.run import TrainingRun
from gradlab.training.stack import Stack, fits


class Replica(Protocol):
    """Who keeps a run that can be trained with others.

    Attributes:
        run: what is trained.
    """

    run: TrainingRun

    def note(self, event: Event) -> None:
        """Take note of what happened in the run."""

    def save_checkpoint(self) -> None:
        """Keep everything that going on from here needs."""


R = TypeVar("R", bound=Replica)


def in_stacks(members: Sequence[R]) -> tuple[list[list[R]], list[R]]:
    """Return the groups that can be trained in one computation each, and the members that train alone."""
    groups: dict[Hashable, list[R]] = {}
    for member in members:
        common = fits(member.run)
        groups.setdefault(id(member) if common is None else common, []).append(member)
    together = [group for group in groups.values() if len(group) > 1]
    return together, [member for group in groups.values() if len(group) == 1 for member in group]


class ReplicaStack(Generic[R]):
    """Members whose runs are stacked. One that ends early is let go, for its end; so are all in the end.

    Attributes:
        stack: their runs as one, to be trained by whoever sets the pace.
    """

    def __init__(self, members: Sequence[R]) -> None:
        """Take members whose runs fit together."""
        self._members = {id(member.run): member for member in members}
        self.stack = Stack([member.run for member in members])
        self._next_checkpoints = 0.0

    @property
    def members(self) -> list[R]:
        """Those that are still in it."""
        return list(self._members.values())

    def share(self, event: Event) -> list[Event]:
        """Tell each member what an event of the stack means for it: an update, or the end of an epoch."""
        told = []
        for run, own in self.stack.each(event):
            self._members[id(run)].note(own)
            told.append(own)
        if told:
            self._save_now_and_then()
        return told

    def let_go(self) -> list[R]:
        """Return the members that are to go on alone from now on."""
        gone = [self._members.pop(id(run)) for run in self.stack.left]
        self.stack.left.clear()
        return gone

    def _save_now_and_then(self) -> None:
        """Save a little earlier than the folders would by themselves, each in its own time.

        The checkpoints are then of the same update, and whoever resumes can train in one computation again.
        """
        if time.perf_counter() >= self._next_checkpoints:
            if self._next_checkpoints:  # the first ones have just been written by the folders
                for member in self._members.values():
                    member.save_checkpoint()
            self._next_checkpoints = time.perf_counter() + 0.8 * CHECKPOINT_SECONDS
