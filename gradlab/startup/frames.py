"""The trick ``frames``: torch notes where its operators are declared, without the lines around these places.

With the lines comes a search through all loaded modules for the one that a place is in.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from gradlab.startup import is_on


@contextmanager
def without_lines() -> Iterator[None]:
    """Let ``inspect.getframeinfo`` return no lines of source for as long as this lasts."""
    import inspect  # here: the window does not wait for it

    whole = inspect.getframeinfo
    if is_on("frames"):
        inspect.getframeinfo = partial(whole, context=0)
    try:
        yield
    finally:
        inspect.getframeinfo = whole
