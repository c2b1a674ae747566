"""What the window asks of whoever trains. Nothing here has to be loaded for that: the window opens before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from gradlab.experiment.schema import Experiment
    from gradlab.instruments.records import Frame
    from gradlab.window.panels.base import Panel
    from gradlab.window.theme.tokens import Theme
    from gradlab.window.training.speed import Speed

MakePanels: TypeAlias = "Callable[[Theme], Iterable[Panel]]"


class Trainer(Protocol):
    """What the lab asks of the thread that trains. Every method only posts a wish and returns at once."""

    def load(self, experiment: Experiment) -> None:
        """Build anew, from the start."""

    def run_on(self) -> None:
        """Train until paused or finished."""

    def pause(self) -> None:
        """Hold after the current update."""

    def step_phase(self) -> None:
        """Do the next phase of an update."""

    def step_batch(self) -> None:
        """Go on to the next update."""

    def step_epoch(self) -> None:
        """Go on to the end of the epoch."""

    def change(self, experiment: Experiment) -> None:
        """Take changed live settings, from the next update on."""

    def set_speed(self, speed: Speed) -> None:
        """Set the pace of running."""

    def show_lane(self, name: str) -> None:
        """Let the frames be of the racing run of this name."""

    def watch(self, parts: frozenset[str], of_lanes: Mapping[str, frozenset[str]] | None = None) -> None:
        """Say which parts of a Frame are looked at, and which of certain racing runs besides."""

    def ask(self, part: str, wish: object, lane: str = "") -> None:
        """Pass a wish to the instrument that fills a part of a Frame, or of a racing run's."""

    def take_frame(self) -> Frame | None:
        """Return the newest frame since the last call, if there is one."""

    def make_room(self) -> None:
        """Hold the training while a frame is drawn."""

    def go_on(self) -> None:
        """Train on: the frame is drawn."""


class OwnedTrainer(Trainer, Protocol):
    """A trainer with its life: somebody starts it and shuts it down."""

    def start(self) -> None:
        """Begin to take commands."""

    def shut_down(self) -> None:
        """Ask it to end, and wait until it has."""
