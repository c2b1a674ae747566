from typing_extensions import override

from gradlab.training.events import EpochEnded, Skipped
from gradlab.training.gradient_buffer import GradientBuffer
from gradlab.training.learning_rate import LearningRate
from gradlab.training.live_settings import LiveSettings
from gradlab.training.loss_scale import LossScale
from gradlab.training.measuring import Measured, measure
from gradlab.training.parameters import FlatParameters
from gradlab.training.position import Position
from gradlab.training.rule import UpdateRule
from gradlab.training.state import State, Stateful


class ScheduledOptimizer(Stateful):
    """Makes the updates of a run: an optimizer whose learning rate follows a schedule.

    Attributes:
        rule: the optimizer.
        learning_rate: its schedule; ``lr``: the latest update's learning rate, before the first one its own.
        measured: the latest update's measurements; None if it was not measured.
    """

    def __init__(
        self,
        settings: LiveSettings,
        position: Position,
        parameters: FlatParameters,
        buffer: GradientBuffer,
        *,
        rows: int,
        loss_scale: LossScale | None = None,
    ) -> None:
        """Start for a run that trains on this many ``rows`` per epoch."""
        self._settings = settings
        self._position = position
        self._parameters = parameters
        self._buffer = buffer
        self._rows = rows
        self._loss_scale = loss_scale
        self.rule = UpdateRule(settings.in_force.optimizer.kind, parameters)
        self.learning_rate = LearningRate()
        self.lr = self._next_lr()
        self.measured: Measured | None = None

    @property
    def total_updates(self) -> int:
        """How many updates the whole run makes if the settings in force stay: those made, and those to come."""
        counters = self._position.counters
        return max(counters.updates + counters.skipped + self._position.updates_ahead(self._rows), 1)

    def follow_settings(self) -> None:
        """Switch to a new optimizer if the settings in force name another one."""
        kind = self._settings.in_force.optimizer.kind
        if kind != self.rule.kind:
            self.rule = UpdateRule(kind, self._parameters)

    def step(self) -> float | None:
        """Use the gradient buffer; return std(Δw) / std(w) over all matrices if this update is measured."""
        spec, buffer, counters = self._settings.in_force, self._buffer, self._position.counters
        self.lr = self._next_lr()
        is_measured = (counters.updates + 1) % spec.training.measure_every == 0
        before = self._parameters.flat.clone() if is_measured else None
        self.rule.step(buffer.used, self.lr, spec.optimizer, buffer.without_gradient)
        counters.updates += 1
        if self._loss_scale is not None:
            self._loss_scale.grow()
        self.measured = None if before is None else measure(self._parameters, buffer.used, before)
        return None if self.measured is None else self.measured.known_ratio

    def skip(self) -> Skipped:
        """Discard a gradient that overflowed float16, and halve the loss scale."""
        assert self._loss_scale is not None
        self._loss_scale.shrink()
        self._position.counters.skipped += 1
        self._position.close_window()
        return Skipped(self._position.counters.updates, self._loss_scale.value)

    def observe(self, ended: EpochEnded) -> None:
        """Pass an epoch's loss to the schedule: that of the validation rows, if there are any."""
        watched = ended.train_loss if ended.val_loss is None else ended.val_loss
        self.learning_rate.observe(self._settings.in_force.optimizer, watched)

    def _next_lr(self) -> float:
        made = self._position.counters.updates
        return self.learning_rate.at(self._settings.in_force.optimizer, made, self.total_updates)

    def state(self) -> State:
        """Return the state of the optimizer and of the schedule, and the latest learning rate."""
        return {"rule": self.rule.state(), "learning_rate": self.learning_rate.state(), "lr": self.lr}

    @override
    def load(self, state: State) -> None:
        self.rule.load(state["rule"])
        self.learning_rate.load(state["learning_rate"])
        self.lr = state["lr"]
