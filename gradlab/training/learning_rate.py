from dataclasses import asdict
from typing import Any

from gradlab.experiment.sections.optimizer import Optimizer
from gradlab.training.schedules.base import SCHEDULES, LossWatch


class LearningRate:
    """Computes the learning rate of each update: that of the settings times the factor of the schedule."""

    def __init__(self) -> None:
        self._watches: dict[str, LossWatch] = {}

    def at(self, spec: Optimizer, made: int, total: int) -> float:
        """Return the learning rate of the update after ``made`` of ``total``."""
        rate = spec.lr * SCHEDULES[spec.schedule].factor(made, total)
        watch = self._watches.get(spec.schedule)
        return rate if watch is None else rate * watch.factor

    def observe(self, spec: Optimizer, loss: float) -> None:
        """Pass an epoch's loss to the schedule, if it follows losses."""
        kind = SCHEDULES[spec.schedule].watch
        if kind is not None:
            self._watches.setdefault(spec.schedule, kind()).observe(loss)

    def state(self) -> dict[str, Any]:
        """Return what the schedules remember of the losses, as plain values."""
        return {name: asdict(watch) for name, watch in self._watches.items()}

    def load(self, state: dict[str, Any]) -> None:
        """Restore what :meth:`state` returned."""
        for name, values in state.items():
            kind = SCHEDULES[name].watch
            assert kind is not None
            self._watches[name] = kind(**values)
