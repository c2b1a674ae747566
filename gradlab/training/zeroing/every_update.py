from gradlab.language import mark
from gradlab.training.zeroing.base import ZEROING, ZeroingMode


@ZEROING.register
class EveryUpdate(ZeroingMode):
    """The right way: emptied when an accumulation window begins."""

    name = "every_update"
    rank = 10
    english_label = mark("Every update")
    english_help = mark("Right: each update uses only its own batches.")
    moments = frozenset({"window"})
    again = mark("Run again with zeroing")
    again_help = mark(
        "One click: keeps this run to compare with, and makes one that empties the buffer at each update."
    )
