"""Where panels stand beside each other, as plain data."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from gradlab.panel_info import Behind, InRow, PanelInfo

LayoutKind = Literal["free", "step", "lanes"]
FORM = "experiment"
FORM_WIDTH = 300
HEIGHT, HEIGHT_STEPPING = 590, 576  # of both rows of the free lab
LOWER_STEPPING = 346  # code and network are read while stepping: what the buffer holds is then the main thing


@dataclass(frozen=True)
class DockRow:
    """Docks beside each other.

    Attributes:
        docks: the keys of those in front, from the left.
        widths: in pixels, one per dock; by default all are as wide.
        height: in pixels, or a share of the whole.
    """

    docks: tuple[str, ...]
    widths: tuple[int, ...] = ()
    height: int = 1


@dataclass(frozen=True)
class Layout:
    """The form to the left, rows of docks beside it, and every other dock behind one of them.

    Attributes:
        kind: what wants the panels like this; of each kind there is one layout at a time.
        rows: from above.
        behind: keys of docks that stand behind another one, in the order of their tabs. A dock that is named
            nowhere stands behind the first one.
        shown: keys of the docks that are open.
        in_shares: whether the heights of the rows are shares, not pixels.
        raised: keys of those that are nevertheless seen, in front of the one they stand behind.
    """

    kind: LayoutKind
    rows: tuple[DockRow, ...]
    shown: frozenset[str]
    behind: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    in_shares: bool = False
    raised: frozenset[str] = frozenset()


def free_layout(infos: Sequence[PanelInfo], shown: Collection[str] = ()) -> Layout:
    """Return the layout of the free lab.

    Args:
        infos: the panels that there are.
        shown: names of those that need room; by default those that are seen first.
    """
    shown = frozenset(shown or (info.name for info in infos if info.seen_first))
    upper, lower = _free_heights(infos, shown)
    rows = [_free_row(infos, 0, upper), _free_row(infos, 1, lower)]
    behind = {
        front.name: tuple(name for _, name in sorted(_tabs(infos, front.name)))
        for front in infos
        if any(_tabs(infos, front.name))
    }
    raised = frozenset(info.name for info in infos if isinstance(info.place, Behind)) & shown
    return Layout("free", tuple(row for row in rows if row.docks), shown, behind, raised=raised)


def _free_row(infos: Sequence[PanelInfo], row: int, height: int) -> DockRow:
    placed = [
        (info.place, info.name) for info in infos if isinstance(info.place, InRow) and info.place.row == row
    ]
    placed.sort(key=lambda pair: pair[0].column)
    return DockRow(tuple(name for _, name in placed), tuple(place.width for place, _ in placed), height)


def _tabs(infos: Iterable[PanelInfo], front: str) -> list[tuple[int, str]]:
    return [
        (info.place.tab, info.name)
        for info in infos
        if isinstance(info.place, Behind) and info.place.panel == front
    ]


def _free_heights(infos: Sequence[PanelInfo], shown: Collection[str]) -> tuple[int, int]:
    """Return the heights of both rows: the lower one gets what the neediest of its open panels needs."""
    stepping = [info.name in shown for info in infos if info.for_stepping]
    if stepping and all(stepping):
        return HEIGHT_STEPPING - LOWER_STEPPING, LOWER_STEPPING
    lower = max((info.lower_row for info in infos if info.name in shown), default=PanelInfo.lower_row)
    return HEIGHT - lower, lower
