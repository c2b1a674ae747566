"""How a run went, update by update and epoch by epoch."""

from dataclasses import dataclass
from typing import Literal

from gradlab.instruments.records.arrays import Doubles
from gradlab.instruments.records.rows import EpochRow

MarkKind = Literal["change", "note", "end", "diverged"]


@dataclass(frozen=True)
class Mark:
    """Something that happened at an update.

    Attributes:
        kind: ``change`` of a setting; ``note``, e.g. of a dropped tail; ``end`` of the run as it should be,
            ``diverged`` where it is not.

    """

    update: int
    text: str
    kind: MarkKind = "note"


@dataclass(frozen=True)
class Curves:
    """Everything the loss panel draws. Arrays of one group have equal length.

    Attributes:
        update_epoch: position of each update in epochs, e.g. 1.25; ``update_loss`` its unscaled mean loss.
        epochs: the finished epochs, the first is epoch 0: before training.
        marks: changes of settings and other events, to be drawn as vertical lines.

    """

    update: Doubles
    update_epoch: Doubles
    update_loss: Doubles
    grad_norm: Doubles
    epochs: tuple[EpochRow, ...] = ()
    marks: tuple[Mark, ...] = ()
