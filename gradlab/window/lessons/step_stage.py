"""What the lab shows around a step of a lesson: its panels, and the runs to choose from."""

from collections.abc import Iterable, Mapping

from gradlab.instruments.records import Kinds, Snapshot
from gradlab.lessons.plan import StepPlan
from gradlab.panel_info import lesson_panels
from gradlab.window.lab.page import LabPage
from gradlab.window.lab.step_layout import StepLayout
from gradlab.window.lessons.lane_bar import LaneBar

DIAGNOSIS = "diagnosis"
# What panels open with where no lesson says it.
FREE = StepPlan.model_validate({"panels": [name for name, info in lesson_panels().items() if info.views]})


class StepStage:
    """Sets the lab up for one step after another, and gives it back as it was.

    Attributes:
        lanes: the runs to choose from.
    """

    def __init__(self, lab: LabPage) -> None:
        self._lab = lab
        self._plan = FREE
        self._layout = StepLayout(lab.panels, lab.lanes)
        self._side_by_side_is_due = False
        self.lanes = LaneBar()
        self.lanes.chosen.connect(lab.panels.bus.lane_wanted)

    @property
    def is_set(self) -> bool:
        """Whether the panels stand as a step wants them."""
        return self._layout.is_on

    def set(self, plan: StepPlan) -> None:
        """Put the panels of a step in their places, as they are at first."""
        self._plan = plan
        self._put_panels_back()
        self._layout.show(plan.panels)
        asked = DIAGNOSIS in plan.panels  # else it would give the answer away
        self._lab.adviser.speak(in_strip=False, elsewhere=asked)
        self._side_by_side_is_due = plan.side_by_side
        of_all_runs = {name for name, info in lesson_panels().items() if info.of_all_runs}
        self.lanes.wanted = bool(set(plan.panels) - of_all_runs)

    def _put_panels_back(self) -> None:
        for dock in self._lab.panels.docks.values():
            dock.panel.put_back()

    def show_views(self) -> None:
        """Open the view that the step is about in panels that have several."""
        for dock in self._lab.panels.docks.values():
            if view := self._plan.views.get(dock.panel.about.name):
                dock.panel.look_at(view)

    def set_pace(self) -> None:
        """Train at the speed of the step, or at the one that people chose themselves."""
        self._lab.control.lend_speed(self._plan.pace)

    def show_lanes(self, snapshot: Snapshot) -> None:
        """Offer the runs to choose from, or put them side by side if the step wants that."""
        if self._side_by_side_is_due and len(snapshot.lanes) > 1:
            self._side_by_side_is_due = False
            self._layout.show_lanes(self._plan.panels, [lane.name for lane in snapshot.lanes])
            self.show_views()
        self.lanes.show_snapshot(snapshot, side_by_side=self._lab.panels.bus.side_by_side.is_on)

    def also_watch(self, parts: Mapping[str, Kinds]) -> None:
        """Have these kinds of records made, by run, even if no panel in sight draws them."""
        self._lab.watch_list.need(parts)

    def drawn_by(self, panels: Iterable[str]) -> Kinds:
        """Return the kinds of records that panels of these names draw."""
        docks = self._lab.panels.docks
        return frozenset().union(*(docks[name].panel.about.watches for name in panels if name in docks))

    def clear(self) -> None:
        """Give the lab back as it was before."""
        self._plan = FREE
        self._lab.adviser.speak(in_strip=True, elsewhere=True)
        self.lanes.wanted = False
        self.lanes.hide()
        self.also_watch({})
        self._layout.end()
        self.show_views()
        self.set_pace()
