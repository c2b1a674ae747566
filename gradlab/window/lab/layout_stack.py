"""Puts docks where a layout wants them, and brings the previous layout back."""

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from PySide6.QtCore import QByteArray, QObject, Qt, QTimer
from PySide6.QtWidgets import QDockWidget, QMainWindow

from gradlab.window.lab.layout import FORM, FORM_WIDTH, Layout, LayoutKind, free_layout
from gradlab.window.lab.panel_dock import PanelDock

# Grows whenever the panels change so much that an older layout no longer fits.
LAYOUT_VERSION = 3
BELOW, BESIDE = Qt.Orientation.Vertical, Qt.Orientation.Horizontal
LEFT, RIGHT = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea

LEAST_WIDTH, LEAST_HEIGHT = 220, 160  # pixels: a panel that is dropped leaves its neighbours as much


class Laid(NamedTuple):
    """A layout that is laid over another one.

    Attributes:
        layout: the upper one.
        before: the lower one as text, with what people changed of it.
    """

    layout: Layout
    before: str


class LayoutStack(QObject):
    """The layout of the free lab, and what lessons and racing runs lay over it for a while.

    Attributes:
        laid: the layouts that lie over the one of the free lab, topmost last.
        is_sized: whether the docks have got their sizes; that waits until there is room to share out.
        is_by_hand: whether people have moved panels or the borders between them: their sizes are then kept.
        own: names of the panels with which the experiment opens, in their own layout; empty: those seen first.
        left_out: names of panels that mean nothing at present.
    """

    def __init__(self, window: QMainWindow, docks: Mapping[str, PanelDock]) -> None:
        super().__init__(window)
        self._window = window
        self._docks = docks
        self.laid: list[Laid] = []
        self.is_sized = False
        self.is_by_hand = False
        self.own: frozenset[str] = frozenset()
        self.left_out: frozenset[str] = frozenset()
        self._hidden: frozenset[str] = frozenset()  # those of them that come back by themselves
        self._closed: frozenset[str] = frozenset()  # by people, before they were left out
        self._around: tuple[str, str] | None = None  # the layout with them, and the one without

    def reset(self) -> None:
        """Restore the experiment's own layout."""
        self.is_by_hand = False
        self._closed = frozenset()
        place(self._window, self._docks, self._free(self.own - self.left_out))
        self.share_out()

    def belong_to(self, names: frozenset[str]) -> None:
        """Take other panels for the experiment's own, and leave all as they are."""
        self._closed |= {key for key in self.own if key in self._docks and self._docks[key].isHidden()}
        self._closed -= self._hidden
        self.own = names

    def leave_out(self, names: frozenset[str]) -> None:
        """Hide the panels that mean nothing at present; show those again that do, where they were."""
        if names == self.left_out or self.laid:
            return
        back = {key for key in self._hidden - names if self._docks[key].isHidden()}
        gone = {key for key in names - self.left_out if key in self._docks}
        open_ones = {key for key in gone if not self._docks[key].isHidden()}
        self.left_out = names
        # What the experiment opened without was left out as well, unless people closed it.
        self._hidden = (self._hidden & names) | open_ones | (gone - self.own - self._closed)
        self._bring_back(back)
        self._hide(open_ones)

    def _bring_back(self, keys: Collection[str]) -> None:
        if keys and self._around is not None and self._around[1] == self.now():
            self.restore(self._around[0])  # to the pixel
        elif keys:
            for key in keys:
                self._docks[key].show()
            self.follow_room()

    def _hide(self, keys: Collection[str]) -> None:
        if keys:
            before = self.now()
            for key in keys:
                self._docks[key].hide()
            self._settle()
            self.follow_room()
            self._around = before, self.now()

    def lay(self, layout: Layout) -> None:
        """Lay a layout over the present one, or replace the one of its kind."""
        if self.has(layout.kind):
            self.laid[-1] = self.laid[-1]._replace(layout=layout)
        else:
            self.laid.append(Laid(layout, self.now()))
        self.is_by_hand = False
        place(self._window, self._docks, layout)
        self._share_out_laid()
        # Panels that are shown for the first time know only later how much room they need.
        QTimer.singleShot(0, self, self._share_out_laid)

    def lift(self, kind: LayoutKind) -> None:
        """Remove the layout of a kind; the one below comes back as it was."""
        if self.has(kind):
            self.restore(self.laid.pop().before)

    def has(self, kind: LayoutKind) -> bool:
        """Return whether a layout of a kind lies over the one of the free lab."""
        return any(laid.layout.kind == kind for laid in self.laid)

    def free(self) -> str:
        """Return the layout of the free lab as text."""
        return self.laid[0].before if self.laid else self.now()

    def now(self) -> str:
        """Return the visible layout as text."""
        state = bytes(self._window.saveState(LAYOUT_VERSION).toBase64().data()).decode()
        return f"{','.join(sorted(self.own))}:{'by hand' if self.is_by_hand else ''}:{state}"

    def restore(self, text: str) -> bool:
        """Restore a layout that ``free`` or ``now`` returned; return whether it fitted."""
        self._settle()
        before, _, state = text.rpartition(":")
        own, _, by_hand = before.partition(":")
        self.is_sized = self._window.restoreState(QByteArray.fromBase64(state.encode()), LAYOUT_VERSION)
        if self.is_sized:
            self.own, self.is_by_hand = frozenset(filter(None, own.split(","))), bool(by_hand)
        return self.is_sized

    def follow_room(self) -> None:
        """Share out room that has become more or less, or that other contents need."""
        if self.is_sized and not self.is_by_hand:
            self.share_out()

    def share_out(self) -> None:
        """Give every open panel its share of the room."""
        if self.laid:
            self._share_out_laid()
        else:
            shown = [key for key, dock in self._docks.items() if not dock.isHidden()]
            share_out(self._window, self._docks, self._free(shown))

    def balance(self) -> None:
        """Take room from large panels for those that a drop has squeezed to strips."""
        self._settle()
        open_docks = [dock for dock in self._docks.values() if dock.in_sight and not dock.isFloating()]
        for direction, least in ((BESIDE, LEAST_WIDTH), (BELOW, LEAST_HEIGHT)):
            for line in _lines(open_docks, direction):
                sizes = [dock.width() if direction == BESIDE else dock.height() for dock in line]
                if min(sizes) < least:
                    self._window.resizeDocks(line, fair(sizes, least), direction)
                    self._settle()

    def _share_out_laid(self) -> None:
        if self.laid:
            self._settle()
            share_out(self._window, self._docks, self.laid[-1].layout)
            self._settle()

    def _settle(self) -> None:
        """Make Qt lay out the docks now; otherwise it goes on with the sizes and tabs of those before.

        A layout that is restored without this leaves one of those tabs in the corner.
        """
        layout = self._window.layout()
        if layout is not None:
            layout.activate()

    def _free(self, shown: Collection[str] = ()) -> Layout:
        return free_layout([dock.panel.about for dock in self._docks.values()], shown)


