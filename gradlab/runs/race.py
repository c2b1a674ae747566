"""Every run of an experiment as the window drives them: variants and replicas in step, update by update."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import chain, cycle
from pathlib import Path

from gradlab.errors import InputError
from gradlab.experiment.files import dumps
from gradlab.experiment.schema import Experiment
from gradlab.experiment.variants import Single, singles
from gradlab.instruments.band import BandRecorder
from gradlab.instruments.curves import epoch_row
from gradlab.instruments.records import LANE_TOKENS, Curves, Kinds, LaneFrame, Record, Snapshot, State
from gradlab.language import tr, trc
from gradlab.runs.batch import Batch, in_batches
from gradlab.runs.folder import SUMMARY, write_group_summary
from gradlab.runs.runner import Runner
from gradlab.runs.session import Session
from gradlab.runs.time_shares import TimeShares
from gradlab.runs.walk import Walk
from gradlab.training.events import EpochEnded, Event, Finished

# What every lane shows, also one that no panel is about: a pinned or compared run needs no more.
OF_EVERY_LANE: Kinds = frozenset({Curves})
Step = Callable[[Walk], None]


class Race:
    """All runs of an experiment. They make their updates in step; each ends by itself.

    One of the lanes is shown: it sets the pace where the phases of an update are gone through one by one.

    Attributes:
        entries: the lanes, one per variant.
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
        self.entries = [
            Entry(self._members[start : start + each], folder, number + start // each)
            for start in range(0, len(self._members), each)
        ]
        self._shown = self.entries[0]
        self._summed_up = False
        # Nobody to wait for, at every update.
        self._is_single = len(self._members) == 1 and not self._is_group
        self.watch(frozenset())

    # --- going on ----------------------------------------------------------------------------------------

    @property
    def shown(self) -> Session:
        """The run that the panels show."""
        return self._shown.session

    @property
    def has_begun(self) -> bool:
        """Whether any phase was done."""
        return any(entry.session.has_begun for entry in self.entries)

    @property
    def is_over(self) -> bool:
        """Whether all runs have ended."""
        if self._is_single:
            return self.shown.ending is not None
        return all(runner.ending is not None for runner in self._runners())

    def step_phase(self) -> None:
        """Do the shown lane's next phase; the others follow, but never into the next update."""
        self._step(Walk.step_phase, _follow_phase)

    def step_update(self) -> None:
        """Let every lane go on to its next update, and through an end that is due."""
        self._step(Walk.step_update, _catch_up)

    def step_epoch(self) -> None:
        """Go on to the end of the leading lane's epoch."""
        leader = self.leader()
        epochs = leader.run.position.counters.epochs
        while not leader.is_over and leader.run.position.counters.epochs == epochs:
            self.step_update()

    def leader(self) -> Walk:
        """Return who goes first: the shown lane, unless it has ended or others are behind it."""
        going = self._walks() or [self.shown.walk]
        behind = min(walk.updates for walk in going)
        last = [walk for walk in going if walk.updates == behind]
        return self.shown.walk if self.shown.walk in last else last[0]

    def pause(self) -> None:
        """Take note that time passes without training."""
        for entry in self.entries:
            entry.session.pause()

    def change(self, experiment: Experiment) -> None:
        """Let live settings hold in every lane from its next update on, except where a variant sets its own.

        Raises:
            InputError: see :meth:`TrainingRun.change`; then nothing is changed.
        """
        wanted = singles(experiment)
        if [single.folder for single in wanted] != [single.folder for single in self._members]:
            raise InputError(tr("other variants or replicas need a reset"), "replicas")
        for entry in self.entries:
            entry.separate()
        changed: list[tuple[Runner, Experiment]] = []
        try:
            for runner, single in zip(self._runners(), wanted, strict=True):
                before = runner.run.settings.wanted
                runner.change(single.experiment)
                changed.append((runner, before))
        except InputError:
            for runner, before in changed:
                runner.change(before)
            raise
        self._summed_up = False

    def close(self) -> None:
        """Stop where the runs are; what was begun is written down as interrupted."""
        for entry in self.entries:
            entry.close()
        self._sum_up()

    def _step(self, step: Step, follow: Callable[[Walk, int], None]) -> None:
        if self._is_single:
            step(self.shown.walk)
            return
        self._begin_folder()
        for entry in self.entries:
            entry.gather()
        leader = self.leader()
        step(leader)
        for walk in self._walks():
            if walk is not leader:
                follow(walk, leader.updates)
        for entry in self.entries:
            entry.settle()
        if self.is_over:
            self._sum_up()

    def _runners(self) -> Iterator[Runner]:
        return chain.from_iterable(entry.runners for entry in self.entries)

    def _walks(self) -> list[Walk]:
        """Return all that can go on, each once."""
        return list(dict.fromkeys(chain.from_iterable(entry.walks() for entry in self.entries)))

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
        self._shown = self._entry(name)
        self.watch(self._parts, self._parts_of_lanes)

    def watch(self, parts: Kinds, of_lanes: Mapping[str, Kinds] | None = None) -> None:
        """Make these kinds of records of the shown lane from now on, and of certain lanes besides."""
        self._parts, self._parts_of_lanes = parts, of_lanes or {}
        for entry in self.entries:
            of_this: Kinds = self._parts_of_lanes.get(entry.name, frozenset())
            of_shown = parts if entry is self._shown else frozenset()
            entry.session.watch(of_shown | of_this | OF_EVERY_LANE)

    def measure(self, times: TimeShares | None) -> None:
        """Measure what the instruments cost from now on; with None, no longer."""
        for entry in self.entries:
            entry.session.measure(times)

    def ask(self, part: type[Record], wish: object, lane: str = "") -> None:
        """Pass a panel's wish to the instrument of the shown lane, or of the one that is named."""
        (self._entry(lane) if lane else self._shown).session.ask(part, wish)

    @property
    def has_work(self) -> bool:
        """Whether an instrument that somebody watches has something to compute in the background."""
        return any(entry.session.has_work for entry in self.entries)

    def work(self) -> None:
        """Do a few milliseconds of it."""
        next(entry.session for entry in self.entries if entry.session.has_work).work()

    def snapshot(self, *, at_rest: bool, state: State = State.READY) -> Snapshot:
        """Return a picture of all lanes.

        Args:
            at_rest: nothing will change for a while, so every record is brought up to date.
            state: where the race stands.
        """
        lanes = tuple(
            entry.frame(token, at_rest, state)
            for token, entry in zip(cycle(LANE_TOKENS), self.entries, strict=False)
        )
        shown = lanes[self.entries.index(self._shown)].frame
        return Snapshot(replace(shown, state=state), lanes)

    def _entry(self, name: str) -> "Entry":
        return next((entry for entry in self.entries if entry.name == name), self._shown)


def _catch_up(walk: Walk, updates: int) -> None:
    """Go on until as many updates were made."""
    while walk.updates < updates and not walk.is_over:
        walk.step_update()


def _follow_phase(walk: Walk, updates: int) -> None:
    """Make up for missing updates, or do a phase; the next update waits for the leader's."""
    if walk.updates < updates:
        _catch_up(walk, updates)
    elif not walk.run.position.window_is_full:
        walk.step_phase()


class Entry:
    """A lane: one run that panels can look into, and its replicas, which only count.

    Attributes:
        name: of the variant, or of the experiment where there is none.
        session: the first replica, with all instruments; ``runners`` are all of them.
    """

    def __init__(self, members: list[Single], folder: Path | None, number: int) -> None:
        first, *others = members
        self.name = first.experiment.name or trc("one training", "Run")
        self.session = Session(first.experiment, _place(folder, first), number)
        replicas = [Runner(single.experiment, _place(folder, single)) for single in others]
        for runner in replicas:
            runner.walk.take()  # the untouched model's numbers
        self.runners: list[Runner] = [self.session, *replicas]
        self._pack: Pack | None = None
        self._to_gather = bool(replicas)
        self._band = BandRecorder(len(self.runners)) if replicas else None
        self._noted = (0, -1)
        self._note_band()

    def walks(self) -> list[Walk]:
        """Return all that can go on, each once."""
        return list(dict.fromkeys(runner.walk for runner in self.runners if runner.ending is None))

    def gather(self) -> None:
        """Train in one computation what can be, once all are between two updates and have the same settings."""
        if not self._to_gather:
            return
        going = [runner for runner in self.runners if runner.ending is None]
        waiting = any(runner.run.settings.wanted is not runner.run.experiment for runner in going)
        if waiting or any(runner.walk.phase not in ("", "updated") for runner in going):
            return
        self._to_gather = False
        groups, _ = in_batches(going)
        if groups:
            self._pack = Pack(groups[0], self.session)

    def separate(self) -> None:
        """Let every replica go on by itself: a change of settings is each one's own."""
        if self._pack is None:
            return
        self._pack.walk.step_until_it_can_be_left()
        self._pack.stack.dissolve()
        for runner in self._pack.let_go():
            runner.go_alone()
        self._pack = None
        self._to_gather = True

    def settle(self) -> None:
        """After a step: those that have left the others come to their end, and the band grows."""
        if self._pack is not None:
            if self._pack.walk.is_over:
                self._pack.stack.dissolve()
            for runner in self._pack.let_go():
                runner.go_alone()
                runner.step_update()
            if not self._pack.members:
                self._pack = None
        self._note_band()

    def close(self) -> None:
        """Stop where the runs are, and close their folders."""
        self.separate()
        for runner in self.runners:
            runner.close()

    def frame(self, token: str, at_rest: bool, state: State) -> LaneFrame:
        """Return a picture of the first replica, with the band of all."""
        band = self._band.record() if self._band else None
        return LaneFrame(self.name, token, self.session.frame(at_rest=at_rest, state=state), band)

    def _note_band(self) -> None:
        """Take note of the latest update and epoch, of all replicas that have come so far."""
        if self._band is None:
            return
        update, epoch = self._noted
        latest = max(runner.run.counters.updates for runner in self.runners)
        if latest > update:
            there = [runner for runner in self.runners if runner.updated and runner.updated.update == latest]
            losses = [runner.updated.loss for runner in there if runner.updated]
            self._band.add_update(latest, there[0].run.position.in_epochs, losses)
        ended = max(runner.epoch_ended.epoch for runner in self.runners)
        if ended > epoch:
            numbers = [runner.epoch_ended for runner in self.runners if runner.epoch_ended.epoch == ended]
            self._band.add_epoch([epoch_row(event) for event in numbers])
        self._noted = latest, ended


def _place(folder: Path | None, single: Single) -> Path | None:
    return None if folder is None else folder.joinpath(*single.folder)


class Pack(Batch[Runner]):
    """Replicas in one computation, of which the first can be looked into after every phase."""

    def __init__(self, members: list[Runner], first: Session) -> None:
        super().__init__(members)
        self._first = first
        self.walk = Walk(self.stack, self._hear, members[0].clock, members[0].walk.phase)
        for member in members:
            member.walk = self.walk

    def _hear(self, event: Event) -> None:
        if isinstance(event, Finished) or (isinstance(event, EpochEnded) and event.epoch == 0):
            return  # each measured itself untouched, and says by itself how it ended
        is_in_it = bool(self.stack.runs) and self.stack.runs[0] is self._first.run
        if is_in_it and isinstance(event, EpochEnded):
            self._first.run.evaluation.look()  # as a run alone does for whoever wants to know
        if not self.share(event) and is_in_it:
            self.stack.tell_first()
            self._first.note(event)
