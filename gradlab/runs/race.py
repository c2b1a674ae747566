"""Every run of an experiment as the window drives them: variants and replicas in step, update by update."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import chain, cycle
from pathlib import Path

from gradlab.errors import InputError
from gradlab.experiment.files import dumps
from gradlab.experiment.schema import Experiment
from gradlab.experiment.variants import singles
from gradlab.instruments.records import LANE_TOKENS, Curves, Kinds, Record, Snapshot, State
from gradlab.language import tr
from gradlab.runs.folder import SUMMARY, write_group_summary
from gradlab.runs.lane import Lane
from gradlab.runs.observed_run import ObservedRun
from gradlab.runs.recorded_run import RecordedRun
from gradlab.runs.stepper import Stepper
from gradlab.runs.time_shares import TimeShares

# What every lane shows, also one that no panel is about: a pinned or compared run needs no more.
OF_EVERY_LANE: Kinds = frozenset({Curves})
Step = Callable[[Stepper], None]


class Race:
    """All runs of an experiment. They make their updates in step; each ends by itself.

    One of the lanes is shown: it sets the pace where the phases of an update are gone through one by one.

    Attributes:
        lanes: one per variant.
    """

    def __init__(self, experiment: Experiment, folder: Path | None = None, number: int = 1) -> None:
        """Build all runs; their files go into ``folder`` from the first update on (None: nowhere).

        Frames of the lanes count their runs from ``number`` on.

        Raises:
            InputError: if one of them cannot be built.
        """
        self._experiment = experiment
        self._folder = folder
        self._members = singles(experiment)
        each = experiment.replicas
        self.lanes = [
            Lane(self._members[start : start + each], folder, number + start // each)
            for start in range(0, len(self._members), each)
        ]
        self._shown = self.lanes[0]
        self._summed_up = False
        # Nobody to wait for, at every update.
        self._is_single = len(self._members) == 1 and not self._is_group
        self.watch(frozenset())

    # --- going on ----------------------------------------------------------------------------------------

    @property
    def shown(self) -> ObservedRun:
        """The run that the panels show."""
        return self._shown.observed

    @property
    def has_begun(self) -> bool:
        """Whether any phase was done."""
        return any(lane.observed.has_begun for lane in self.lanes)

    @property
    def is_over(self) -> bool:
        """Whether all runs have ended."""
        if self._is_single:
            return self.shown.ending is not None
        return all(replica.ending is not None for replica in self._replicas())

    def step_phase(self) -> None:
        """Do the shown lane's next phase; the others follow, but never into the next update."""
        self._step(Stepper.step_phase, _follow_phase)

    def step_update(self) -> None:
        """Let every lane go on to its next update, and through an end that is due."""
        self._step(Stepper.step_update, _catch_up)

    def step_epoch(self) -> None:
        """Go on to the end of the leading lane's epoch."""
        leader = self.leader()
        epochs = leader.run.position.counters.epochs
        while not leader.is_over and leader.run.position.counters.epochs == epochs:
            self.step_update()

    def leader(self) -> Stepper:
        """Return who goes first: the shown lane, unless it has ended or others are behind it."""
        going = self._steppers() or [self.shown.stepper]
        behind = min(stepper.updates for stepper in going)
        last = [stepper for stepper in going if stepper.updates == behind]
        return self.shown.stepper if self.shown.stepper in last else last[0]

    def pause(self) -> None:
        """Take note that time passes without training."""
        for lane in self.lanes:
            lane.observed.pause()

    def change(self, experiment: Experiment) -> None:
        """Let live settings hold in every lane from its next update on, except where a variant sets its own.

        Raises:
            InputError: see :meth:`TrainingRun.change`; then nothing is changed.
        """
        wanted = singles(experiment)
        if [single.folder for single in wanted] != [single.folder for single in self._members]:
            raise InputError(tr("other variants or replicas need a reset"), "replicas")
        for lane in self.lanes:
            lane.separate()
        changed: list[tuple[RecordedRun, Experiment]] = []
        try:
            for replica, single in zip(self._replicas(), wanted, strict=True):
                before = replica.run.settings.wanted
                replica.change(single.experiment)
                changed.append((replica, before))
        except InputError:
            for replica, before in changed:
                replica.change(before)
            raise
        self._summed_up = False

    def close(self) -> None:
        """Stop where the runs are; what was begun is written down as interrupted."""
        for lane in self.lanes:
            lane.close()
        self._sum_up()

    def _step(self, step: Step, follow: Callable[[Stepper, int], None]) -> None:
        if self._is_single:
            step(self.shown.stepper)
            return
        self._begin_folder()
        for lane in self.lanes:
            lane.gather()
        leader = self.leader()
        step(leader)
        for stepper in self._steppers():
            if stepper is not leader:
                follow(stepper, leader.updates)
        for lane in self.lanes:
            lane.settle()
        if self.is_over:
            self._sum_up()

    def _replicas(self) -> Iterator[RecordedRun]:
        return chain.from_iterable(lane.replicas for lane in self.lanes)

    def _steppers(self) -> list[Stepper]:
        """Return all that can go on, each once."""
        return list(dict.fromkeys(chain.from_iterable(lane.steppers() for lane in self.lanes)))

    # --- its folder --------------------------------------------------------------------------------------

    @property
    def _is_group(self) -> bool:
        return self._members[0].folder != ()

    def _begin_folder(self) -> None:
        """Write down what belongs together, so that a killed group can be resumed."""
        if self._is_group and self._folder is not None and not self.has_begun:
            self._folder.mkdir(parents=True, exist_ok=True)
            (self._folder / "experiment.toml").write_text(dumps(self._experiment), encoding="utf-8")

    def _sum_up(self) -> None:
        if not self._is_group or self._folder is None or self._summed_up:
            return
        folders = [self._folder.joinpath(*single.folder) for single in self._members]
        ended = [folder for folder in folders if (folder / SUMMARY).is_file()]
        if ended:
            write_group_summary(self._folder, ended)
            self._summed_up = True

    # --- looking -----------------------------------------------------------------------------------------

    def show(self, name: str) -> None:
        """Let the panels show the lane of this name."""
        self._shown = self._lane(name)
        self.watch(self._parts, self._parts_of_lanes)

    def watch(self, parts: Kinds, of_lanes: Mapping[str, Kinds] | None = None) -> None:
        """Make these kinds of records of the shown lane from now on, and of certain lanes besides."""
        self._parts, self._parts_of_lanes = parts, of_lanes or {}
        for lane in self.lanes:
            of_this: Kinds = self._parts_of_lanes.get(lane.name, frozenset())
            of_shown = parts if lane is self._shown else frozenset()
            lane.observed.watch(of_shown | of_this | OF_EVERY_LANE)

    def measure(self, times: TimeShares | None) -> None:
        """Measure what the instruments cost from now on; with None, no longer."""
        for lane in self.lanes:
            lane.observed.measure(times)

    def ask(self, part: type[Record], wish: object, lane: str = "") -> None:
        """Pass a panel's wish to the instrument of the shown lane, or of the one that is named."""
        (self._lane(lane) if lane else self._shown).observed.ask(part, wish)

    @property
    def has_work(self) -> bool:
        """Whether an instrument that somebody watches has something to compute in the background."""
        return any(lane.observed.has_work for lane in self.lanes)

    def work(self) -> None:
        """Do a few milliseconds of it."""
        next(lane.observed for lane in self.lanes if lane.observed.has_work).work()

    def snapshot(self, *, at_rest: bool, state: State = State.READY) -> Snapshot:
        """Return a picture of all lanes.

        Args:
            at_rest: nothing will change for a while, so every record is brought up to date.
            state: where the race stands.
        """
        lanes = tuple(
            lane.frame(token, at_rest=at_rest, state=state)
            for token, lane in zip(cycle(LANE_TOKENS), self.lanes, strict=False)
        )
        shown = lanes[self.lanes.index(self._shown)].frame
        return Snapshot(replace(shown, state=state), lanes)

    def _lane(self, name: str) -> Lane:
        return next((lane for lane in self.lanes if lane.name == name), self._shown)


def _catch_up(stepper: Stepper, updates: int) -> None:
    """Go on until as many updates were made."""
    while stepper.updates < updates and not stepper.is_over:
        stepper.step_update()


def _follow_phase(stepper: Stepper, updates: int) -> None:
    """Make up for missing updates, or do a phase; the next update waits for the leader's."""
    if stepper.updates < updates:
        _catch_up(stepper, updates)
    elif not stepper.run.position.window_is_full:
        stepper.step_phase()
