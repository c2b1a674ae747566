"""The state and progress of a run, and messages about it."""

from dataclasses import dataclass
from enum import Enum
from typing import Literal

Phase = Literal["", "zeroed", "forward", "backward", "clipped", "updated"]
Level = Literal["info", "warning", "error"]


class State(Enum):
    """The state of a run."""

    LOADING = "loading"
    READY = "ready"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    FAILED = "failed"


@dataclass(frozen=True)
class Progress:
    """How far a run has come. The four counters are separate and never mixed.

    Attributes:
        epoch: epochs completed; ``epoch_position`` adds the part of the current one, e.g. 2.4.
        micro_batches, samples: trained on so far.
        updates_per_second: recent, 0 while paused; ``seconds_left`` is None while unknown.
        phase: the latest phase of the loop; empty before the first. ``by_phase``: whether the run currently
            goes phase by phase, so that it may rest in the middle of an update.
    """

    epoch: int = 0
    epochs: int = 0
    epoch_position: float = 0.0
    update: int = 0
    micro_batches: int = 0
    samples: int = 0
    updates_per_second: float = 0.0
    seconds_left: float | None = None
    phase: Phase = ""
    by_phase: bool = False

    @property
    def begun(self) -> bool:
        """Whether the run has done anything, so that there is something to lose."""
        return self.phase != "" or self.update > 0


@dataclass(frozen=True)
class Notice:
    """A message about the field ``key`` (empty: about the run as a whole)."""

    level: Level
    text: str
    key: str = ""
