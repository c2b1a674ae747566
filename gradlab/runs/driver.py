"""What a window can ask of the runs of an experiment: load, train, change, look."""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from gradlab.errors import InputError
from gradlab.experiment.schema import Experiment
from gradlab.instruments.records import Frame, Kinds, Notice, Record, Snapshot, State
from gradlab.instruments.time_shares import TimeShares
from gradlab.language import tr
from gradlab.runs.pacer import SLICE_SECONDS, Goal, Pacer
from gradlab.runs.race import Race
from gradlab.runs.speed import Speed

NewFolder = Callable[[Experiment], Path | None]


class Driver:
    """Drives a race as the window asks.

    Attributes:
        race: the runs; None before the first ones are loaded, and after a failure.
        state: where they stand.
        pacer: how far they are to go, and how fast.
        has_news: whether a snapshot would show something new.
        times: what the instruments cost, of all the work; None while that is not measured.
    """

    def __init__(self, pacer: Pacer, new_folder: NewFolder | None = None) -> None:
        """``new_folder`` names the folder that a new run's files go into; without it none are kept."""
        self.race: Race | None = None
        self.state = State.LOADING
        self.pacer = pacer
        self.has_news = True
        self.times: TimeShares | None = None
        self._new_folder = new_folder
        self._watched: tuple[Kinds, Mapping[str, Kinds]] = (frozenset(), {})
        self._notice: Notice | None = None
        self._run_number = 0

    # --- what is asked -----------------------------------------------------------------------------------

    def load(self, experiment: Experiment) -> None:
        """Build all runs of an experiment, from their start."""
        self.close()
        self._run_number += 1
        self._notice = None
        try:
            folder = self._new_folder(experiment) if self._new_folder else None
            self.race = made = Race(experiment, folder, self._run_number)
            self._run_number += len(made.lanes) - 1
            made.lanes.watch(*self._watched)
            made.lanes.measure(self.times)
        except Exception as error:
            if not isinstance(error, InputError):
                error = InputError(tr("This cannot be trained: {error}").format(error=error))
            self.fail(error)
            return
        if self._new_folder and folder is None:
            self._notice = Notice("warning", tr("Runs cannot be kept: their folder cannot be written to."))
        self._rest(State.READY)

    def pursue(self, goal: Goal) -> None:
        """Train as far as that, or rest."""
        if self.race is None or self.race.is_over or self.state is State.FAILED:
            return
        self.pacer.pursue(goal)
        if goal is Goal.REST:
            self._rest(State.PAUSED if self.race.has_begun else State.READY)
        else:
            self.state = State.RUNNING
        self.has_news = True

    def change(self, experiment: Experiment) -> None:
        """Let live settings hold from the next update on."""
        if self.race is None:
            self.load(experiment)
        elif not self.race.has_begun and self.pacer.at_rest:
            self.load(experiment)  # nothing happened yet: no need to mark a change
        else:
            self._notice = None
            self.race.change(experiment)
            if self.state is State.FINISHED and not self.race.is_over:
                self._rest(State.PAUSED)
            self.has_news = True

    def set_speed(self, speed: Speed) -> None:
        """Limit the pace of running."""
        self.pacer.set_speed(speed)

    def show_lane(self, name: str) -> None:
        """Let frames be of the lane of this name."""
        if self.race is not None:
            self.race.lanes.show(name)
            self.has_news = True

    def watch(self, parts: Kinds, of_lanes: Mapping[str, Kinds]) -> None:
        """Make these kinds of records of the shown lane, and these of certain lanes besides; no others."""
        self._watched = (parts, of_lanes)
        if self.race is not None:
            self.race.lanes.watch(parts, of_lanes)
        self.has_news = True

    def ask(self, part: type[Record], wish: object, lane: str) -> None:
        """Pass a panel's wish to the instrument that makes this kind of record, or to that of a lane."""
        if self.race is not None:
            self.race.lanes.ask(part, wish, lane)
            self.has_news = True

    def measure(self, on: bool) -> None:
        """Measure what the instruments cost, or do so no longer."""
        self.times = TimeShares() if on else None
        if self.race is not None:
            self.race.lanes.measure(self.times)

    # --- what happens then -------------------------------------------------------------------------------

    def train(self) -> None:
        """Make one step, or as many as fit into a slice of time and the goal."""
        assert self.race is not None
        race, leader = self.race, self.race.leader()
        epochs = leader.run.position.counters.epochs
        end = time.perf_counter() + SLICE_SECONDS
        going = True
        while going:
            (race.step_phase if self.pacer.by_phase else race.step_update)()
            epoch_is_over = leader.is_over or leader.run.position.counters.epochs > epochs
            if race.is_over:
                self._rest(State.FINISHED)
            elif self.pacer.is_reached(epoch_is_over=epoch_is_over):
                self._rest(State.PAUSED)
            going = not self.pacer.at_rest and self.pacer.may_go_on(end)
        self.has_news = True

    def tell(self, error: InputError) -> None:
        """Show a wrong input beside its field; the run goes on as it was."""
        self._notice = Notice("error", str(error), error.key)
        self.has_news = True

    def fail(self, error: InputError) -> None:
        """Give the run up and say why."""
        self.tell(error)
        self.pacer.goal = Goal.REST
        self.state = State.FAILED
        self.close()

    def close(self) -> None:
        """Let go of the runs; what was begun is written down."""
        race, self.race = self.race, None
        if race is not None:
            race.close()

    def snapshot(self) -> Snapshot:
        """Return a picture of where everything stands."""
        self.has_news = False
        if self.race is None:
            snapshot = Snapshot(Frame(run=self._run_number, state=self.state))
        else:
            snapshot = self.race.lanes.snapshot(at_rest=self.pacer.at_rest, state=self.state)
        shares = self.times.shares() if self.times is not None else {}
        return replace(snapshot, notice=self._notice, shares=shares)

    def _rest(self, state: State) -> None:
        self.pacer.goal = Goal.REST
        self.state = state
        self.has_news = True
        if self.race is not None:
            self.race.lanes.pause()
