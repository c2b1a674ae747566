"""Trains the variants and replicas of an experiment, or a single run, in turns of one update.

Replicas whose networks allow it are trained in one computation.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol

from gradlab.errors import InputError
from gradlab.experiment.files import load
from gradlab.experiment.schema import Experiment
from gradlab.experiment.variants import singles
from gradlab.runs.folder import CHECKPOINT, SUMMARY, RunFolder
from gradlab.runs.group_folder import GroupFolder
from gradlab.runs.judge import Judge
from gradlab.runs.replica_stack import ReplicaStack, in_stacks
from gradlab.training import checkpoint
from gradlab.training.events import EpochEnded, Event, Finished, Updated
from gradlab.training.loop import finish, train
from gradlab.training.run import TrainingRun


class Team(Protocol):
    """The processes that train: just this one, or several that share every micro-batch.

    Attributes:
        writes: whether this process writes the files.
    """

    writes: bool

    def begin(self, experiment: Experiment) -> TrainingRun:
        """Build the run of an experiment."""

    def go_on(self, experiment: Experiment) -> TrainingRun:
        """Build the run of an experiment as an earlier run has saved it."""

    def once(self, work: Callable[[], None]) -> None:
        """Do ``work`` in one process while the others wait."""

    def stopped(self) -> bool:
        """Return whether to stop here; all processes agree after the same update."""


class Alone:
    """A single process that trains until ``stopped`` returns True."""

    writes = True

    def __init__(self, stopped: Callable[[], bool] = lambda: False) -> None:
        self.stopped = stopped

    def once(self, work: Callable[[], None]) -> None:
        """Do ``work``; there are no other processes to wait."""
        work()

    def begin(self, experiment: Experiment) -> TrainingRun:
        """Build the run of an experiment."""
        return TrainingRun(experiment)

    go_on = begin


class Member:
    """One of the runs, with its folder if this process writes it.

    Attributes:
        judge: gathers what the run shows, and says what is wrong.
        where: the names of its variant and its replica, where there are several.
    """

    def __init__(
        self,
        folder: Path,
        run: TrainingRun,
        kept: dict[str, Any] | None = None,
        writes: bool = True,
        where: tuple[str, ...] = (),
    ) -> None:
        self.folder = folder
        self.run = run
        self.judge = Judge(run, (kept or {}).get("evidence"))
        self.where = where
        self.is_done = False
        self._kept = kept
        self.writes = writes
        self._files: RunFolder | None = None
        self._events = train(run)

    def __enter__(self) -> "Member":
        if self.writes:
            self._files = RunFolder(self.folder, self.run, self.judge, self._kept)
        return self

    def __exit__(self, *failure: object) -> None:
        if self._files is not None:
            self._files.__exit__(*failure)

    def to_the_next_update(self) -> Iterator[Event]:
        """Train up to the next update, or the end of an epoch or of the run."""
        for event in self._events:
            self.note(event)
            yield event
            if _ends_a_turn(event):
                return

    def interrupt(self) -> Finished:
        """Interrupt the run here, so that it can be resumed."""
        self.save_checkpoint()
        ending = finish(self.run, "interrupted")
        self.note(ending)
        return ending

    def save_checkpoint(self) -> None:
        """Save a checkpoint to resume from."""
        if self._files is not None:
            self._files.save_checkpoint()

    def note(self, event: Event) -> None:
        """Record an event of this run."""
        if self._files is not None:
            self.judge.note(event)
            self._files.observe(event)
        self.is_done = isinstance(event, Finished)


class Turns:
    """Members trained in one computation, in turns of one update."""

    def __init__(self, members: list[Member]) -> None:
        """Take members whose runs can be stacked."""
        self._batch = ReplicaStack(members)
        self._events = train(self._batch.stack)

    def to_the_next_update(self) -> Iterator[Event]:
        """Train up to the next update, or the end of an epoch or of all runs; other phases yield no events."""
        for event in self._events:
            yield from self._batch.share(event)
            if isinstance(event, Updated | EpochEnded) and _ends_a_turn(event):
                return
        self._batch.stack.dissolve()

    def let_go(self) -> list[Member]:
        """Return the members that left the stack, to train alone from now on."""
        return self._batch.let_go()

    @property
    def is_empty(self) -> bool:
        """Whether no members are left."""
        return not self._batch.members


def _ends_a_turn(event: Event) -> bool:
    """Return whether a turn ends here, so that the run may stop; not before there is something to resume."""
    if isinstance(event, EpochEnded):
        return event.epoch > 0
    return isinstance(event, Updated | Finished)


def begin(experiment: Experiment, out: Path, where: str, team: Team | None = None) -> list[Member]:
    """Build every run of an experiment, without writing anything yet.

    Raises:
        InputError: if one of them cannot be built.
    """
    team = team or Alone()
    members = []
    for folder, single in singles(experiment, where):
        try:
            members.append(
                Member(out.joinpath(*folder), team.begin(single), writes=team.writes, where=folder)
            )
        except InputError as error:
            raise InputError(f"{': '.join((where, *folder))}: {error}", error.key) from None
    return members


def resume(out: Path, team: Team | None = None) -> list[Member]:
    """Restore the runs in ``out`` that have not ended, each where it was interrupted, or at its start.

    Raises:
        InputError: if ``out`` holds no run.
    """
    if not (out / "experiment.toml").is_file():
        raise InputError(f"--resume {out}: holds no run; allowed: the folder that an interrupted run wrote")
    team = team or Alone()
    members = []
    for folder, single in singles(load(out / "experiment.toml"), str(out)):
        path = out.joinpath(*folder)
        if (path / CHECKPOINT).is_file():
            run, kept = checkpoint.load(path / CHECKPOINT, team.go_on)
            members.append(Member(path, run, kept, team.writes, folder))
        elif not (path / SUMMARY).is_file():
            own = path / "experiment.toml"  # there if the run was begun but ended before its first checkpoint
            run = team.go_on(load(own)) if own.is_file() else team.begin(single)
            members.append(Member(path, run, writes=team.writes, where=folder))
    return members


def train_together(
    experiment: Experiment, out: Path, members: list[Member], stopped: Callable[[], bool]
) -> Iterator[Event]:
    """Train all members in turns of one update, and write their folders; yield their events.

    ``stopped`` is called after every update; once it returns True, all runs are interrupted there.

    Raises:
        OSError: if a file cannot be written.
    """
    writes = all(member.writes for member in members)
    group = GroupFolder(experiment, out if writes else None, singles(experiment))
    group.begin()
    with ExitStack() as stack:
        going = [stack.enter_context(member) for member in members]
        together, alone = in_stacks(going)
        batches = [Turns(group) for group in together]
        while (batches or alone) and not stopped():
            for batch in batches:
                yield from batch.to_the_next_update()
                alone += batch.let_go()
            for member in alone:
                yield from member.to_the_next_update()
            batches = [batch for batch in batches if not batch.is_empty]
            alone = [member for member in alone if not member.is_done]
        for member in going:
            if not member.is_done:
                yield member.interrupt()
    group.sum_up()
