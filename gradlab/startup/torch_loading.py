"""Loads torch, most of what is needed before the first update, with all tricks that concern it."""

import importlib

from gradlab.startup.frames import without_lines
from gradlab.startup.linking import linking


def load() -> None:
    """Import torch."""
    linking.wait()
    with without_lines():
        importlib.import_module("torch")
