from gradlab.language import mark
from gradlab.training.zeroing.base import ZEROING, Moment, ZeroingMode


@ZEROING.register
class Never(ZeroingMode):
    """Never emptied: every gradient stays for good."""

    name = "never"
    rank = 40
    english_label = mark("Never")
    english_help = mark("Everything piles up for ever: plain SGD becomes SGD with momentum 1.0.")
    moments = frozenset[Moment]()
    contrast = "every_update"
    again = mark("Run again without zeroing")
    again_help = mark(
        "One click: keeps this run to compare with, and makes one that never empties the buffer."
    )
    stays = mark("Nobody zeroes the buffer: the next batch adds to it.")
    comment = mark("nothing empties the gradient buffer")
