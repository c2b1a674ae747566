"""A layer's weight with its bias, which share a row in the gradients panel, and words for their values."""

from dataclasses import dataclass
from math import prod

import numpy as np

from gradlab.instruments.records import Floats, ParameterGradient
from gradlab.language import listed, mark, sentences, tr, trc
from gradlab.window.charts.formatting import exact, short
from gradlab.window.panels.gradients.pair_pictures import Cell

# What PyTorch's names for the weights of recurrent layers mean.
_SOURCES = {"weight_ih_l0": mark("from inputs"), "weight_hh_l0": mark("from itself")}


@dataclass(frozen=True)
class Pair:
    """A weight with its bias; what has no partner stands alone."""

    weight: ParameterGradient
    bias: ParameterGradient | None = None

    @property
    def parameters(self) -> tuple[ParameterGradient, ...]:
        """Both, or the one there is."""
        return (self.weight,) if self.bias is None else (self.weight, self.bias)

    @property
    def layer(self) -> str:
        """The name of the layer."""
        return self.weight.name.rpartition(".")[0] or self.weight.name

    @property
    def part(self) -> str:
        """What tells the weight from others of its layer; empty where it is the only one."""
        part = self.weight.name.rpartition(".")[2]
        return "" if part == "weight" else tr(_SOURCES.get(part, part))

    @property
    def title(self) -> str:
        """The name by which it is chosen from a list."""
        return f"{self.layer}, {self.part}" if self.part else self.layer

    @property
    def name_lines(self) -> list[str]:
        """What stands beside its pictures: the layer, and which weight it is or how many units lead where."""
        shape = self.weight.shape
        size = f"{shape[1]} → {shape[0]}" if len(shape) >= 2 else ""
        return [line for line in (self.layer, self.part or size) if line]

    @property
    def is_whole(self) -> bool:
        """Whether the arrays hold every value; those of large layers hold the largest of each block."""
        return all(array_shape(parameter) == parameter.shape for parameter in self.parameters)

    @property
    def signature(self) -> tuple[object, ...]:
        """What must stay the same for a row of pictures to be used again."""
        return tuple((part.name, part.shape, array_shape(part)) for part in self.parameters)

    def of(self, cell: Cell) -> ParameterGradient:
        """Return the parameter that a cell belongs to."""
        return self.bias if cell.bias and self.bias else self.weight


def pairs(parameters: tuple[ParameterGradient, ...]) -> list[Pair]:
    """Put each bias beside the weight of the same layer, in the order of the weights."""
    by_name = {parameter.name: parameter for parameter in parameters}
    partners = {name: by_name.get(name.replace("weight", "bias")) for name in by_name if "weight" in name}
    taken = {partner.name for partner in partners.values() if partner}
    return [
        Pair(parameter, partners.get(parameter.name))
        for parameter in parameters
        if parameter.name not in taken
    ]


def array_shape(parameter: ParameterGradient) -> tuple[int, ...]:
    """Return the shape of the arrays; where all are None, that of the parameter itself."""
    arrays = (parameter.weights, parameter.used, parameter.batch, parameter.left_over)
    return next((array.shape for array in arrays if array is not None), parameter.shape)


# --- words for one value -------------------------------------------------------------------------------------


def sum_line(pair: Pair, cell: Cell, sign: str, awaited: bool) -> str:
    """Return the sum of one value in the buffer, in words and short numbers."""
    parameter = pair.of(cell)
    left_over, batch, used = (
        _short(_at(array, cell)) for array in (parameter.left_over, parameter.batch, parameter.used)
    )
    said = (
        tr("{value}: {used} in the buffer; this batch has added nothing yet")
        if awaited
        else tr("{value}: left over {left_over} + batch {batch} {sign} used {used}")
    )
    return said.format(
        value=index_of(parameter, cell), left_over=left_over, batch=batch, sign=sign, used=used
    )


