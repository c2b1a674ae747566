"""What a zeroing mode is: when it empties the gradient buffer, and the words for that while stepping."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from gradlab.experiment.registry import Entry, Registry
from gradlab.language import mark

if TYPE_CHECKING:  # torch, which comes with it, takes most of a second to load
    from gradlab.training.epoch import Counters

# Where the loop asks: an epoch begins, an accumulation window begins, a micro-batch begins, the optimizer is next.
Moment = Literal["epoch", "window", "batch", "step"]


class ZeroingMode(Entry):
    """A zeroing mode; its texts are in English, and marked.

    Attributes:
        moments: when it may empty the buffer; the exported code has its lines there.
        contrast: the name of the mode that *Run again* compares with; that mode's ``again`` and ``again_help``
            are the text of the command.
        emptied: the sentence after this mode emptied the buffer, with the clause ``{emptied}``; empty for the
            usual sentence.
        stays: the sentence after an update about what the buffer still holds.
        warning: the sentence about a buffer that should hold ``{count}`` batches and does not.
        comment: at the beginning of each batch in the exported code.
    """

    moments: frozenset[Moment]
    contrast: str = "never"
    again: str = ""
    again_help: str = ""
    emptied: str = ""
    stays: str = mark("The buffer still holds it until it is zeroed.")
    warning: str = ""
    comment: str = ""

    def is_due(self, moment: Moment, counters: Counters) -> bool:
        """Return whether to empty the buffer now."""
        return moment in self.moments

    def code(self, zero: str) -> tuple[str, ...]:
        """Return the lines of code at each of its moments; ``zero`` is the one that empties the buffer."""
        return (zero,)

    @property
    def loses_all(self) -> bool:
        """Whether nothing is left for the optimizer to use."""
        return "step" in self.moments

    @property
    def mixes_updates(self) -> bool:
        """Whether gradients of one update can still be in the buffer in the next one."""
        return not self.moments & {"window", "batch", "step"}

    @property
    def collects_batches(self) -> bool:
        """Whether the batches of an update add up."""
        return "batch" not in self.moments


ZEROING: Registry[ZeroingMode] = Registry("zeroing mode", "gradlab.training.zeroing")


def contrast(zeroing: str) -> ZeroingMode:
    """Return the mode to compare another one with."""
    return ZEROING[ZEROING[zeroing].contrast]
