"""The window's end of the training: wishes go into a mailbox, the newest frame comes out of a slot.

Nothing else passes between the two threads: no signal per step, no queue that could fill up. And while the window
draws a frame, the training makes room: both need Python's interpreter, and taking turns is quicker for both than
fighting for it. Nothing heavy is imported here: the window opens before.
"""

from __future__ import annotations

from collections import deque
from queue import SimpleQueue
from typing import TYPE_CHECKING

from gradlab.runs.drawing_turn import DrawingTurn
from gradlab.runs.pacer import Goal
from gradlab.runs.speed import FASTEST, Speed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gradlab.experiment.schema import Experiment
    from gradlab.instruments.records import Kinds, Record, Snapshot
    from gradlab.runs.driver import Driver
    from gradlab.runs.worker import Command


class Trainer:
    """Passes on what the window asks of the training. Every method returns at once.

    Attributes:
        mailbox: what was asked and not yet done; None asks to leave.
        slot: holds the newest snapshot until it is taken.
        orders: how often something was to be loaded.
        speed: the pace that was wanted last.
        turn: asked for while the training has to hold, so that a frame can be drawn.
    """

    def __init__(self) -> None:
        self.mailbox: SimpleQueue[Command | None] = SimpleQueue()
        self.slot: deque[Snapshot] = deque(maxlen=1)
        self.orders = 0
        self.turn = DrawingTurn()
        self.speed = FASTEST

    def load(self, experiment: Experiment) -> None:
        """Build all runs of an experiment; Reset and changes of data or model do that, too."""
        self.orders = number = self.orders + 1

        def load(driver: Driver) -> None:
            driver.order = number
            driver.load(experiment)

        self.mailbox.put(load)

    def run_on(self) -> None:
        """Train until paused or finished."""
        self._pursue(Goal.RUN)

    def pause(self) -> None:
        """Stop after the current update, or after the current phase if that is the pace."""
        self._pursue(Goal.REST)

    def step_phase(self) -> None:
        """Do the next phase of an update."""
        self._pursue(Goal.PHASE)

    def step_batch(self) -> None:
        """Train to the next update."""
        self._pursue(Goal.UPDATE)

    def step_epoch(self) -> None:
        """Train to the end of the epoch."""
        self._pursue(Goal.EPOCH)

    def change(self, experiment: Experiment) -> None:
        """Apply live settings from the next update on."""
        self.mailbox.put(lambda driver: driver.change(experiment))

    def set_speed(self, speed: Speed) -> None:
        """Limit the pace of running."""
        self.speed = speed
        self.mailbox.put(lambda driver: driver.set_speed(speed))

    def show_lane(self, name: str) -> None:
        """Show the lane of this name, one of the racing variants, in all frames from now on."""
        self.mailbox.put(lambda driver: driver.show_lane(name))

    def watch(self, parts: Kinds, of_lanes: Mapping[str, Kinds] | None = None) -> None:
        """Make only these kinds of records, ``parts`` for the shown lane and ``of_lanes`` for others besides."""
        self.mailbox.put(lambda driver: driver.watch(parts, of_lanes or {}))

    def ask(self, part: type[Record], wish: object, lane: str = "") -> None:
        """Pass a panel's wish to the instrument that makes this kind of record, or to that of a lane."""
        self.mailbox.put(lambda driver: driver.ask(part, wish, lane))

    def measure(self, on: bool) -> None:
        """Start or stop measuring what the instruments cost."""
        self.mailbox.put(lambda driver: driver.measure(on))

    def leave(self) -> None:
        """Ask the training to end; it saves the run that goes on."""
        self.mailbox.put(None)

    def take_snapshot(self) -> Snapshot | None:
        """Return the newest snapshot, or None if there was none since the last call.

        One of runs that make way for others is let go: they would be shown as if they were the new ones.
        """
        try:
            snapshot = self.slot.pop()
        except IndexError:
            return None
        return None if snapshot.order not in (None, self.orders) else snapshot

    def make_room(self, *, wait: bool = True) -> None:
        """Ask the training to hold for a moment, while a frame is drawn, and ``wait`` until it does."""
        self.turn.ask(wait=wait)

    def go_on(self) -> None:
        """End :meth:`make_room`."""
        self.turn.give_back()

    def _pursue(self, goal: Goal) -> None:
        self.mailbox.put(lambda driver: driver.pursue(goal))