def exact_line(pair: Pair, cell: Cell, sign: str, awaited: bool) -> str:
    """Return everything about one weight: its value, the sum in the buffer and the update, in all digits."""
    parameter = pair.of(cell)
    left_over, batch, used, weight, update = (
        _exact(_at(array, cell))
        for array in (
            parameter.left_over,
            parameter.batch,
            parameter.used,
            parameter.weights,
            parameter.update,
        )
    )
    weighs = "" if parameter.weights is None else f" = {weight}"
    value = f"{index_of(parameter, cell)}{weighs}"
    if awaited:
        said = tr("{value} ({place}). Gradient in the buffer: {used}; this batch has added nothing yet.")
    elif parameter.left_over is None and sign == "=":
        said = tr("{value} ({place}). Gradient {used}, all of it from this batch.")
    else:
        said = tr("{value} ({place}). Gradient {used}: left over {left_over} + batch {batch} {sign} {used}.")
    words = said.format(
        value=value,
        place=place_in_words(parameter, cell),
        left_over=left_over,
        batch=batch,
        sign=sign,
        used=used,
    )
    if parameter.update is None:
        return words
    return sentences((words, tr("The update added {update}.").format(update=update)))


def index_of(parameter: ParameterGradient, cell: Cell) -> str:
    """Return a value's name as in PyTorch, e.g. ``hidden1.weight[3, 17]``; of a block, what stands for it."""
    place = ", ".join(map(str, _index(parameter, cell)))
    if array_shape(parameter) != parameter.shape:
        return tr("{name}, the largest of block {place}").format(name=parameter.name, place=place)
    return f"{parameter.name}[{place}]"


def place_in_words(parameter: ParameterGradient, cell: Cell) -> str:
    """Return what a value belongs to, e.g. ``unit 3, input 17``."""
    index = _index(parameter, cell)
    if array_shape(parameter) != parameter.shape:
        return tr("this layer is large: each block shows its largest value")
    if len(index) == 4:
        return tr("filter {filter}, channel {channel}, row {row}, column {column}").format(
            filter=index[0], channel=index[1], row=index[2], column=index[3]
        )
    words = [_unit(parameter, index[0])]
    if len(index) == 2:
        words.append(_source(parameter, index[1]))
    return listed(words)


def _unit(parameter: ParameterGradient, row: int) -> str:
    gates = parameter.gates
    if not gates:
        return tr("unit {number}").format(number=row)
    gate, unit = divmod(row, parameter.shape[0] // len(gates))
    return tr("gate {letter}: {name}, unit {unit}").format(
        letter=gates[gate], name=_gate_name(gates[gate]), unit=unit
    )


def _gate_name(letter: str) -> str:
    return {
        "r": trc("gate", "reset"),
        "z": trc("gate", "update"),
        "n": trc("gate", "new value"),
        "i": trc("gate", "input"),
        "f": trc("gate", "forget"),
        "g": trc("gate", "cell value"),
        "o": trc("gate", "output"),
    }[letter]


def _source(parameter: ParameterGradient, column: int) -> str:
    if "weight_hh" in parameter.name:
        return tr("from unit {unit} one step before").format(unit=column)
    if not parameter.pixels:
        return tr("input {number}").format(number=column)
    channel, row, across = np.unravel_index(column, parameter.pixels)
    said = (
        tr("pixel in row {row}, column {column} of channel {channel}")
        if parameter.pixels[0] > 1
        else tr("pixel in row {row}, column {column}")
    )
    return said.format(row=row, column=across, channel=channel)


def _index(parameter: ParameterGradient, cell: Cell) -> tuple[int, ...]:
    shape = array_shape(parameter)
    return tuple(int(number) for number in np.unravel_index(cell.index, shape)) if prod(shape) else ()


def _at(array: Floats | None, cell: Cell) -> np.float32 | None:
    return None if array is None else np.float32(array.ravel()[cell.index])


def _short(value: np.float32 | None) -> str:
    return tr("None") if value is None else short(float(value))


def _exact(value: np.float32 | None) -> str:
    return tr("None") if value is None else exact(value)
