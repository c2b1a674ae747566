"""The training thread: the only place where threads meet.

The window posts commands into a mailbox; the thread puts its newest frame into a single slot. Nothing else passes
between them: no signal per step, no queue that could fill up. And while the window draws a frame, the thread makes
room: both need Python's interpreter, and taking turns is quicker for both than fighting for it.
"""

from __future__ import annotations

import importlib
import logging
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import Enum, auto
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event
from typing import TYPE_CHECKING

from PySide6.QtCore import QThread

from gradlab import torch_loading
from gradlab.errors import InputError
from gradlab.experiment.schema import Experiment
from gradlab.instruments.records import Frame, Notice, State
from gradlab.language import tr
from gradlab.window.training import collector
from gradlab.window.training.speed import FASTEST, Speed

if TYPE_CHECKING:  # it imports torch, which is loaded behind the window
    from gradlab.runs.race import Race

FRAME_SECONDS = 1 / 30
FRAME_SHARE = 0.1  # making frames may take this share of the time
SLICE_SECONDS = 0.008  # how long to train before looking into the mailbox again
LONGEST_ROOM_SECONDS = 0.2  # a window that is stuck must not stop the training

log = logging.getLogger(__name__)


class Goal(Enum):
    """What the thread is doing."""

    REST = auto()
    RUN = auto()
    PHASE = auto()
    UPDATE = auto()
    EPOCH = auto()


