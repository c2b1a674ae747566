"""The trick ``turns``: the window is painted first, and the lab is loaded and built behind it, piece by piece.

Between two pieces the window answers. Without the trick all of it is done before the window is shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradlab.startup import is_on

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def postponed(pieces: Iterator[Callable[[], object]]) -> Iterator[Callable[[], object]]:
    """Return the pieces that are to be done behind the window: all of them, or none because they are done now."""
    if not is_on("turns"):
        for piece in pieces:
            piece()
    return pieces
