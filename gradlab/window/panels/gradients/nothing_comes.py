"""Why a batch adds nothing to a layer, where the gradients themselves tell it."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby, pairwise

from gradlab.instruments.records import BufferState, Floats, ParameterGradient
from gradlab.language import shown_name, tr


@dataclass(frozen=True)
class _Layer:
    """A layer with weight matrices, and what a batch adds to it.

    Attributes:
        matrices, biases: whether the batch adds anything but zeros there.
        weighs: whether any of its weights is not 0.
    """

    name: str
    matrices: bool
    biases: bool
    weighs: bool

    @property
    def gets_nothing(self) -> bool:
        return not (self.matrices or self.biases)


def why_nothing_comes(gradients: BufferState) -> str:
    """Say in a sentence why this batch adds nothing to some layers; empty if it does, or if nobody knows why."""
    layers = [] if gradients.awaited else list(_layers(gradients.parameters))
    if layers and all(layer.gets_nothing for layer in layers):
        if gradients.loss == 0:
            return tr("This batch adds nothing: its loss is 0, so there is nothing left to learn from it.")
        return ""
    for before, after in pairwise(layers):
        if before.gets_nothing and not after.gets_nothing:
            return _between(before, after)
    return ""


def _between(before: _Layer, after: _Layer) -> str:
    """Say what a layer that gets nothing does to the gradient that the one after it gets."""
    if not after.matrices:  # a weight's gradient is that of its unit times its input
        said = tr(
            "This batch adds nothing up to {layer}: all its units output 0 for every row, they are dead, and no "
            "gradient comes through. The panel Activations shows them."
        )
    elif after.weighs:
        said = tr(
            "This batch adds nothing up to {layer}: all its units are where their activation is flat, so no "
            "gradient comes through. The panel Activations shows them."
        )
    else:
        return ""
    return said.format(layer=shown_name(before.name))


def _layers(parameters: Iterable[ParameterGradient]) -> Iterable[_Layer]:
    """Yield the layers to which the batch could have added something."""
    for name, group in groupby(parameters, lambda parameter: parameter.name.rpartition(".")[0]):
        parts = list(group)
        matrices = [part for part in parts if len(part.shape) > 1]
        if matrices and all(part.batch is not None for part in parts):
            biases = [part for part in parts if len(part.shape) == 1]
            yield _Layer(
                name,
                matrices=_any(part.batch for part in matrices),
                biases=_any(part.batch for part in biases),
                weighs=_any(part.weights for part in matrices),
            )


def _any(arrays: Iterable[Floats | None]) -> bool:
    return any(array is not None and bool(array.any()) for array in arrays)
