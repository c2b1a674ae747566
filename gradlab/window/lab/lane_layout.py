"""Side by side: every racing run gets panels of its own."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Slot

from gradlab.instruments.records import Snapshot, State
from gradlab.panel_info import MOST_LANES, PanelInfo
from gradlab.window.lab.layout import FORM, DockRow, Layout
from gradlab.window.lab.panel_area import PanelArea
from gradlab.window.lab.panel_dock import dock_key
from gradlab.window.panels.bus import PanelBus

WITH_FORM = 2  # lanes beside which the form has room, too
ABOVE_HEIGHT, LANES_HEIGHT = 230, 350


@dataclass(frozen=True)
class LanePanels:
    """Which panels are seen side by side.

    Attributes:
        of_lanes: those that each lane has one of, the first in front.
        above: those that stand above all lanes.
        form: whether the form is there, too, where it has room.
    """

    of_lanes: tuple[str, ...]
    above: tuple[str, ...]
    form: bool = True


def usual_panels(infos: Sequence[PanelInfo]) -> LanePanels:
    """Return the panels that are side by side unless a lesson says otherwise."""
    of_lanes = tuple(info.name for info in infos if info.of_runs and info.seen_first)
    return LanePanels(of_lanes, tuple(info.name for info in infos if info.of_all_runs))


def lane_layout(lanes: Sequence[str], panels: LanePanels) -> Layout:
    """Return the layout with a column for each lane, below the panels that show all of them."""
    keys = [[dock_key(name, lane) for name in panels.of_lanes] for lane in lanes]
    above = [DockRow(panels.above, height=ABOVE_HEIGHT)] if panels.above else []
    fronts = DockRow(tuple(front for front, *_ in keys), height=LANES_HEIGHT)
    form = {FORM} if panels.form and len(lanes) <= WITH_FORM else set()
    return Layout(
        "lanes",
        (*above, fronts),
        frozenset({*panels.above, *form}.union(*keys)),
        {front: tuple(others) for front, *others in keys},
    )


class LaneLayout(QObject):
    """Makes docks for each lane, and removes them again, which brings back the layout before.

    ``PanelBus.side_by_side`` says whether they are there, and turns them on and off.
    """

    def __init__(self, area: PanelArea) -> None:
        super().__init__(area)
        self._area = area
        self._lanes: dict[str, PanelBus] = {}
        self._switch = area.bus.side_by_side
        self._switch.changed.connect(self._turn)
        area.snapshot_arrived.connect(self._follow)

    def show(self, lanes: Sequence[str], panels: LanePanels) -> None:
        """Give each of these lanes its docks, in place of those of the run that is shown."""
        fits = 2 <= len(lanes) <= MOST_LANES and panels.of_lanes
        if fits and not self._lanes:
            self._lanes = {lane: PanelBus(self, main=self._area.bus, lane=lane) for lane in lanes}
            for bus in self._lanes.values():
                kinds = [type(self._area.docks[name].panel) for name in panels.of_lanes]
                self._area.add([kind() for kind in kinds], bus)
            self._area.layouts.lay(lane_layout(lanes, panels))
        self._switch.set(bool(self._lanes))

    @Slot(object)
    def _follow(self, snapshot: Snapshot) -> None:
        """Turn it off when other lanes race than those that have docks."""
        if snapshot.state is State.LOADING:  # perhaps the same ones come back
            return
        if self._lanes and [lane.name for lane in snapshot.lanes] != [*self._lanes]:
            self._switch.set(False)

    @Slot(bool)
    def _turn(self, on: bool) -> None:
        if on and not self._lanes:
            infos = [dock.panel.about for dock in self._area.docks.values()]
            lanes = self._area.snapshot.lanes if self._area.snapshot else ()
            self.show([lane.name for lane in lanes], usual_panels(infos))
        elif self._lanes and not on:
            buses, self._lanes = self._lanes, {}
            self._area.remove([*buses])
            for bus in buses.values():
                bus.deleteLater()
            self._area.layouts.lift("lanes")
