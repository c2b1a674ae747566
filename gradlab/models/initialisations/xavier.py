from typing_extensions import override

from gradlab.language import mark
from gradlab.models.initialisations.base import INITIALISATIONS, Initialisation
from gradlab.torch_types import Tensor


@INITIALISATIONS.register
class Xavier(Initialisation):
    """Glorot and Bengio 2010, uniform."""

    name = "xavier"
    rank = 50
    english_label = mark("Xavier (Glorot)")
    english_help = mark("Keeps the signal's size through tanh; biases 0.")

    @override
    def draw(self, matrix: Tensor) -> None:
        from torch.nn import init

        init.xavier_uniform_(matrix)
