import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from gradlab.errors import InputError
from gradlab.experiment.schema import Experiment
from gradlab.instruments.records import Frame, Kinds, Notice, Record, Snapshot, State
from gradlab.instruments.time_shares import TimeShares
from gradlab.language import tr, trn
from gradlab.runs.pacer import SLICE_SECONDS, Goal, Pacer
from gradlab.runs.race import Race
from gradlab.runs.speed import Speed
from gradlab.runs.time_left import TimeLeft
from gradlab.tables.remarks import Remark

NewFolder = Callable[[Experiment], Path | None]


class Driver:
    """Drives a race as the window asks: loads, trains, changes and shows it.

    Attributes:
        race: the runs; None before the first ones are loaded, and after a failure.
        state: the state of the race.
        pacer: how far to train, and how fast.
        has_news: whether a snapshot would show something new.
        order: the number of the latest order to load; None where nobody counts them.
        times: the instruments' shares of the time; None while they are not measured.
    """

    def __init__(self, pacer: Pacer, new_folder: NewFolder | None = None) -> None:
        """``new_folder`` names the folder for a new run's files; without it none are kept."""
        self.race: Race | None = None
        self.state = State.LOADING
        self.pacer = pacer
        self.has_news = True
        self.order: int | None = None
        self.times: TimeShares | None = None
        self._new_folder = new_folder
        self._watched: tuple[Kinds, Mapping[str, Kinds]] = (frozenset(), {})
        self._notice: Notice | None = None
        self._run_number = 0
        self._time_left = TimeLeft()

    # --- commands ----------------------------------------------------------------------------------------

    def load(self, experiment: Experiment) -> None:
        """Build all runs of an experiment from scratch."""
        self.close()
        self._run_number += 1
        self._notice = None
        self.pacer.begin_run()
        self._time_left.begin()
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
        else:
            self._notice = _of_data(made.lanes.shown.run.split.dataset.notices)
        self._rest(State.READY)

    def pursue(self, goal: Goal) -> None:
        """Train up to a goal, or rest."""
        if self.race is None or self.race.is_over or self.state is State.FAILED:
            return
        self.pacer.pursue(goal)
        if goal is Goal.REST:
            self._rest(State.PAUSED if self.race.has_begun else State.READY)
        else:
            self.state = State.RUNNING
        self.has_news = True

    def change(self, experiment: Experiment) -> None:
        """Put changed live settings in force at the next update."""
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
        """Set how fast to train."""
        self.pacer.set_speed(speed)
        self._time_left.change_pace()

    def show_lane(self, name: str) -> None:
        """Show the lane of this name."""
        if self.race is not None:
            self.race.lanes.show(name)
            self.has_news = True

    def watch(self, parts: Kinds, of_lanes: Mapping[str, Kinds]) -> None:
        """Make only these kinds of records: ``parts`` of the shown lane, and those in ``of_lanes`` of others."""
        self._watched = (parts, of_lanes)
        if self.race is not None:
            self.race.lanes.watch(parts, of_lanes)
        self.has_news = True

    def ask(self, part: type[Record], wish: object, lane: str) -> None:
        """Pass a panel's wish to the instrument that makes this kind of record, of the named or the shown lane."""
        if self.race is not None:
            self.race.lanes.ask(part, wish, lane)
            self.has_news = True

    def measure(self, on: bool) -> None:
        """Start or stop measuring what the instruments cost."""
        self.times = TimeShares() if on else None
        if self.race is not None:
            self.race.lanes.measure(self.times)

    # --- work --------------------------------------------------------------------------------------------

    def train(self) -> None:
        """Take as many steps as fit into a slice of time and the goal, but at least one."""
        assert self.race is not None
        race, leader = self.race, self.race.leader()
        epochs = leader.run.position.counters.epochs
        end = time.perf_counter() + SLICE_SECONDS
        self._follow_pace(race)
        going = True
        while going:
            (race.step_phase if self.pacer.by_phase else race.step_update)()
            epoch_is_over = leader.is_over or leader.run.position.counters.epochs > epochs
            if race.is_over:
                self._rest(State.FINISHED)
            elif self.pacer.is_reached(epoch_is_over=epoch_is_over):
                self._rest(State.PAUSED)
            going = not self.pacer.at_rest and self.pacer.may_go_on(end)
        if not self.pacer.at_rest:
            self._follow_pace(race)
            self._time_left.follow(race.leader().updates, _planned_updates(race))
        self.has_news = True

    def tell(self, error: InputError) -> None:
        """Show an error beside its field; the run continues unchanged."""
        self._notice = Notice("error", str(error), error.key)
        self.has_news = True

    def fail(self, error: InputError) -> None:
        """Give up the run and say why."""
        self.tell(error)
        self.pacer.goal = Goal.REST
        self.state = State.FAILED
        self.close()

    def close(self) -> None:
        """Close the runs; those that have begun are saved as interrupted."""
        race, self.race = self.race, None
        if race is not None:
            race.close()

    def snapshot(self) -> Snapshot:
        """Return the current state of everything."""
        self.has_news = False
        if self.race is None:
            snapshot = Snapshot(Frame(run=self._run_number, state=self.state))
        else:
            made = self.race.lanes.snapshot(at_rest=self.pacer.at_rest, state=self.state)
            progress = replace(made.shown.progress, seconds_left=self._seconds_left())
            snapshot = replace(made, shown=replace(made.shown, progress=progress))
        shares = self.times.shares() if self.times is not None else {}
        return replace(snapshot, notice=self._notice, order=self.order, shares=shares)

    def _follow_pace(self, race: Race) -> None:
        leader = race.leader()
        epochs = leader.run.settings.wanted.training.epochs
        self.pacer.follow(leader.updates, _planned_updates(race), epochs)

    def _seconds_left(self) -> float | None:
        """Return how long the run still takes; None where that is unknown, or it does not go on to its end."""
        if self.pacer.goal is not Goal.RUN:
            return None
        return self._time_left.seconds(None if self.pacer.by_phase else self.pacer.per_second)

    def _rest(self, state: State) -> None:
        self.pacer.goal = Goal.REST
        self.state = state
        self.has_news = True
        self._time_left.pause()
        if self.race is not None:
            self.race.lanes.pause()


def _of_data(notices: Sequence[Remark]) -> Notice | None:
    """Return a notice of what there is to say of the data, in one line; None where there is nothing."""
    if not notices:
        return None
    first, more = notices[0], len(notices) - 1
    text = (
        trn("{note} (and {count} more note)", "{note} (and {count} more notes)", more) if more else "{note}"
    )
    return Notice("info", text.format(note=first.text, count=more), first.key)


def _planned_updates(race: Race) -> int:
    """Return the number of updates of the longest run in a race that has not ended."""
    runs = [lane.observed for lane in race.lanes]
    going = [run for run in runs if run.ending is None] or runs
    return max(run.run.optimizer.total_updates for run in going)
