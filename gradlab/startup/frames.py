"""The trick ``frames``: torch records where its operators are declared, but without the surrounding source lines.

Finding the lines would take a search through all loaded modules for each place.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from gradlab.startup import is_on


@contextmanager
def without_lines() -> Iterator[None]:
    """Make ``inspect.getframeinfo`` return no lines of source inside this context."""
    import inspect  # here: the window does not wait for it

    whole = inspect.getframeinfo
    if is_on("frames"):
        inspect.getframeinfo = partial(whole, context=0)
    try:
        yield
    finally:
        inspect.getframeinfo = whole
