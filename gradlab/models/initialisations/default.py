from gradlab.language import mark
from gradlab.models.initialisations.base import INITIALISATIONS, Initialisation


@INITIALISATIONS.register
class AsPyTorchDraws(Initialisation):
    """The weights as PyTorch draws them."""

    name = "default"
    rank = 10
    english_label = mark("PyTorch default")
    english_help = mark("Uniform within ±1/√inputs, biases too.")
    redraws = False
