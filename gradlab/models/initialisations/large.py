from typing_extensions import override

from gradlab.language import mark
from gradlab.models.initialisations.base import INITIALISATIONS, Initialisation
from gradlab.torch_types import Tensor


@INITIALISATIONS.register
class LargeNumbers(Initialisation):
    """Normal numbers of deviation 0.4."""

    name = "large"
    rank = 40
    english_label = mark("Large")
    english_help = mark("Normal with deviation 0.4, biases 0: deep networks explode.")

    @override
    def draw(self, matrix: Tensor) -> None:
        matrix.normal_(std=0.4)
