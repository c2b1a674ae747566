from typing_extensions import override

from gradlab.language import mark
from gradlab.models.initialisations.base import INITIALISATIONS, Initialisation
from gradlab.torch_types import Tensor


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
