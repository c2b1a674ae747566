"""The trick ``collector``: Python's garbage collector rests until training begins.

What is loaded at the start stays. To search all of it again and again for garbage is wasted.
"""

import gc

from gradlab.startup import is_on


def rest() -> None:
    """Collect nothing from now on."""
    if is_on("collector"):
        gc.disable()


def begin() -> None:
    """Re-enable collection if ``rest`` disabled it, and exempt all existing objects: no pause to scan them."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
