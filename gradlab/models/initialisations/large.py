"""Normal numbers of deviation 0.4."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from gradlab.language import mark
from gradlab.models.initialisations.base import INITIALISATIONS, Initialisation

if TYPE_CHECKING:
    from torch import Tensor


@INITIALISATIONS.register
class LargeNumbers(Initialisation):
    """Normal numbers of deviation 0.4."""

    name = "large"
    rank = 40
    english_label = mark("Large")
    english_help = mark("Normal with deviation 0.4, biases 0: deep networks explode.")

    @override
    def draw(self, matrix: Tensor) -> None:
        from torch.nn import init

        init.normal_(matrix, std=0.4)
