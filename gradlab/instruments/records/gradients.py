"""The gradient buffer, at one moment and over the updates."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from typing_extensions import override

from gradlab.experiment.schema import Experiment
from gradlab.instruments.records.arrays import Doubles, Floats
from gradlab.instruments.records.progress import Phase
from gradlab.instruments.records.record import Record
from gradlab.instruments.records.table import Table, plain


@dataclass(frozen=True)
class ParameterGradient:
    """One parameter and its place in the gradient buffer: ``left_over + batch = used``, value by value.

    The arrays have the parameter's own shape. Those of a large parameter are 2-D pictures instead,
    unless it is wanted whole: each block of neighbours shows its value of largest magnitude.

    Attributes:
        name: as PyTorch names it, e.g. ``hidden1.weight``.
        shape: of the parameter itself.
        left_over, batch, used: None where the buffer holds None (not zeros). They may hold NaN and infinities.
        weights: the values of the parameter now.
        update: what the latest update added to them: weights after − before. None before it, and where
            it is not wanted.
        gates: of a recurrent layer that stacks its gates, their letters in PyTorch's order, e.g. ``rzn``.
        pixels: channels, height and width, where each row of the matrix weighs the pixels of a picture.
    """

    name: str
    shape: tuple[int, ...]
    left_over: Floats | None = None
    batch: Floats | None = None
    used: Floats | None = None
    weights: Floats | None = None
    update: Floats | None = None
    gates: str = ""
    pixels: tuple[int, ...] = ()

    def rows(self) -> Iterable[Sequence[object]]:
        """Yield the rows of a table, one per value."""
        parts = (self.left_over, self.batch, self.used)
        shape = next((part.shape for part in parts if part is not None), None)
        if shape is None:
            yield (self.name, None, None, None, None, None)
            return
        width = shape[-1] if shape else 1
        size = int(np.prod(shape))
        columns = [[None] * size if part is None else plain(part.ravel()) for part in parts]
        for number, values in enumerate(zip(*columns, strict=True)):
            yield (self.name, *divmod(number, width), *values)


@dataclass(frozen=True)
class BufferWish:
    """What a panel wants to see of the buffer besides what it always gets.

    Attributes:
        updates: whether to keep the weights from before each update, to tell what the update added.
        whole: the name of a layer whose parameters are wanted whole, however large they are.
    """

    updates: bool = False
    whole: str = ""


@dataclass(frozen=True)
class BufferState(Record):
    """The gradient buffer at one moment, as the phase before it left it.

    Before its backward pass a batch has added nothing: its part is None, and the buffer holds what is left over.
    After clipping, what is used is less than the sum; after zeroing between backward and step, nothing is left.

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

    @property
    def has_left_over(self) -> bool:
        """Whether anything but zeros is left over in any layer."""
        left = (parameter.left_over for parameter in self.parameters)
        return any(values is not None and bool(values.any()) for values in left)

    @override
    def as_table(self) -> Table:
        """Return one row per value, as far as it is shown; empty where the buffer holds None.

        Rows and columns count from 0, as in PyTorch.
        """
        header = ("parameter", "row", "column", "left_over", "this_batch", "used")
        return Table(header, (row for parameter in self.parameters for row in parameter.rows()))


@dataclass(frozen=True)
class Timeline(Record):
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

    @override
    def as_table(self) -> Table:
        """Return one row per column of the picture; an empty cell where the buffer held None."""
        cells = ([None if value == -1 else value for value in column] for column in self.rms.T.tolist())
        rows = ([int(update), *column] for update, column in zip(self.updates, cells, strict=True))
        return Table(("update", *self.layers), rows)
