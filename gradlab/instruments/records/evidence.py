"""What a diagnosis looks at: plain numbers of one run, from the first update to now."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gradlab.experiment.schema import Experiment
from gradlab.instruments.records.arrays import Doubles
from gradlab.instruments.records.record import Record
from gradlab.instruments.records.rows import EpochRow

Numbers = Mapping[str, float]


@dataclass(frozen=True)
class LayerFacts:
    """What does not change about a layer.

    Attributes:
        name: as in layers.csv.
        activation: the name of the activation function that follows it; empty after the last layer.
        inputs: how many numbers a unit adds up; units: how many units (or filters) it has.
        has_matrix: whether it has a weight matrix (batch normalization has none).
    """

    name: str
    activation: str = ""
    inputs: int = 0
    units: int = 0
    has_matrix: bool = True


@dataclass(frozen=True)
class DataFacts:
    """What does not change about the rows of a run.

    Attributes:
        task: ``classification`` or ``regression``.
        class_names: empty for a regression; train_counts: ``(classes,)``, the training rows of each.
        train_rows, validation_rows: how many there are.
        copied_rows: how many validation rows are training rows, by their numbers.
        equal_rows: how many validation rows equal a training row in all inputs and in the target; the copied
            ones included.
        means, deviations: ``(features,)``, of the inputs as the model gets them, over the training rows.
        input_names: one per feature; empty for pictures.
        is_played: whether the rows are steps that the model plays in a world.
        has_targets: False where the model's output is the loss.
        guess_loss: the loss over the training rows of the best answer that is the same for all rows; NaN where
            there is none (a world that is played, no targets).
    """

    task: str = "classification"
    class_names: tuple[str, ...] = ()
    train_counts: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    train_rows: int = 0
    validation_rows: int = 0
    copied_rows: int = 0
    equal_rows: int = 0
    means: Doubles = field(default_factory=lambda: np.empty(0))
    deviations: Doubles = field(default_factory=lambda: np.empty(0))
    input_names: tuple[str, ...] = ()
    is_played: bool = False
    has_targets: bool = True
    guess_loss: float = float("nan")


@dataclass(frozen=True)
class Occurrence:
    """Something that the loop itself saw: no judgement, no threshold.

    Attributes:
        since: the update during which it was first seen, from 1; epoch: that update's epoch, from 1.
        latest: the update during which it was last seen; the latest of all where settings bring it about.
        numbers: what was measured when it was first seen, by name.
        layer: the layer that it is about; empty for the whole network.
        text: words that the loop has for it, e.g. where the numbers blew up.
    """

    since: int
    epoch: int
    latest: int
    numbers: Numbers = field(default_factory=dict)
    layer: str = ""
    text: str = ""


@dataclass(frozen=True)
class Updates:
    """The latest updates, every one of them, and measurements of the layers at measured ones.

    Attributes:
        update, epoch, loss, lr, grad_norm, clipped_norm: ``(n,)``, the latest n updates in order.
        measured: ``(m,)``, the numbers of the measured updates that are kept, from the first one on; where the
            run is long, every second one is forgotten again and again.
        measured_loss, measured_ratio: ``(m,)``; std(Δw) / std(w) over all matrices, NaN where unknown.
        layer_norms, layer_mean_abs, layer_zero_shares, layer_ratios: ``(m, layers)``, as in layers.csv.
        first_loss, first_grad_norm: ``(k,)``, the loss and the gradient's norm of the first k updates.
    """

    update: NDArray[np.int64]
    epoch: NDArray[np.int64]
    loss: Doubles
    lr: Doubles
    grad_norm: Doubles
    clipped_norm: Doubles
    measured: NDArray[np.int64]
    measured_loss: Doubles
    measured_ratio: Doubles
    layer_norms: Doubles
    layer_mean_abs: Doubles
    layer_zero_shares: Doubles
    layer_ratios: Doubles
    first_loss: Doubles = field(default_factory=lambda: np.empty(0))
    first_grad_norm: Doubles = field(default_factory=lambda: np.empty(0))


@dataclass(frozen=True)
class Probe:
    """How the units answered to a fixed set of rows at the end of an epoch (0: before training).

    Attributes:
        inactive: ``(layers,)``, the share of units that answered 0 to every row; NaN where that means nothing.
        saturated: ``(layers,)``, the share of answers at the flat ends of tanh or sigmoid; NaN elsewhere.
    """

    epoch: int
    update: int
    inactive: Doubles
    saturated: Doubles


@dataclass(frozen=True)
class Evidence(Record):
    """All that a diagnosis knows of a run.

    Attributes:
        experiment: the settings in force.
        layers: the layers with weights, in order.
        frozen: the names of those that get no gradient.
        updates: None before the first update.
        epochs: the rows of epochs.csv, 0 included; where there are very many, thinned, the latest kept.
        counts: the confusion matrix ``[true, predicted]`` of the latest epoch; None without.
        probes: in order; sparser and sparser.
        noise_scale: the gradient noise scale in rows; NaN while unknown.
        stop_reason: how the run ended; empty while it goes on.
        left_over: at the start of a window the buffer held gradient of updates before, and the optimizer used it.
            numbers: ``share``, its length over the sum of its own and of what the window added.
        lost: gradient of the window was emptied before the optimizer used it. numbers: ``share`` of the window's
            weight that was lost, and how many of its backward ``passes``.
        summed: a window of ``batches`` micro-batches was added up without dividing.
        unequal: micro-batches of unequal size, or fewer than wanted, counted the same. numbers: ``error``, the
            distance between the gradient used and the row-weighted one, over the length of the latter.
        unmoved: layers that are not frozen and that three measured updates did not move, or that got no gradient.
        blew_up: a number became infinite or NaN.
    """

    experiment: Experiment
    data: DataFacts
    layers: tuple[LayerFacts, ...] = ()
    frozen: frozenset[str] = frozenset()
    updates: Updates | None = None
    epochs: tuple[EpochRow, ...] = ()
    counts: NDArray[np.int64] | None = None
    probes: tuple[Probe, ...] = ()
    noise_scale: float = float("nan")
    stop_reason: str = ""
    left_over: Occurrence | None = None
    lost: Occurrence | None = None
    summed: Occurrence | None = None
    unequal: Occurrence | None = None
    unmoved: tuple[Occurrence, ...] = ()
    blew_up: Occurrence | None = None

    @property
    def update(self) -> int:
        """The latest update; 0 before the first."""
        return int(self.updates.update[-1]) if self.updates is not None and len(self.updates.update) else 0
