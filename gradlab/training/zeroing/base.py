"""What a zeroing mode is: when it empties the gradient buffer, and what is said of that while stepping."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from gradlab.experiment.registry import Entry, Registry
from gradlab.language import mark

if TYPE_CHECKING:  # torch, which comes with it, takes most of a second to load
    from gradlab.training.epoch import Counters

# Where the loop asks: an epoch begins, an accumulation window begins, a micro-batch begins, the optimizer is next.
Moment = Literal["epoch", "window", "batch", "step"]


class ZeroingMode(Entry):
    """A zeroing mode. Texts are in English, and marked.

    Attributes:
        moments: at which ones it may empty the buffer; code that is exported has its lines there.
        contrast: the mode that *Run again* runs with, to compare; its ``again`` and ``again_help`` are what the
            command says.
        emptied: said when the buffer was emptied as this mode has it; ``{emptied}`` stands for that. Empty: what
            is said of any mode.
        stays: said after an update, of what is still in the buffer.
        warning: said of a full buffer of several batches, ``{count}``, that is not what it should be.
        comment: a comment at the beginning of each batch in the code that is exported.
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
