"""Panels made ahead of the lab, one by one, so that the window answers in between."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:  # they bring the plots with them
    from gradlab.window.panels.base import Panel

MakePanels: TypeAlias = "Callable[[], Iterable[Panel]]"


class PanelsAhead:
    """The panels for a lab, made while there is time, or all at once when they are needed.

    Attributes:
        are_made: whether there are no more to make.
    """

    def __init__(self, make: Callable[[], Iterable[Panel]]) -> None:
        self._make = make
        self._making: Iterator[Panel] | None = None
        self._made: list[Panel] = []
        self.are_made = False

    def make_one(self) -> None:
        """Make the next one."""
        if self._making is None:
            self._making = iter(self._make())
        panel = next(self._making, None)
        if panel is None:
            self.are_made = True
        else:
            self._made.append(panel)

    def all(self) -> list[Panel]:
        """Return all of them."""
        while not self.are_made:
            self.make_one()
        return self._made
