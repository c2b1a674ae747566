from typing_extensions import override

from gradlab.language import mark
from gradlab.models.initialisations.base import INITIALISATIONS, Initialisation
from gradlab.torch_types import Tensor


@INITIALISATIONS.register
class Zeros(Initialisation):
    """All weights 0."""

    name = "zeros"
    rank = 20
    english_label = mark("All zero")
    english_help = mark("Every unit of a layer stays the same as its neighbours: a saddle point.")

    @override
    def draw(self, matrix: Tensor) -> None:
        matrix.zero_()
