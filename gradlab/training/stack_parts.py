"""The parts of a stack of runs: tensors whose first dimension counts the K replicas."""

from collections.abc import Sequence
from dataclasses import replace
from math import isfinite
from operator import add

import torch
from torch import Tensor, nn

from gradlab.training.epoch import Epoch
from gradlab.training.gradient_buffer import GradientBuffer
from gradlab.training.live_settings import LiveSettings
from gradlab.training.parameters import FlatParameters
from gradlab.training.position import Position
from gradlab.training.rule import UpdateRule
from gradlab.training.run import TrainingRun
from gradlab.training.stopping import BestEpoch


class StackedParameters(FlatParameters):
    """The weights of K models of the same shape.

    Attributes:
        flat: ``(K, n)``, one row per replica.
    """

    def __init__(self, runs: Sequence[TrainingRun]) -> None:
        first = runs[0].parameters
        self.segments, self.layers = first.segments, first.layers
        self.flat = torch.stack([run.parameters.flat for run in runs])


class StackedBuffer(GradientBuffer):
    """K gradient buffers, ``(K, n)`` each part, which are filled and emptied together.

    Attributes:
        norms, clipped_norms: K each, of the latest update's gradients, before and after clipping.
    """

    def __init__(self, runs: Sequence[TrainingRun], parameters: StackedParameters) -> None:
        parts = zip(*(run.buffer.parts for run in runs), strict=True)
        self.left_over, self.batch, self.used = (torch.stack(part) for part in parts)
        self._parameters, self._left_out = parameters, frozenset
        self._layers = frozenset(layer.name for layer in parameters.layers)
        self.empty_as(runs[0].buffer)
        self.frozen = runs[0].buffer.frozen
        self.norms: list[float] = []
        self.clipped_norms: list[float] = []

    def norm(self) -> float:
        """Measure every replica's gradient; return the first one's norm."""
        self.norms = torch.linalg.vector_norm(self.used, dim=1).tolist()
        if not isfinite(sum(self.norms)):  # only the squares may have left float32
            self.norms = torch.linalg.vector_norm(self.used.double(), dim=1).tolist()
        self.clipped_norms = self.norms
        return self.norms[0]

    def clip(self, norm: float, limit: float) -> float:
        """Shorten the gradients that are longer than ``limit``; return the first one's new norm."""
        factors = [min(limit / (norm + 1e-6), 1.0) for norm in self.norms]
        self.used.mul_(self.used.new_tensor(factors).unsqueeze(1))
        self.clipped_norms = [norm * factor for norm, factor in zip(self.norms, factors, strict=True)]
        return self.clipped_norms[0]


class StackedEpoch(Epoch):
    """The epochs of K runs, ``(K, rows, …)`` each tensor; the runs' own epochs then hold rows of them.

    Its ``loss_sum`` is the first one's.
    """

    def __init__(self, runs: Sequence[TrainingRun]) -> None:
        epochs = [run.position.epoch for run in runs if run.position.epoch is not None]
        first = epochs[0]
        self.rows, self.position, self.trained = first.rows, first.position, first.trained
        self.loss_sum = first.loss_sum
        self.inputs = torch.stack([epoch.inputs for epoch in epochs])
        self.targets = torch.stack([epoch.targets for epoch in epochs])
        self.outputs = torch.stack([epoch.outputs for epoch in epochs])
        rows = zip(self.inputs.unbind(), self.targets.unbind(), self.outputs.unbind(), strict=True)
        for epoch, own in zip(epochs, rows, strict=True):
            epoch.inputs, epoch.targets, epoch.outputs = own


class StackedPosition(Position):
    """The position of K runs, with the sum of each one's losses.

    Attributes:
        epoch_sums, window_sums: K each, as Epoch.loss_sum and Window.loss_sum.
        update_losses: K mean losses, of the latest update's window.
    """

    def __init__(self, settings: LiveSettings, first: TrainingRun) -> None:
        super().__init__(settings, first.rows)
        self.counters = replace(first.counters)
        self.epoch_sums: list[float] = []
        self.window_sums: list[float] = []
        self.update_losses: list[float] = []

    def take(self, runs: Sequence[TrainingRun]) -> None:
        """Take over the positions of ``runs``, which then share the counters."""
        first = runs[0].position
        positions = [run.position for run in runs]
        self.window = first.window and replace(first.window)
        self.window_sums = [own.window.loss_sum if own.window else 0.0 for own in positions]
        self.epoch_sums = [own.epoch.loss_sum if own.epoch else 0.0 for own in positions]
        self.epoch = None if first.epoch is None else StackedEpoch(runs)
        for own in positions:
            own.counters = self.counters

    def give(self, row: int, position: Position) -> None:
        """Bring the position of the run at ``row`` up to date."""
        position.window = self.window and replace(self.window, loss_sum=self.window_sums[row])
        if self.epoch is None or position.epoch is None:
            position.epoch = None
        else:
            position.epoch.position, position.epoch.trained = self.epoch.position, self.epoch.trained
            position.epoch.loss_sum = self.epoch_sums[row]

    def start_epoch(self, runs: Sequence[TrainingRun]) -> None:
        """Begin the epochs that ``runs`` have begun."""
        self.epoch = StackedEpoch(runs)
        self.epoch_sums = [0.0] * len(runs)

    def count_each(self, rows: int, sums: Sequence[float]) -> None:
        """Count a micro-batch of ``rows`` rows whose losses have these sums, K."""
        self.window_sums = list(map(add, self.window_sums, sums))
        self.epoch_sums = list(map(add, self.epoch_sums, sums))
        self.count(rows, sums[0] / rows)

    def close_window(self) -> float:
        """End the accumulation window; return the first replica's mean loss over its rows."""
        assert self.window is not None
        rows = self.window.rows
        self.update_losses = [total / rows for total in self.window_sums]
        self.window_sums = [0.0] * len(self.window_sums)
        return super().close_window()


class BestOfEach(BestEpoch):
    """Early stopping of K runs. Each keeps its own best epoch, so there are no weights to restore here."""

    def __init__(self, settings: LiveSettings, model: nn.Module, runs: Sequence[TrainingRun]) -> None:
        super().__init__(settings, model)
        self._runs = runs

    @property
    def patience_is_over(self) -> bool:
        """Whether early stopping ends all replicas here."""
        return all(run.best.patience_is_over for run in self._runs)


class RowOfRule(UpdateRule):
    """One replica's row of the rule that moves all of them, as the replica's own rule."""

    def __init__(self, rule: UpdateRule, row: int) -> None:
        self.kind = rule.kind
        self._rule = rule
        self._row = row

    @property
    def memory(self) -> dict[str, Tensor]:  # type: ignore[override]  # read, and always as it is now
        """The replica's row of everything that the rule currently remembers."""
        return {name: tensor[self._row] for name, tensor in self._rule.memory.items()}

    @property
    def steps(self) -> list[int]:
        """How many steps each layer has made."""
        return self._rule.steps


def hold(run: TrainingRun, flat: Tensor, left_over: Tensor, batch: Tensor, used: Tensor) -> None:
    """Make a run keep its weights and gradients in these tensors, ``(n,)`` each."""
    run.parameters.flat = flat
    run.buffer.left_over, run.buffer.batch, run.buffer.used = left_over, batch, used
    for segment, parameter in zip(run.parameters.segments, run.parameters.parameters, strict=True):
        parameter.data, parameter.grad = segment.of(flat), segment.of(batch)
