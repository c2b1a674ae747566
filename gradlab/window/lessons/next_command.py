"""Chooses the command that leads to what a step asks people to see."""

from collections.abc import Sequence
from typing import Literal

from gradlab.lessons.conditions import AtPhase, Condition, Reached

FEW_UPDATES = 3


def next_command(conditions: Sequence[Condition]) -> Literal["run", "step_phase", "step_batch", "step_epoch"]:
    """Return the command that leads to what is to be seen, one small step at a time where that is enough."""
    if any(isinstance(each, AtPhase) for each in conditions):
        return "step_phase"
    if conditions and all(isinstance(each, Reached) for each in conditions):
        reached = [(each.epochs, each.updates) for each in conditions if isinstance(each, Reached)]
        if max(reached) <= (0, FEW_UPDATES):
            return "step_batch"
        if max(reached)[0] == 1:
            return "step_epoch"
    return "run"
