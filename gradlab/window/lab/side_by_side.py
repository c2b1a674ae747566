"""Side by side: every racing run gets panels of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from gradlab.instruments.records import Record, Snapshot
from gradlab.window.panels.bus import Desk

if TYPE_CHECKING:
    from gradlab.window.lab.panel_area import Bench
    from gradlab.window.lab.panel_dock import PanelDock

PANELS = ("gradients", "confusion")  # of every lane, those that come first in front
ABOVE = ("loss", "compare")  # what is still of use above them
FORM_WIDTH = 300
WITH_FORM = 2  # lanes beside which the form has room, too
MOST = 4  # lanes that have room beside each other


@dataclass(frozen=True)
class Sides:
    """What is on the screen.

    Attributes:
        of_lanes: the panels that each lane has, out of PANELS; ``above`` those that stand above all lanes.
        form: whether the form is there, too, where it has room.
    """

    of_lanes: tuple[str, ...] = PANELS
    above: tuple[str, ...] = ABOVE
    form: bool = True


class SideBySide(QObject):
    """Makes the docks of the lanes and takes them away again; the layout before comes back then.

    Attributes:
        asked: as of a desk, with the lane's name at the end.
        docks: of all lanes; empty while there is nothing side by side.
    """

    asked = Signal(object, object, str)

    def __init__(self, bench: "Bench") -> None:
        super().__init__(bench)
        self._bench = bench
        self._desks: list[Desk] = []
        self._lanes: tuple[str, ...] = ()
        self._sides = Sides()
        self.docks: list[PanelDock] = []
        self.layout_before = ""

    def follow(self, snapshot: Snapshot) -> None:
        """End where other lanes race than those that have docks."""
        if self.docks and tuple(lane.name for lane in snapshot.lanes) != self._lanes:
            self._bench.desk.side_by_side_wanted.emit(False)

    def show(self, lanes: Sequence[str], sides: Sides = Sides()) -> None:
        """Give each of these lanes its docks, in place of those of the one that is shown."""
        if self.docks or not sides.of_lanes or not 2 <= len(lanes) <= MOST:
            return
        self._sides = sides
        self._lanes = tuple(lanes)
        self.layout_before = self._bench.layout_now()
        for dock in self._bench.docks.values():
            dock.setFloating(False)
            self._bench.removeDockWidget(dock)
        self._arrange([self._make_lane(lane) for lane in lanes])

    def _arrange(self, lanes: "list[list[PanelDock]]") -> None:
        """Put what stays above the lanes, each of which has its panels behind each other."""
        bench, (below, right) = self._bench, (Qt.Orientation.Vertical, Qt.Orientation.Horizontal)
        form, above, fronts = bench.docks["experiment"], self._above(), [lane[0] for lane in lanes]
        first = (above or fronts)[0]
        bench.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, form)
        bench.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, first)
        if above:
            bench.splitDockWidget(first, fronts[0], below)
        for one, next_one in (*pairwise(above), *pairwise(fronts)):
            bench.splitDockWidget(one, next_one, right)
        for front, *others in lanes:
            for behind in others:
                bench.tabifyDockWidget(front, behind)
            front.raise_()
        for dock in bench.docks.values():
            if dock is not form and dock not in above:  # whoever wants it finds it in the View menu
                bench.tabifyDockWidget(first, dock)
            dock.setVisible(dock in above)
        form.setVisible(self._sides.form and len(lanes) <= WITH_FORM)
        self._share_out()
        # New panels know only later how much room they need.
        QTimer.singleShot(0, self, self._share_out)

    def _above(self) -> "list[PanelDock]":
        return [self._bench.docks[name] for name in self._sides.above]

    def _share_out(self) -> None:
        """Give all lanes the same width, and more height than what is above them."""
        if not self.docks:
            return
        bench, (below, right) = self._bench, (Qt.Orientation.Vertical, Qt.Orientation.Horizontal)
        bench.settle()
        form, above, fronts = (
            bench.docks["experiment"],
            self._above(),
            self.docks[:: len(self._sides.of_lanes)],
        )
        across = bench.width() - (FORM_WIDTH if form.isVisible() else 0)
        bench.resizeDocks([form, *above], [FORM_WIDTH, *[across // max(1, len(above))] * len(above)], right)
        bench.resizeDocks(fronts, [across // len(fronts)] * len(fronts), right)
        if above:
            bench.resizeDocks([above[0], fronts[0]], [230, 350], below)
        bench.settle()

    def hide(self) -> None:
        """Take the lanes' docks away."""
        if not self.docks:
            return
        gone, self.docks, self._lanes = self.docks, [], ()
        for dock in gone:
            self._bench.removeDockWidget(dock)
            dock.deleteLater()
        for desk in self._desks:
            desk.deleteLater()
        self._desks.clear()
        self._bench.settle()
        self._bench.restore_layout(self.layout_before)

    def _make_lane(self, lane: str) -> "list[PanelDock]":
        """Make a lane's docks, with a desk that knows whose they are."""
        bench, desk = self._bench, Desk(self)
        desk.x_axis.link(bench.desk.x_axis)
        desk.x_axis.link(bench.desk.x_axis)
        desk.asked.connect(partial(self._ask, lane))
        desk.setting_wanted.connect(bench.desk.setting_wanted)
        desk.rows_selected.connect(bench.desk.rows_selected)
        self._desks.append(desk)
        panels = [type(bench.docks[name].panel)() for name in self._sides.of_lanes]
        for panel in panels:
            panel.join(desk)
        made = [bench.make_dock(panel, lane) for panel in panels]
        self.docks += made
        return made

    def _ask(self, lane: str, part: type[Record], wish: object) -> None:
        self.asked.emit(part, wish, lane)
