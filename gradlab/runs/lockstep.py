"""Several runs side by side, update by update: the variants and replicas of an experiment, or just one run."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from gradlab.errors import InputError
from gradlab.experiment.files import dumps, load
from gradlab.experiment.schema import Experiment
from gradlab.experiment.variants import singles
from gradlab.runs.folder import CHECKPOINT, SUMMARY, RunFolder, write_group_summary
from gradlab.training import checkpoint
from gradlab.training.events import EpochEnded, Event, Finished, Updated
from gradlab.training.loop import finish, train
from gradlab.training.run import TrainingRun


class Member:
    """One of the runs, with the folder that it writes."""

    def __init__(self, folder: Path, run: TrainingRun, kept: dict[str, Any] | None = None) -> None:
        self.folder = folder
        self.run = run
        self.is_done = False
        self._kept = kept
        self._events = train(run)

    def __enter__(self) -> "Member":
        self._files = RunFolder(self.folder, self.run, self._kept)
        return self

    def __exit__(self, *failure: object) -> None:
        self._files.__exit__(*failure)

    def to_the_next_update(self) -> Iterator[Event]:
        """Train to the next update or the end of an epoch or the run."""
        for event in self._events:
            self._note(event)
            yield event
            if isinstance(event, Updated | EpochEnded | Finished):
                return

    def interrupt(self) -> Finished:
        """End the run here, so that it can be resumed."""
        self._files.save_checkpoint()
        ending = finish(self.run, "interrupted")
        self._note(ending)
        return ending

    def _note(self, event: Event) -> None:
        self._files.observe(event)
        self.is_done = isinstance(event, Finished)


def begin(experiment: Experiment, out: Path, where: str) -> list[Member]:
    """Build every run of an experiment; nothing is written yet.

    Raises:
        InputError: if one of them cannot be built.
    """
    members = []
    for folder, single in singles(experiment, where):
        try:
            members.append(Member(out.joinpath(*folder), TrainingRun(single)))
        except InputError as error:
            raise InputError(f"{': '.join((where, *folder))}: {error}", error.key) from None
    return members


def resume(out: Path) -> list[Member]:
    """Return the runs in ``out`` that were interrupted, each where it was; those never begun begin.

    Raises:
        InputError: if ``out`` holds no run.
    """
    if not (out / "experiment.toml").is_file():
        raise InputError(f"--resume {out}: holds no run; allowed: the folder that an interrupted run wrote")
    members = []
    for folder, single in singles(load(out / "experiment.toml"), str(out)):
        path = out.joinpath(*folder)
        if (path / CHECKPOINT).is_file():
            run, kept = checkpoint.load(path / CHECKPOINT)
            members.append(Member(path, run, kept))
        elif not (path / SUMMARY).is_file():
            members.append(Member(path, TrainingRun(single)))
    return members


def train_together(
    experiment: Experiment, out: Path, members: list[Member], stopped: Callable[[], bool]
) -> Iterator[Event]:
    """Train all members, one update each in turn, and write their folders; yield all their events.

    ``stopped`` is asked after every update; once it says so, all runs end there as interrupted.

    Raises:
        OSError: if a file cannot be written.
    """
    folders = [out.joinpath(*single.folder) for single in singles(experiment)]
    is_group = folders != [out]
    if is_group:
        out.mkdir(parents=True, exist_ok=True)
        (out / "experiment.toml").write_text(dumps(experiment), encoding="utf-8")
    with ExitStack() as stack:
        going = [stack.enter_context(member) for member in members]
        while going and not stopped():
            for member in going:
                yield from member.to_the_next_update()
            going = [member for member in going if not member.is_done]
        for member in going:
            yield member.interrupt()
    if is_group:
        write_group_summary(out, folders)
