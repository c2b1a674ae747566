"""Only the panels that a step names are on the screen; the free lab's own layout comes back in the end."""

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QObject, Qt, QTimer

from gradlab.lessons.lesson import OF_RUNS
from gradlab.window.lab.panel_area import Bench
from gradlab.window.lab.panel_dock import PanelDock
from gradlab.window.lab.side_by_side import FORM_WIDTH, Sides

FORM = "experiment"  # stands to the left of all others
# These need all the width there is; the others share a row.
WIDE = ("gradients", "flow", "activations", "network", "compare")
HEIGHTS = {"compare": 3, "loss": 3, "code": 3}  # shares of the height; 4 for all others
USUAL_HEIGHT = 4


class Arrangement(QObject):
    """Arranges the panels of a bench for the steps of a lesson."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self._bench = bench
        self._rows: list[list[str]] = []
        self._main = ""  # what the step is about

    @property
    def is_on(self) -> bool:
        """Whether a lesson arranges the panels."""
        return bool(self._bench.kept_layout)

    def show(self, panels: Sequence[str]) -> None:
        """Show these panels, and no others."""
        bench = self._bench
        bench.desk.side_by_side_wanted.emit(False)
        if not self.is_on:
            bench.kept_layout = bench.save_layout()
        self._main = panels[0] if panels else ""
        self._rows = rows([name for name in panels if name in bench.docks and name != FORM])
        for dock in bench.docks.values():
            dock.setFloating(False)
            bench.removeDockWidget(dock)
        bench.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, bench.docks[FORM])
        self._place()
        for name, dock in bench.docks.items():
            dock.setVisible(any(name in row for row in self._rows) or (name == FORM and FORM in panels))
        self._share_out()
        # Panels that are shown for the first time know only later how much room they need.
        QTimer.singleShot(0, self, self._share_out)

    def show_lanes(self, panels: Sequence[str], lanes: Sequence[str]) -> None:
        """Give each of the racing runs panels of its own, those that runs have; the others stay above them."""
        of_lanes = tuple(name for name in panels if name in OF_RUNS)
        above = tuple(name for name in panels if name not in (*OF_RUNS, FORM))
        self._bench.show_side_by_side(lanes, Sides(of_lanes, above, form=False))

    def end(self) -> None:
        """Bring back the layout that was there before the lesson."""
        if self.is_on:
            self._bench.desk.side_by_side_wanted.emit(False)
            kept, self._bench.kept_layout = self._bench.kept_layout, ""
            self._bench.restore_layout(kept)

    def _docks(self, row: Sequence[str]) -> list[PanelDock]:
        return [self._bench.docks[name] for name in row]

    def _place(self) -> None:
        bench, right = self._bench, Qt.DockWidgetArea.RightDockWidgetArea
        shown = [self._docks(row) for row in self._rows]
        for row in shown[:1]:
            bench.addDockWidget(right, row[0])
        for above, below in pairwise(shown):
            bench.splitDockWidget(above[0], below[0], Qt.Orientation.Vertical)
        for row in shown:
            for one, beside in pairwise(row):
                bench.splitDockWidget(one, beside, Qt.Orientation.Horizontal)
        self._hide_others(shown)

    def _hide_others(self, shown: list[list[PanelDock]]) -> None:
        """Whoever wants another panel finds it in the View menu, behind the first one."""
        placed = [dock for row in shown for dock in row]
        for name, dock in self._bench.docks.items():
            if dock in placed or name == FORM:
                continue
            if placed:
                self._bench.tabifyDockWidget(placed[0], dock)
            else:
                self._bench.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)

    def _share_out(self) -> None:
        if not self.is_on or self._bench.side_by_side.docks:
            return
        bench = self._bench
        bench.settle()
        form = bench.docks[FORM]
        room = bench.width() - (0 if form.isHidden() else FORM_WIDTH)
        bench.resizeDocks([form], [FORM_WIDTH], Qt.Orientation.Horizontal)
        for row in self._rows:
            across = [room // len(row)] * len(row)
            bench.resizeDocks(self._docks(row), across, Qt.Orientation.Horizontal)
        shares = [max(self._share(name) for name in row) for row in self._rows]
        heights = [bench.height() * share // sum(shares) for share in shares]
        bench.resizeDocks([self._docks(row)[0] for row in self._rows], heights, Qt.Orientation.Vertical)
        bench.settle()

    def _share(self, name: str) -> int:
        """Return a panel's share of the height; what the step names first gets more."""
        return HEIGHTS.get(name, USUAL_HEIGHT) + (name == self._main)


def rows(panels: Sequence[str]) -> list[list[str]]:
    """Return which panels stand beside each other, row by row from above."""
    wide = [name for name in panels if name in WIDE]
    narrow = [name for name in panels if name not in WIDE]
    if len(panels) <= 2:
        return [list(panels)] if not wide and panels else [[name] for name in panels]
    if len(wide) > 1 and len(narrow) > 1:
        return [narrow, wide]
    if len(wide) > 1 and narrow:  # three rows would be too low: the last wide one gets a row of its own
        return [[*narrow, *wide[:-1]], wide[-1:]]
    return [narrow, *([name] for name in wide)] if narrow else [[name] for name in wide]
