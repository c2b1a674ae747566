"""Normal numbers of deviation 0.01."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from gradlab.language import mark
from gradlab.models.initialisations.base import INITIALISATIONS, Initialisation

if TYPE_CHECKING:
    from torch import Tensor


@INITIALISATIONS.register
class SmallNumbers(Initialisation):
    """Normal numbers of deviation 0.01."""

    name = "small"
    rank = 30
    english_label = mark("Small")
    english_help = mark("Normal with deviation 0.01, biases 0.")

    @override
    def draw(self, matrix: Tensor) -> None:
        from torch.nn import init

        init.normal_(matrix, std=0.01)
