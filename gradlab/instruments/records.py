"""What the window and the tables get: plain numpy records, no tensors, nothing that changes later."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gradlab.experiment.schema import Experiment

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Counts = NDArray[np.int64]
MarkKind = Literal["change", "note", "end", "diverged"]
Phase = Literal["", "zeroed", "forward", "backward", "clipped", "updated"]


class State(Enum):
    """Where a run stands."""

    LOADING = "loading"
    READY = "ready"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    FAILED = "failed"


@dataclass(frozen=True)
class Mark:
    """Something that happened at an update.

    Attributes:
        kind: ``change`` of a setting; ``note``, e.g. of a dropped tail; ``end`` of the run as it should be,
            ``diverged`` where it is not.

    """

    update: int
    text: str
    kind: MarkKind = "note"


@dataclass(frozen=True)
class Progress:
    """Where the run is. The four counters are separate and never mixed.

    Attributes:
        epoch: epochs completed; ``epoch_position`` adds the part of the current one, e.g. 2.4.
        micro_batches, samples: trained on so far.
        updates_per_second: recent, 0 while paused; ``seconds_left`` is None while unknown.
        phase: the phase of the loop that was done last; empty before the first. ``by_phase``: whether the run
            goes phase by phase at the moment, and may so rest in the middle of an update.

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
        """Whether anything was done, so that there is something to lose."""
        return self.phase != "" or self.update > 0


class EpochRow(NamedTuple):
    """One row of epochs.csv; None where a value does not exist (no validation rows, regression)."""

    epoch: int
    update: int
    samples: int
    train_loss: float
    train_accuracy: float | None
    val_loss: float | None
    val_accuracy: float | None
    val_precision: float | None
    val_recall: float | None
    val_f1: float | None
    lr: float


class LayerRow(NamedTuple):
    """One row of layers.csv. ``update_ratio`` is None for a layer without a weight matrix."""

    update: int
    layer: str
    grad_norm: float
    grad_mean_abs: float
    zero_share: float
    update_ratio: float | None


@dataclass(frozen=True)
class Curves:
    """Everything the loss panel draws. Arrays of one group have equal length.

    Attributes:
        update_epoch: position of each update in epochs, e.g. 1.25; ``update_loss`` its unscaled mean loss.
        epochs: the finished epochs, the first is epoch 0: before training.
        marks: changes of settings and other events, to be drawn as vertical lines.

    """

    update: Doubles
    update_epoch: Doubles
    update_loss: Doubles
    grad_norm: Doubles
    epochs: tuple[EpochRow, ...] = ()
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True)
class ParameterGradient:
    """The gradient buffer of one parameter: ``left_over + batch = used``, value by value.

    Attributes:
        name: as PyTorch names it, e.g. ``hidden1.weight``.
        shape: of the parameter itself.
        left_over, batch, used: 2-D pictures, row-major: ``(outputs, inputs)`` for a matrix, ``(1, n)`` for a
            bias, filters side by side for a convolution; None where the buffer holds None (not zeros).
            They may hold NaN and infinities.

    """

    name: str
    shape: tuple[int, ...]
    left_over: Floats | None
    batch: Floats | None
    used: Floats | None


@dataclass(frozen=True)
class Gradients:
    """The gradient buffer at one moment, as the phase before it left it.

    Until its backward pass a batch has added nothing: its part is None, and what is left over is all there is.
    Clipping shortens what is used, so that the sum is longer; zeroing after backward leaves nothing of it.

    Attributes:
        update: the update that will use it, or used it; micro-batch ``micro_batch`` of ``accumulate``; where
            sequences are cut into chunks, ``chunk`` of ``chunks`` of that micro-batch.
        norm: of what the optimizer uses, before clipping; ``clipped`` after it.
        zeroing: the setting in force.
        stale: whether gradients from before this update's first batch are in it.
        phase: the phase done last; ``awaited``: whether the batch will add its part, but has not yet.
        loss: the unscaled mean loss of this micro-batch; None before its forward pass.
        experiment: the settings in force.

    """

    update: int
    micro_batch: int
    accumulate: int
    norm: float
    clipped: float
    zeroing: str
    parameters: tuple[ParameterGradient, ...] = ()
    stale: bool = False
    phase: Phase = "updated"
    loss: float | None = None
    experiment: Experiment = field(default_factory=Experiment)
    awaited: bool = False
    chunk: int = 1
    chunks: int = 1


