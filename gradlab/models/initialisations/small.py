from typing_extensions import override

from gradlab.language import mark
from gradlab.models.initialisations.base import INITIALISATIONS, Initialisation
from gradlab.torch_types import Tensor


@INITIALISATIONS.register
class SmallNumbers(Initialisation):
    """Normal numbers of deviation 0.01."""

    name = "small"
    rank = 30
    english_label = mark("Small")
    english_help = mark("Normal with deviation 0.01, biases 0.")

    @override
    def draw(self, matrix: Tensor) -> None:
        matrix.normal_(std=0.01)
