"""Where each value of a parameter is drawn: matrices, filters of a convolution, stacked gates, pictures."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np
from numpy.typing import NDArray

from gradlab.instruments.records import ParameterGradient
from gradlab.language import sentences, tr

Positions = NDArray[np.int64]
GAP = -1
_WIDEST_GRID = 2.2  # a grid of pictures may be this many times as wide as high, squared


@dataclass(frozen=True)
class Axis:
    """One side of a picture.

    Attributes:
        title: what is counted along it, e.g. ``units``.
        labels: numbers or letters, each after its place, counted in values from the beginning.
    """

    title: str
    labels: tuple[tuple[float, str], ...] = ()


@dataclass(frozen=True, eq=False)
class ValueGrid:
    """A parameter's values in a grid.

    Attributes:
        order: ``(rows, columns)``, positions in the flattened parameter; −1 for gaps.
        down, across: the axes.
        units_down: whether units, filters or gates run down, so that the bias fits beside the rows.
        is_square: whether values must not be stretched, because they form pictures.
    """

    order: Positions
    down: Axis
    across: Axis
    units_down: bool = True
    is_square: bool = False

    @property
    def in_words(self) -> str:
        """What the rows and the columns are."""
        rows = tr("Rows: {what}.").format(what=self.down.title) if self.down.title else ""
        columns = tr("Columns: {what}.").format(what=self.across.title) if self.across.title else ""
        return sentences((rows, columns))


def arrange(parameter: ParameterGradient, shape: Sequence[int], pictures: bool = False) -> ValueGrid:
    """Return how the arrays of a parameter are drawn: never higher than wide.

    Args:
        parameter: whose arrays.
        shape: of the arrays: the parameter's own, or that of smaller 2-D pictures that stand for it.
        pictures: whether to draw each unit's weights as a picture, one for each input pixel.
    """
    values = np.arange(int(np.prod(shape)), dtype=np.int64).reshape(shape)
    if tuple(shape) != parameter.shape:
        return _matrix(values, tr("blocks of units"), tr("blocks of inputs"))
    if values.ndim < 2:
        return strip(parameter, shape, down=False)
    if values.ndim == 4:
        return _filters(values)
    if parameter.gates:
        return _gates(values, parameter.gates, _sources(parameter))
    if pictures and parameter.pixels:
        return _pictures(values.reshape(len(values), *parameter.pixels))
    return _matrix(values.reshape(len(values), -1), tr("units"), _sources(parameter))


def strip(parameter: ParameterGradient, shape: Sequence[int], *, down: bool) -> ValueGrid:
    """Return how a vector is drawn, e.g. a bias beside the units of its weight; arguments: see ``arrange``."""
    values = np.arange(int(np.prod(shape)), dtype=np.int64)
    gates = parameter.gates if tuple(shape) == parameter.shape else ""
    grid = values.reshape(1, max(len(gates), 1), 1, -1)
    order = _spread(grid)
    labels = _block_labels(gates, grid.shape[3]) if gates else _counted(len(values))
    units, nothing = Axis(tr("units"), labels), Axis("")
    if down:
        return ValueGrid(order.T, units, nothing)
    return ValueGrid(order, nothing, units, units_down=False)


def _sources(parameter: ParameterGradient) -> str:
    """Return what the columns of a matrix are."""
    return tr("units one step before") if "weight_hh" in parameter.name else tr("inputs")


def _matrix(values: Positions, rows: str, columns: str) -> ValueGrid:
    down, across = Axis(rows, _counted(values.shape[0])), Axis(columns, _counted(values.shape[1]))
    if values.shape[0] > values.shape[1]:
        return ValueGrid(values.T, across, down, units_down=False)
    return ValueGrid(values, down, across)


def _gates(values: Positions, gates: str, columns: str) -> ValueGrid:
    """Return one block per gate, side by side where they would be higher than wide."""
    units = len(values) // len(gates)
    grid = values.reshape(len(gates), 1, units, -1)
    letters = Axis(tr("gates, each with its units"), _block_labels(gates, units))
    inputs = Axis(columns, _counted(values.shape[1]))
    if values.shape[0] > values.shape[1]:
        return ValueGrid(_spread(grid.transpose(1, 0, 3, 2)), inputs, letters, units_down=False)
    return ValueGrid(_spread(grid), letters, inputs)


def _filters(values: Positions) -> ValueGrid:
    """Return one block per filter and channel; the blocks may be transposed, the filters never."""
    out, channels, height, width = values.shape
    filters = Axis(tr("filters"), _block_labels(range(out), height))
    if out * height > channels * width:
        filters = Axis(tr("filters"), _block_labels(range(out), width))
        inputs = Axis(tr("channels"), _block_labels(range(channels), height))
        order = _spread(values.transpose(1, 0, 2, 3))
        return ValueGrid(order, inputs, filters, units_down=False, is_square=True)
    inputs = Axis(tr("channels"), _block_labels(range(channels), width))
    return ValueGrid(_spread(values), filters, inputs, is_square=True)


def _pictures(values: Positions) -> ValueGrid:
    """Return one picture per unit (and channel), in lines of equally many units."""
    units, channels, height, width = values.shape
    per_line = units_per_line(units)
    lines = ceil(units / per_line)
    grid = np.full((lines * per_line, channels, height, width), GAP)
    grid[:units] = values
    grid = grid.reshape(lines, per_line * channels, height, width)
    first = [str(line * per_line) for line in range(lines)]
    across = [f"+{number}" for number in range(per_line)]
    wide = channels * (width + 1) - 1
    return ValueGrid(
        _spread(grid),
        Axis(tr("lines of {count} units").format(count=per_line), _block_labels(first, height)),
        Axis(tr("one picture per unit"), _block_labels(across, wide)),
        units_down=False,
        is_square=True,
    )


def units_per_line(units: int) -> int:
    """Return how many pictures per line make a grid a bit wider than high, with full lines if possible."""
    least = ceil(sqrt(units))
    most = int(_WIDEST_GRID * sqrt(units))
    return next((count for count in range(least, most + 1) if units % count == 0), least)


def _spread(grid: Positions) -> Positions:
    """Put ``(lines, blocks per line, rows, columns)`` into a plane, with a gap of one value between blocks."""
    lines, blocks, rows, columns = grid.shape
    wide = np.full((lines, blocks, rows + 1, columns + 1), GAP)
    wide[:, :, :rows, :columns] = grid
    plane: Positions = wide.transpose(0, 2, 1, 3).reshape(lines * (rows + 1), blocks * (columns + 1))
    return plane[:-1, :-1]


def _counted(count: int) -> tuple[tuple[float, str], ...]:
    return tuple((number + 0.5, str(number)) for number in range(count))


def _block_labels(names: Sequence[object], length: int) -> tuple[tuple[float, str], ...]:
    """Put a label in the middle of each block of ``length`` values, which gaps of one value part."""
    return tuple((number * (length + 1) + length / 2, str(name)) for number, name in enumerate(names))