class TrainerThread(QThread):
    """Trains, and is told what to do by the window.

    The public methods are for the window's thread and return at once; everything else happens on this thread.
    """

    def __init__(self, new_folder: Callable[[Experiment], Path | None] | None = None) -> None:
        """``new_folder`` names the folder that a new run's files go into; without it none are kept."""
        super().__init__()
        self.setObjectName("trainer")
        self._new_folder = new_folder
        self._mailbox: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._slot: deque[Frame] = deque(maxlen=1)
        self._free = Event()
        self._free.set()

        # From here on: touched by the training thread alone.
        self._quit = False
        self._race: Race | None = None
        self._state = State.LOADING
        self._goal = Goal.REST
        self._watched: frozenset[str] = frozenset()
        self._watched_of_lanes: Mapping[str, frozenset[str]] = {}
        self._speed = FASTEST
        self._next_step = 0.0
        self._next_frame = 0.0
        self._changed = True
        self._notice: Notice | None = None
        self._devices: tuple[str, ...] = ()
        self._serial = 0
        self._run_number = 0

    # --- for the window ----------------------------------------------------------------------------------

    def load(self, experiment: Experiment) -> None:
        """Build all runs of an experiment anew: also what Reset and changes of data or model mean."""
        self._mailbox.put(partial(self._load, experiment))

    def run_on(self) -> None:
        """Train until paused or finished."""
        self._mailbox.put(partial(self._set_goal, Goal.RUN))

    def pause(self) -> None:
        """Stop after the current update, or the current phase where that is the pace."""
        self._mailbox.put(partial(self._set_goal, Goal.REST))

    def step_phase(self) -> None:
        """Do the next phase."""
        self._mailbox.put(partial(self._set_goal, Goal.PHASE))

    def step_batch(self) -> None:
        """Train to the next update."""
        self._mailbox.put(partial(self._set_goal, Goal.UPDATE))

    def step_epoch(self) -> None:
        """Train to the end of the epoch."""
        self._mailbox.put(partial(self._set_goal, Goal.EPOCH))

    def change(self, experiment: Experiment) -> None:
        """Let live settings hold from the next update on."""
        self._mailbox.put(partial(self._change, experiment))

    def set_speed(self, speed: Speed) -> None:
        """Limit the pace of running."""
        self._mailbox.put(partial(self._set_speed, speed))

    def show_lane(self, name: str) -> None:
        """Let frames be of the lane of this name: of one of the variants that race."""
        self._mailbox.put(partial(self._show_lane, name))

    def watch(self, parts: frozenset[str], of_lanes: Mapping[str, frozenset[str]] | None = None) -> None:
        """Say which parts of a frame somebody looks at, and which of certain lanes; others are not computed."""
        self._mailbox.put(partial(self._watch, parts, of_lanes or {}))

    def ask(self, part: str, wish: object, lane: str = "") -> None:
        """Pass a panel's wish to the instrument that fills this part of a frame, or of a lane's."""
        self._mailbox.put(partial(self._ask, part, wish, lane))

    def take_frame(self) -> Frame | None:
        """Return the newest frame, or None if there was none since the last call."""
        try:
            return self._slot.pop()
        except IndexError:
            return None

    def make_room(self) -> None:
        """Hold the training for a moment, while a frame is drawn."""
        self._free.clear()

    def go_on(self) -> None:
        """End :meth:`make_room`."""
        self._free.set()

    def shut_down(self) -> None:
        """Ask the thread to end, and wait for it. What was begun is written down."""
        self._mailbox.put(self._leave)
        self.wait()

    # --- on the training thread --------------------------------------------------------------------------

    def run(self) -> None:
        """Serve the mailbox, train, and make frames, until told to leave."""
        self._warm_up()
        while not self._quit:
            for command in self._commands():
                self._safely(command)
            if self._goal is not Goal.REST and time.perf_counter() >= self._next_step:
                self._free.wait(LONGEST_ROOM_SECONDS)
                self._safely(self._train)
            if self._has_work:
                self._safely(self._work)
            self._show()
        self._close_race()

    def _warm_up(self) -> None:
        """Load what takes seconds before anybody waits for it."""
        torch_loading.load()
        device = importlib.import_module("gradlab.training.device")
        importlib.import_module("gradlab.runs.race")
        self._devices = device.devices()
        collector.begin()

    def _commands(self) -> list[Callable[[], None]]:
        """Return the waiting commands; wait for one while there is nothing to train and nothing to show."""
        commands = []
        try:
            commands.append(self._mailbox.get(timeout=self._idle_seconds()))
            while True:
                commands.append(self._mailbox.get_nowait())
        except Empty:
            return commands

    def _idle_seconds(self) -> float | None:
        now = time.perf_counter()
        if self._has_work:
            return 0
        pauses = []
        if self._goal is not Goal.REST:
            pauses.append(self._next_step - now)
        if self._changed and self._state is not State.LOADING:
            pauses.append(max(self._next_frame - now, FRAME_SECONDS / 4 if self._slot else 0))
        return max(min(pauses), 0) if pauses else None

    def _safely(self, action: Callable[[], None]) -> None:
        """Do something; whatever goes wrong is told in the window, and the thread lives on."""
        try:
            action()
        except InputError as error:
            self._tell(error)
        except Exception as error:
            full = self._out_of_memory(error)
            if full is None:
                log.exception("training failed")
            self._fail(full or InputError(tr("Training stopped unexpectedly: {error}").format(error=error)))

    def _out_of_memory(self, error: Exception) -> InputError | None:
        if self._race is None or not isinstance(error, RuntimeError):
            return None
        run = self._race.shown.run
        check = importlib.import_module("gradlab.training.device").out_of_memory
        found: InputError | None = check(error, str(run.device), run.experiment.training.batch_size)
        return found

    def _load(self, experiment: Experiment) -> None:
        race = importlib.import_module("gradlab.runs.race")
        self._close_race()
        self._run_number += 1
        self._notice = None
        try:
            folder = self._new_folder(experiment) if self._new_folder else None
            self._race = made = race.Race(experiment, folder, self._run_number)
            self._run_number += len(made.entries) - 1
            made.watch(self._watched, self._watched_of_lanes)
        except Exception as error:
            if not isinstance(error, InputError):
                error = InputError(tr("This cannot be trained: {error}").format(error=error))
            self._fail(error)
            return
        if self._new_folder and folder is None:
            self._notice = Notice("warning", tr("Runs cannot be kept: their folder cannot be written to."))
        self._rest(State.READY)

    def _change(self, experiment: Experiment) -> None:
        if self._race is None:
            self._load(experiment)
        elif not self._race.has_begun and self._goal is Goal.REST:
            self._load(experiment)  # nothing happened yet: no need to mark a change
        else:
            self._notice = None
            self._race.change(experiment)
            if self._state is State.FINISHED and not self._race.is_over:
                self._rest(State.PAUSED)
            self._changed = True

    def _set_goal(self, goal: Goal) -> None:
        if self._race is None or self._race.is_over or self._state is State.FAILED:
            return
        self._goal = goal
        self._next_step = time.perf_counter()
        if goal is Goal.REST:
            self._rest(State.PAUSED if self._race.has_begun else State.READY)
        else:
            self._state = State.RUNNING
        self._changed = True

    def _set_speed(self, speed: Speed) -> None:
        self._speed = speed
        self._next_step = time.perf_counter()

    def _show_lane(self, name: str) -> None:
        if self._race is not None:
            self._race.show(name)
            self._changed = True

    def _watch(self, parts: frozenset[str], of_lanes: Mapping[str, frozenset[str]]) -> None:
        self._watched, self._watched_of_lanes = parts, of_lanes
        if self._race is not None:
            self._race.watch(parts, of_lanes)
        self._changed = True

    def _ask(self, part: str, wish: object, lane: str) -> None:
        if self._race is not None:
            self._race.ask(part, wish, lane)
            self._changed = True

    def _leave(self) -> None:
        self._quit = True

    def _train(self) -> None:
        """Make one step, or as many as fit into a slice of time and the goal."""
        assert self._race is not None
        race, leader = self._race, self._race.leader()
        epochs = leader.run.counters.epochs
        end = time.perf_counter() + SLICE_SECONDS
        going = True
        while going:
            self._step(race)
            epoch_over = leader.is_over or leader.run.counters.epochs > epochs
            if race.is_over:
                self._rest(State.FINISHED)
            elif self._goal in (Goal.PHASE, Goal.UPDATE) or (self._goal is Goal.EPOCH and epoch_over):
                self._rest(State.PAUSED)
            going = self._goal is not Goal.REST and self._is_in_time(end)
        self._changed = True

    @property
    def _has_work(self) -> bool:
        return self._race is not None and self._race.has_work

    def _work(self) -> None:
        """Go on with what an instrument computes in the background; training takes turns with it."""
        assert self._race is not None
        self._race.work()
        self._changed = True

    def _step(self, race: Race) -> None:
        """Do one phase, or go on to the next update."""
        slowly = self._speed.by_phase and self._goal in (Goal.RUN, Goal.EPOCH)
        if slowly or self._goal is Goal.PHASE:
            race.step_phase()
        else:
            race.step_update()

    def _is_in_time(self, end: float) -> bool:
        """Whether the next step may follow at once; with a limited speed it has to wait for its moment."""
        now = time.perf_counter()
        if self._speed.per_second is None:
            return self._free.is_set() and now < end
        self._next_step = max(self._next_step + 1 / self._speed.per_second, now - 0.5)
        return False

    def _rest(self, state: State) -> None:
        self._goal = Goal.REST
        self._state = state
        self._changed = True
        if self._race is not None:
            self._race.pause()

    def _tell(self, error: InputError) -> None:
        """Show a wrong input beside its field; the run goes on as it was."""
        self._notice = Notice("error", str(error), error.key)
        self._changed = True

    def _fail(self, error: InputError) -> None:
        """Give the run up and say why."""
        self._tell(error)
        self._goal = Goal.REST
        self._state = State.FAILED
        self._safely(self._close_race)

    def _close_race(self) -> None:
        race, self._race = self._race, None
        if race is not None:
            race.close()

    def _show(self) -> None:
        """Put a new frame into the slot if there is something new and the window has taken the last one."""
        now = time.perf_counter()
        if not self._changed or self._slot or now < self._next_frame:
            return
        self._serial += 1
        frame = self._frame()
        self._slot.append(frame)
        self._changed = False
        spent = time.perf_counter() - now
        self._next_frame = now + max(FRAME_SECONDS, spent / FRAME_SHARE)

    def _frame(self) -> Frame:
        at_rest = self._goal is Goal.REST
        if self._race is None:
            frame = Frame(run=self._run_number, state=self._state)
        else:
            frame = self._race.frame(at_rest=at_rest, state=self._state)
        return replace(frame, serial=self._serial, devices=self._devices, notice=self._notice)