@dataclass(frozen=True)
class Timeline:
    """Layers × updates: the root mean square of each layer's used gradient.

    Attributes:
        layers: names, in the order of the signal; one per row of ``rms``.
        updates: the update of each column.
        rms: ``(layers, updates)``, not yet logarithmic: 0 is an exact zero, -1 stands for None and
            NaN for NaN or infinity.

    """

    layers: tuple[str, ...]
    updates: Doubles
    rms: Doubles


@dataclass(frozen=True)
class Confusion:
    """Counts on the validation rows: ``counts[true, predicted]``, measured after epoch ``epoch``."""

    epoch: int
    class_names: tuple[str, ...]
    counts: Counts


@dataclass(frozen=True)
class PlaneView:
    """A 2-D data set with what the model says everywhere.

    Attributes:
        x, y: the two axes, in the data's own units; ``grid`` is ``(len(y), len(x))``.
        predicted: the class number at each grid point; ``confidence`` the probability of that class.
        train_points, validation_points: ``(rows, 2)`` in the data's units (at most 2,000 of each);
            ``train_classes``, ``validation_classes`` their class numbers.

    """

    axis_names: tuple[str, str]
    class_names: tuple[str, ...]
    x: Doubles
    y: Doubles
    predicted: Counts
    confidence: Floats
    train_points: Doubles
    train_classes: Counts
    validation_points: Doubles
    validation_classes: Counts


@dataclass(frozen=True)
class LineView:
    """A regression on one input: the points, and the model's curve over ``x``, in the data's units."""

    input_name: str
    target_name: str
    x: Doubles
    fitted: Doubles
    train_points: Doubles
    validation_points: Doubles


@dataclass(frozen=True)
class PredictedView:
    """A regression on several inputs: predicted against true validation values, in the data's units."""

    target_name: str
    true: Doubles
    predicted: Doubles


@dataclass(frozen=True)
class PicturesView:
    """Some validation pictures with what the model says of them, always the same ones.

    Attributes:
        pictures: ``(n, height, width)``, 0 … 1.
        true, predicted: class numbers; ``confidence`` the probability of the predicted class.

    """

    class_names: tuple[str, ...]
    pictures: Floats
    true: Counts
    predicted: Counts
    confidence: Floats


@dataclass(frozen=True)
class TableView:
    """Any other classification: some validation rows with what the model says of them.

    Attributes:
        columns: names of the inputs; ``rows`` is ``(n, len(columns))`` in the data's units.

    """

    columns: tuple[str, ...]
    class_names: tuple[str, ...]
    rows: Doubles
    true: Counts
    predicted: Counts
    confidence: Floats


DataView = PlaneView | LineView | PredictedView | PicturesView | TableView


@dataclass(frozen=True)
class Notice:
    """Something to tell beside the field ``key`` (empty: to the run as a whole)."""

    level: Literal["info", "warning", "error"]
    text: str
    key: str = ""


@dataclass(frozen=True)
class Frame:
    """One picture of a run: everything the window shows. Parts that nobody watches are None.

    Attributes:
        serial: grows with every frame; ``run`` grows with every reset: panels forget the old run then.
        train_loss: of the latest update (before the first: the untouched model's).
        device: where it runs, e.g. ``cpu``; ``devices`` the kinds that this machine has.
        experiment: the settings of the update under way, or of the next one between two updates.

    """

    serial: int = 0
    run: int = 0
    state: State = State.LOADING
    progress: Progress = field(default_factory=Progress)
    train_loss: float | None = None
    val_loss: float | None = None
    val_accuracy: float | None = None
    task: Literal["classification", "regression"] = "classification"
    device: str = ""
    devices: tuple[str, ...] = ()
    experiment: Experiment | None = None
    curves: Curves | None = None
    gradients: Gradients | None = None
    timeline: Timeline | None = None
    confusion: Confusion | None = None
    data: DataView | None = None
    notice: Notice | None = None
