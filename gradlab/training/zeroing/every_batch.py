from gradlab.language import mark
from gradlab.training.zeroing.base import ZEROING, ZeroingMode


@ZEROING.register
class EveryBatch(ZeroingMode):
    """A common mistake: emptied before every micro-batch."""

    name = "every_batch"
    rank = 20
    english_label = mark("Every batch")
    english_help = mark("A bug once you accumulate: only the last batch survives.")
    moments = frozenset({"batch"})
    warning = mark("The buffer is emptied before every batch: only the last of {count} counts.")
