"""What is known of a panel beside its drawing. Read without Qt: lessons name panels, too.

Each folder in ``gradlab/window/panels`` says it of its panel in ``__init__.py``, as ``ABOUT``, and draws the panel
in ``panel.py``, or in ``__init__.py`` as well. Nothing else has to know that the panel exists.
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
MOST_LANES = 4  # runs that have room beside each other


@dataclass(frozen=True)
class InRow:
    """A place of its own in the free lab.

    Attributes:
        row: 0 for the upper, 1 for the lower one.
        column: its turn from the left.
        width: pixels at the usual size of the window.
    """

    row: int
    column: int
    width: int


@dataclass(frozen=True)
class Behind:
    """A place that is shared with another panel: tabs choose which of them is seen.

    Attributes:
        panel: the name of the panel in front.
        tab: its turn among those behind the same panel.
    """

    panel: str
    tab: int = 50


@dataclass(frozen=True, kw_only=True)
class PanelInfo:
    """What the menus, the layouts and the lessons know of a panel.

    Attributes:
        name: the name of its folder, e.g. ``loss``.
        title: what people read; marked, to be translated where it is shown, as is ``help``.
        help: *What is this?* in plain words.
        watches: the kinds of records that it draws: they are made only while a visible panel watches them.
        order: its turn in the menu View; the built-in ones count in tens.
        place: where it stands in the free lab; None for the form, to the left of all others.
        seen_first: whether it is open before anything was chosen.
        lower_row: pixels that the lower row needs while it is open there.
        for_stepping: whether it opens when people go phase by phase for the first time.
        in_lessons: whether the step of a lesson can ask for it.
        wide: whether it needs all the width that there is, in a lesson.
        lesson_height: its share of the height there.
        of_runs: whether each racing run can have one of its own.
        of_all_runs: whether it shows every run at once.
        views: what a lesson can ask it to show, by name; the first one is what it opens with.
    """

    name: str
    title: str
    help: str
    watches: Kinds = frozenset()
    order: int = 900
    place: InRow | Behind | None = Behind("confusion")
    seen_first: bool = False
    lower_row: int = 250
    for_stepping: bool = False
    in_lessons: bool = True
    wide: bool = False
    lesson_height: int = 4
    of_runs: bool = False
    of_all_runs: bool = False
    views: tuple[str, ...] = ()


@cache
def panels() -> tuple[PanelInfo, ...]:
    """Return what is known of every panel, in the order of the menu View."""
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
        return None  # it is drawn in the same file, and there is no window
    return about


def lesson_panels() -> dict[str, PanelInfo]:
    """Return the panels that a lesson can ask for, by name."""
    return {info.name: info for info in panels() if info.in_lessons}
