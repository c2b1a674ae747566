"""Finds the panels, and makes them."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from gradlab.panel_info import PACKAGE, panels

if TYPE_CHECKING:  # it brings the plots with it, which take a moment to load
    from gradlab.window.panels.base import Panel


def drawings() -> list[str]:
    """Return the names of the modules that draw the panels."""
    return [_drawing(info.name) for info in panels()]


def _drawing(name: str) -> str:
    folder = f"{PACKAGE}.{name}"
    return f"{folder}.panel" if find_spec(f"{folder}.panel") else folder


def panel_class(name: str) -> type[Panel] | None:
    """Return the class of the panel in a folder; None for the form, which the lab makes itself."""
    about = import_module(f"{PACKAGE}.{name}").ABOUT
    for kind in vars(import_module(_drawing(name))).values():
        if isinstance(kind, type) and getattr(kind, "about", None) is about:
            return kind
    return None


def make_panels() -> Iterator[Panel]:
    """Yield the panels of the lab, in the order of the menu View; the form is not among them."""
    for info in panels():
        kind = panel_class(info.name)
        if kind is not None:
            yield kind()
