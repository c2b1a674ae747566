"""What a panel declares about itself besides its drawing; readable without Qt, since lessons name panels, too.

Each folder in ``gradlab/window/panels`` declares its panel in ``__init__.py``, as ``ABOUT``, and draws it in
``panel.py``, or also in ``__init__.py``. Nothing else has to know that the panel exists.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # it brings numpy with it, and the window is painted first
    from gradlab.instruments.records import Kinds

PACKAGE = "gradlab.window.panels"
QT = "PySide6"
MOST_LANES = 4  # runs that fit side by side


@dataclass(frozen=True)
class InRow:
    """A place of its own in the free lab.

    Attributes:
        row: 0 for the upper one, 1 for the lower one.
        column: its position from the left.
        width: pixels at the usual size of the window.
    """

    row: int
    column: int
    width: int


@dataclass(frozen=True)
class Behind:
    """A place shared with another panel: tabs choose which one is visible.

    Attributes:
        panel: the name of the panel in front.
        tab: its position among those behind the same panel.
    """

    panel: str
    tab: int = 50


@dataclass(frozen=True, kw_only=True)
class PanelInfo:
    """What the menus, the layouts and the lessons need to know about a panel.

    Attributes:
        name: the name of its folder, e.g. ``loss``.
        title: what people read; marked, and translated where it is shown, like ``help``.
        help: *What is this?* in plain words.
        watches: the kinds of records that it draws: they are made only while a visible panel watches them.
        order: its position in the menu View; the built-in ones count in tens.
        place: its place in the free lab; None for the form, to the left of all others.
        seen_first: whether it is open before people choose anything.
        lower_row: pixels that the lower row needs while it is open there.
        for_stepping: whether it opens when people first step through phases.
        in_lessons: whether the step of a lesson can ask for it.
        wide: whether it needs the whole width in a lesson.
        lesson_height: its share of the height there.
        of_runs: whether each racing run can have its own.
        of_all_runs: whether it shows all runs at once.
        views: what a lesson can ask it to show, by name; it opens with the first.
    """

    name: str
    title: str
    help: str
    watches: Kinds = frozenset()
    order: int = 900
    place: InRow | Behind | None = Behind("confusion")
    seen_first: bool = False
    lower_row: int = 256
    for_stepping: bool = False
    in_lessons: bool = True
    wide: bool = False
    lesson_height: int = 4
    of_runs: bool = False
    of_all_runs: bool = False
    views: tuple[str, ...] = ()


@cache
def panels() -> tuple[PanelInfo, ...]:
    """Return the declarations of all panels, in the order of the menu View."""
    package = importlib.import_module(PACKAGE)
    folders = (module.name for module in pkgutil.iter_modules(package.__path__) if module.ispkg)
    found = filter(None, map(_about, folders))
    return tuple(sorted(found, key=lambda info: (info.order, info.name)))


def _about(folder: str) -> PanelInfo | None:
    try:
        about: PanelInfo = importlib.import_module(f"{PACKAGE}.{folder}").ABOUT
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != QT:
            raise
        return None  # it is drawn in the same file, and Qt is not installed
    return about


def lesson_panels() -> dict[str, PanelInfo]:
    """Return the panels that a lesson can ask for, by name."""
    return {info.name: info for info in panels() if info.in_lessons}
