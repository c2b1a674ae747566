from gradlab.language import mark
from gradlab.training.zeroing.base import ZEROING, ZeroingMode


@ZEROING.register
class AfterBackward(ZeroingMode):
    """Emptied between the backward pass and the optimizer's step."""

    name = "after_backward"
    rank = 50
    english_label = mark("After backward")
    english_help = mark("Emptied before the step can use it: nothing is learned.")
    moments = frozenset({"step"})
    emptied = mark("{emptied}, before the optimizer could use it. What this batch added is lost.")
    stays = ""
