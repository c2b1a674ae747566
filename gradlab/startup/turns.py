"""The trick ``turns``: the window is painted first, and the lab is then loaded and built piece by piece.

Between two pieces the window responds. Without the trick everything is done before the window is shown, which then
takes 4 times as long to appear; the first update comes as soon.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradlab.startup import is_on

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def postponed(pieces: Iterator[Callable[[], object]]) -> Iterator[Callable[[], object]]:
    """Return the pieces to do behind the window; if the trick is off, they are all done now and none is left."""
    if not is_on("turns"):
        for piece in pieces:
            piece()
    return pieces
