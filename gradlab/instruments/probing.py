"""Looks at how the units answer to a fixed set of rows, now and then."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from gradlab.instruments.records import Doubles
from gradlab.instruments.records.evidence import Probe
from gradlab.instruments.stages import LayerStage, by_unit, listening, stages_of
from gradlab.instruments.views.shared import some
from gradlab.models.activations.base import ACTIVATIONS
from gradlab.training.run import TrainingRun

ROWS = 256
ROWS_OF_PICTURES = 64  # a convolution has many places at which a unit can answer
APART = 100  # updates at least: a probe takes as long as one or two
END = 0.015  # of the range of an activation function: its flat ends


class Prober:
    """Measures which units never answer to a probe, and how many answers are at the flat ends."""

    def __init__(self, run: TrainingRun) -> None:
        self._run = run
        self._stages = [
            stage for stage in stages_of(run.model) if ACTIVATIONS[stage.bend or "identity"].trouble
        ]
        inputs, has_places = (
            run.rows.train[0],
            any(isinstance(each.layer, nn.Conv2d) for each in self._stages),
        )
        most = ROWS_OF_PICTURES if has_places else ROWS
        rows = torch.from_numpy(some(run, np.arange(len(inputs)), most))
        self._probe = inputs[rows.to(run.network.device)]
        names = [layer.name for layer in run.parameters.layers]
        self._layers = len(names)
        self._places = [names.index(stage.name) for stage in self._stages]

    def is_due(self, epoch: int, latest: int | None) -> bool:
        """Return whether to probe at the end of an epoch: 0, 1, 2, 3, 4, 6, 8, 12, 16, 24 and so on, and the last.

        Some are left out where epochs are short.

        ``latest``: the update of the latest probe; None before the first.
        """
        updates = self._run.counters.updates
        if not self._stages or updates == latest:
            return False
        if latest is None or self._is_last:
            return True
        is_listed = epoch < 4 or epoch % (1 << (epoch.bit_length() - 2)) == 0
        return is_listed and updates - latest >= APART

    @property
    def _is_last(self) -> bool:
        run = self._run
        return run.counters.epochs >= run.experiment.training.epochs or run.best.patience_is_over

    @torch.no_grad()
    def probe(self) -> Probe:
        """Return the answers of the weights as they are now; neither the model nor any generator changes."""
        tallies = [_Tally(stage) for stage in self._stages]
        model = self._run.model
        was_training = model.training
        model.eval()
        with listening(
            [stage.end for stage in self._stages], lambda number, *signals: tallies[number].add(*signals)
        ):
            model(self._probe)
        model.train(was_training)
        counters = self._run.counters
        return Probe(
            epoch=counters.epochs,
            update=counters.updates,
            inactive=self._of_all([tally.inactive for tally in tallies]),
            saturated=self._of_all([tally.saturated for tally in tallies]),
        )

    def _of_all(self, shares: Sequence[float]) -> Doubles:
        values = np.full(self._layers, np.nan)
        values[self._places] = shares
        return values


class _Tally:
    """Adds up a layer's answers."""

    def __init__(self, stage: LayerStage) -> None:
        self._activation = ACTIVATIONS[stage.bend]
        self._can_die = self._activation.trouble == "dead"
        self._low, self._high = _flat_ends(*self._activation.bounds)
        self._answered: Tensor | None = None
        self._at_ends = self._count = 0

    def add(self, into: Tensor, out: Tensor) -> None:
        """Add the answers to some rows."""
        if self._can_die:
            answered = by_unit(self._activation.is_active(into, out)).flatten(0, 1).any(dim=0)
            self._answered = answered if self._answered is None else self._answered | answered
        else:
            self._at_ends += int(((out < self._low) | (out > self._high)).sum())
            self._count += out.numel()

    @property
    def inactive(self) -> float:
        """The share of units that answered 0 to every row; NaN where units cannot die."""
        return float("nan") if self._answered is None else 1 - float(self._answered.double().mean())

    @property
    def saturated(self) -> float:
        """The share of answers at the flat ends; NaN for functions without."""
        return self._at_ends / self._count if self._count else float("nan")


def _flat_ends(low: float | None, high: float | None) -> tuple[float, float]:
    if low is None or high is None:
        return float("-inf"), float("inf")
    margin = END * (high - low)
    return low + margin, high - margin
