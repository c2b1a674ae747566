"""What the lab shows around a step of a lesson: its panels, and the runs to choose from."""

from collections.abc import Iterable, Mapping

from gradlab.instruments.records import Kinds, Snapshot
from gradlab.lessons.plan import StepPlan
from gradlab.window.lab.page import LabPage
from gradlab.window.lab.panel_dock import PanelDock
from gradlab.window.lab.step_layout import Arrangement
from gradlab.window.lessons.lane_bar import LaneBar

# What panels open with where no lesson says it.
FREE = StepPlan.model_validate({"panels": ["flow", "gradients"]})
SAME_FOR_ALL = {"loss", "compare"}  # panels that show every run at once


class StepStage:
    """Sets the lab up for one step after another, and gives it back as it was.

    Attributes:
        lanes: the runs to choose from.
    """

    def __init__(self, lab: LabPage) -> None:
        self._lab = lab
        self._plan = FREE
        self._arrangement = Arrangement(lab.bench)
        self._side_by_side_is_due = False
        self.lanes = LaneBar()
        self.lanes.chosen.connect(lab.bench.desk.lane_wanted)

    @property
    def is_set(self) -> bool:
        """Whether the panels stand as a step wants them."""
        return self._arrangement.is_on

    def set(self, plan: StepPlan) -> None:
        """Put the panels of a step in their places."""
        self._plan = plan
        self._arrangement.show(plan.panels)
        self._side_by_side_is_due = plan.side_by_side
        self.lanes.wanted = bool(set(plan.panels) - SAME_FOR_ALL)

    def show_views(self) -> None:
        """Let panels that have several views show the one that the step is about."""
        self._choose_views(self._lab.bench.docks.values())

    def show_lanes(self, snapshot: Snapshot) -> None:
        """Let the runs be chosen, or stand side by side where the step is about that."""
        sides = self._lab.bench.side_by_side
        if self._side_by_side_is_due and len(snapshot.lanes) > 1:
            self._side_by_side_is_due = False
            self._arrangement.show_lanes(self._plan.panels, [lane.name for lane in snapshot.lanes])
            self._choose_views(sides.docks)
        self.lanes.show_snapshot(snapshot, side_by_side=bool(sides.docks))

    def also_watch(self, parts: Mapping[str, Kinds]) -> None:
        """Let these kinds of records be made, by run, though no panel in sight draws them."""
        self._lab.watch_list.need(parts)

    def drawn_by(self, panels: Iterable[str]) -> Kinds:
        """Return the kinds of records that panels of these names draw."""
        docks = self._lab.bench.docks
        return frozenset().union(*(docks[name].panel.watches for name in panels if name in docks))

    def clear(self) -> None:
        """Give the lab back as it was before."""
        self._plan = FREE
        self.lanes.wanted = False
        self.lanes.hide()
        self.also_watch({})
        self._arrangement.end()
        self.show_views()

    def _choose_views(self, docks: Iterable[PanelDock]) -> None:
        for dock in docks:
            if view := self._plan.views.get(dock.panel.name):
                dock.panel.look_at(view)
