"""Python's collector of garbage rests while the program starts.

What is loaded then comes to stay. To look through all of it again and again, in case some had become garbage,
takes a tenth of the start.
"""

import gc


def rest() -> None:
    """Collect nothing from now on."""
    gc.disable()


def begin() -> None:
    """Collect from now on, if it rested, and never look through what is there already: training need not wait."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
