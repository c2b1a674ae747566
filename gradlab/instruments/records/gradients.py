"""The gradient buffer, at one moment and over the updates."""

from dataclasses import dataclass, field

from gradlab.experiment.schema import Experiment
from gradlab.instruments.records.arrays import Doubles, Floats
from gradlab.instruments.records.progress import Phase


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
