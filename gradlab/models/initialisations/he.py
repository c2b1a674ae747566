"""He et al. 2015, normal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from gradlab.language import mark
from gradlab.models.initialisations.base import INITIALISATIONS, Initialisation

if TYPE_CHECKING:
    from torch import Tensor


@INITIALISATIONS.register
class He(Initialisation):
    """He et al. 2015, normal."""

    name = "he"
    rank = 60
    english_label = mark("He (Kaiming)")
    english_help = mark("Keeps the signal's size through ReLU; biases 0.")

    @override
    def draw(self, matrix: Tensor) -> None:
        from torch.nn import init

        init.kaiming_normal_(matrix, nonlinearity="relu")