def fair(sizes: Sequence[int], least: int) -> list[int]:
    """Return sizes with the same sum, none below ``least`` or, where there is too little, below an equal share."""
    least = min(least, sum(sizes) // len(sizes))
    spare = [max(0, size - least) for size in sizes]
    lack = sum(max(0, least - size) for size in sizes)
    rest = 1 - lack / max(1, sum(spare))
    return [least + round(extra * rest) for extra in spare]


def _lines(docks: Sequence[QDockWidget], direction: Qt.Orientation) -> list[list[QDockWidget]]:
    """Return the docks that stand beside each other; or one of each row, where rows stand below each other."""
    rows: dict[tuple[int, int], list[QDockWidget]] = {}
    for dock in docks:
        rows.setdefault((dock.y(), dock.height()), []).append(dock)
    if direction == BESIDE:
        return [row for row in rows.values() if len(row) > 1]
    fronts = [row[0] for row in rows.values()]
    # What is beside several rows, as the form is, stands below none of them.
    below = [
        dock for dock in fronts if not any(_is_beside(dock, other) for other in fronts if other is not dock)
    ]
    return [below] if len(below) > 1 else []


def _is_beside(dock: QDockWidget, other: QDockWidget) -> bool:
    return dock.height() > other.height() and dock.y() <= other.y() <= dock.geometry().bottom()


def place(window: QMainWindow, docks: Mapping[str, QDockWidget], layout: Layout) -> None:
    """Put every dock into its place, and open those that are to be seen."""
    for dock in docks.values():
        dock.setFloating(False)
        window.removeDockWidget(dock)
    if FORM in docks:
        window.addDockWidget(LEFT, docks[FORM])
    rows = _rows(docks, layout)
    for row in rows[:1]:
        window.addDockWidget(RIGHT, row[0])
    for above, below in pairwise(rows):
        window.splitDockWidget(above[0], below[0], BELOW)
    for row in rows:
        for one, beside in pairwise(row):
            window.splitDockWidget(one, beside, BESIDE)
    _place_behind(window, docks, layout, rows)
    for key, dock in docks.items():
        dock.setVisible(key in layout.shown)
    for front, keys in layout.behind.items():
        for key in (front, *(key for key in keys if key in layout.raised)):
            if key in layout.shown and key in docks:
                docks[key].raise_()


def _rows(docks: Mapping[str, QDockWidget], layout: Layout) -> list[list[QDockWidget]]:
    rows = [[docks[key] for key in row.docks if key in docks] for row in layout.rows]
    return [row for row in rows if row]


def _place_behind(
    window: QMainWindow,
    docks: Mapping[str, QDockWidget],
    layout: Layout,
    rows: Sequence[Sequence[QDockWidget]],
) -> None:
    in_front = {dock for row in rows for dock in row}
    placed = {FORM, *(key for key, dock in docks.items() if dock in in_front)}
    behind = [(docks[front], key) for front, keys in layout.behind.items() if front in placed for key in keys]
    named = {key for _, key in behind}
    rest = [key for key in docks if key not in placed | named]
    for front, key in behind:
        if key in docks:
            window.tabifyDockWidget(front, docks[key])
    for key in rest:  # found in the menu View
        if rows:
            window.tabifyDockWidget(rows[0][0], docks[key])
        else:
            window.addDockWidget(RIGHT, docks[key])


def share_out(window: QMainWindow, docks: Mapping[str, QDockWidget], layout: Layout) -> None:
    """Share the room out among the form and the rows."""
    form = docks.get(FORM)
    room = window.width() - (FORM_WIDTH if form is not None and not form.isHidden() else 0)
    if form is not None:
        window.resizeDocks([form], [FORM_WIDTH], BESIDE)
    heights = {}
    for row in layout.rows:
        known = [number for number, key in enumerate(row.docks) if key in docks]
        widths = [row.widths[number] if row.widths else room // len(known) for number in known]
        window.resizeDocks([docks[row.docks[number]] for number in known], widths, BESIDE)
        if known:
            heights[docks[row.docks[known[0]]]] = row.height
    if layout.in_shares:
        shares = sum(heights.values())
        heights = {dock: window.height() * share // shares for dock, share in heights.items()}
    window.resizeDocks([*heights], [*heights.values()], BELOW)
