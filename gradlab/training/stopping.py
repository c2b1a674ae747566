"""Early stopping: when to stop, which epoch was best, and its weights."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from typing_extensions import override

from gradlab.training.events import EpochEnded
from gradlab.training.live_settings import LiveSettings
from gradlab.training.state import FieldsAreState, State, Stateful


@dataclass
class EarlyStopping(FieldsAreState):
    """Watches the validation loss.

    Attributes:
        best_epoch: the epoch with the best loss, None before the first; ``best_loss``: its loss.
        waited: how many epochs have passed since then.
    """

    best_epoch: int | None = None
    best_loss: float = float("inf")
    waited: int = 0

    def observe(self, epoch: int, loss: float, min_delta: float) -> bool:
        """Record an epoch's loss; return whether it is the best so far, by more than ``min_delta``.

        A loss that is not a number is never better.
        """
        improved = loss < self.best_loss - min_delta
        if improved:
            self.best_epoch, self.best_loss, self.waited = epoch, loss, 0
        else:
            self.waited += 1
        return improved

    def is_over(self, patience: int) -> bool:
        """Return whether patience (in epochs; 0: endless) has run out."""
        return bool(patience) and self.waited >= patience


class BestEpoch(Stateful):
    """The epoch with the best validation loss, with its weights to restore.

    Attributes:
        stopping: decides which epoch that is, and when to stop waiting for a better one.
    """

    def __init__(self, settings: LiveSettings, model: nn.Module) -> None:
        self.stopping = EarlyStopping()
        self._weights: dict[str, Tensor] = {}
        self._settings = settings
        self._model = model

    @property
    def epoch(self) -> int | None:
        """The number of the best epoch; None before the first."""
        return self.stopping.best_epoch

    @property
    def patience_is_over(self) -> bool:
        """Whether early stopping ends the run here."""
        return self.stopping.is_over(self._settings.in_force.training.patience)

    @property
    def _restores(self) -> bool:
        spec = self._settings.in_force.training
        return spec.patience > 0 and spec.restore_best

    def observe(self, ended: EpochEnded) -> None:
        """Record an epoch's numbers; copy the weights if it is the best so far."""
        if ended.val_loss is None:
            return
        min_delta = self._settings.in_force.training.min_delta
        improved = self.stopping.observe(ended.epoch, ended.val_loss, min_delta)
        if improved and self._restores:
            self._weights = {name: value.clone() for name, value in self._model.state_dict().items()}

    def restore(self) -> bool:
        """Restore the best epoch's weights if the settings ask for it; return whether that was done."""
        if not self._weights or not self._restores:
            return False
        with torch.no_grad():
            self._model.load_state_dict(self._weights)
        return True

    def state(self) -> State:
        """Return the best loss and epoch, and that epoch's weights."""
        return {"stopping": self.stopping.state(), "weights": self._weights}

    @override
    def load(self, state: State) -> None:
        self.stopping.load(state["stopping"])
        here = self._model.state_dict()
        self._weights = {name: value.to(here[name].device) for name, value in state["weights"].items()}
