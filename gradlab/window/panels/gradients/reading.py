"""How to read the pictures of every layer."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gradlab.language import mark, tr
from gradlab.window.widgets.animation import Motion

HEADINGS = (mark("Left over"), mark("This batch adds"), mark("The optimizer uses"))
BUFFER = ("left_over", "batch", "used")
EXTRAS = {"weights": mark("Weights now"), "update": mark("The update added")}


def _headings() -> tuple[str, str, str]:
    left_over, batch, used = HEADINGS
    return tr(left_over), tr(batch), tr(used)


@dataclass(frozen=True)
class Reading:
    """How to read the pictures of every layer.

    Attributes:
        headings: what the three of the buffer are.
        sign: what stands before the third: ``=`` where it is the sum of the others.
        awaited: whether the batch has added nothing yet.
        warned: whether what is left over should not be there.
        lit: the numbers of the pictures that the latest phase changed.
        motions: how to show that, by part.
        moment: which phase of which batch it is; None unless the run is stepped phase by phase.
    """

    headings: tuple[str, str, str] = field(default_factory=_headings)
    sign: str = "="
    awaited: bool = False
    warned: bool = False
    lit: frozenset[int] = frozenset()
    motions: Mapping[str, Motion] = field(default_factory=dict)
    moment: tuple[object, ...] | None = None

    @property
    def signs(self) -> tuple[str, str]:
        """What stands between the pictures."""
        return "+", self.sign

    def heading_of(self, part: str) -> str:
        """Return the heading of one picture."""
        return tr(EXTRAS[part]) if part in EXTRAS else self.headings[BUFFER.index(part)]


@dataclass(frozen=True)
class Wanted:
    """What is chosen to be shown of the buffer, and how.

    Attributes:
        extras: what further rows show, of ``weights`` and ``update``.
        as_pictures: whether a layer seen large that takes pictures shows each unit's weights as one.
        common_scale: whether all layers share a colour scale.
        animated: whether to show by a motion what a phase did.
    """

    extras: tuple[str, ...] = ()
    as_pictures: bool = False
    common_scale: bool = False
    animated: bool = True
