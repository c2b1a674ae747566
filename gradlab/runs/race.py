from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

from gradlab.errors import InputError
from gradlab.experiment.schema import Experiment
from gradlab.experiment.variants import singles
from gradlab.language import tr
from gradlab.runs.group_folder import GroupFolder
from gradlab.runs.lane import Lane
from gradlab.runs.lanes import Lanes
from gradlab.runs.recorded_run import RecordedRun
from gradlab.runs.stepper import Stepper


class Race:
    """All runs of an experiment, variants and replicas, as the window drives them: in step, update by update.

    Each run ends by itself. One of the lanes is shown; it sets the pace when stepping through phases.

    Attributes:
        lanes: one per variant.
    """

    def __init__(self, experiment: Experiment, folder: Path | None = None, number: int = 1) -> None:
        """Build all runs; their files go into ``folder`` from the first update on (None: nowhere).

        Frames of the lanes number their runs from ``number`` on.

        Raises:
            InputError: if one of them cannot be built.
        """
        members = singles(experiment)
        each = experiment.replicas
        self._places = [single.folder for single in members]
        self._folder = GroupFolder(experiment, folder, members)
        self.lanes = Lanes(
            [
                Lane(members[start : start + each], folder, number + start // each)
                for start in range(0, len(members), each)
            ]
        )
        self._is_summed_up = False
        # A single run need not keep in step with others.
        self._is_single = self._places == [()]

    @property
    def has_begun(self) -> bool:
        """Whether any phase is done."""
        return any(lane.observed.has_begun for lane in self.lanes)

    @property
    def is_over(self) -> bool:
        """Whether all runs have ended."""
        if self._is_single:
            return self.lanes.shown.ending is not None
        return all(replica.ending is not None for replica in self._replicas())

    def step_phase(self) -> None:
        """Do the shown lane's next phase; the others follow, but do not start its next update."""
        self._step(Stepper.step_phase, _follow_phase)

    def step_update(self) -> None:
        """Take every lane to its next update, and through an end that is due."""
        self._step(Stepper.step_update, _catch_up)

    def step_epoch(self) -> None:
        """Continue to the end of the leading lane's epoch."""
        leader = self.leader()
        epochs = leader.run.position.counters.epochs
        while not leader.is_over and leader.run.position.counters.epochs == epochs:
            self.step_update()

    def leader(self) -> Stepper:
        """Return the stepper to step first: the shown lane's, unless it has ended or others are behind it."""
        shown = self.lanes.shown.stepper
        going = self._steppers() or [shown]
        behind = min(stepper.updates for stepper in going)
        last = [stepper for stepper in going if stepper.updates == behind]
        return shown if shown in last else last[0]

    def change(self, experiment: Experiment) -> None:
        """Put live settings in force in every lane at its next update, except where a variant sets its own.

        Raises:
            InputError: see :meth:`TrainingRun.change`; then nothing is changed.
        """
        wanted = singles(experiment)
        if [single.folder for single in wanted] != self._places:
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
        self._is_summed_up = False

    def close(self) -> None:
        """Stop all runs where they are; those that have begun are saved as interrupted."""
        for lane in self.lanes:
            lane.close()
        self._sum_up()

    def _step(self, step: Callable[[Stepper], None], follow: Callable[[Stepper, int], None]) -> None:
        if self._is_single:
            step(self.lanes.shown.stepper)
            return
        if not self.has_begun:
            self._folder.begin()
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
        """Return the steppers of all runs that have not ended, each once."""
        return list(dict.fromkeys(chain.from_iterable(lane.steppers() for lane in self.lanes)))

    def _sum_up(self) -> None:
        if not self._is_summed_up:
            self._is_summed_up = self._folder.sum_up()


def _catch_up(stepper: Stepper, updates: int) -> None:
    """Continue until this many ``updates`` are made."""
    while stepper.updates < updates and not stepper.is_over:
        stepper.step_update()


def _follow_phase(stepper: Stepper, updates: int) -> None:
    """Catch up on missing updates, or do one phase; the next update waits for the leader's."""
    if stepper.updates < updates:
        _catch_up(stepper, updates)
    elif not stepper.run.position.window_is_full:
        stepper.step_phase()
