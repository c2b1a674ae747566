from gradlab.language import mark
from gradlab.training.zeroing.base import ZEROING, ZeroingMode


@ZEROING.register
class EveryEpoch(ZeroingMode):
    """Emptied when an epoch begins, so that its updates share what accumulates."""

    name = "every_epoch"
    rank = 30
    english_label = mark("Every epoch")
    english_help = mark("The gradients of a whole epoch pile up.")
    moments = frozenset({"epoch"})
    emptied = mark("a new epoch begins, so {emptied}. From here on everything piles up until the next epoch.")
    stays = mark("Nobody zeroes the buffer before the next epoch: the next batch adds to it.")
