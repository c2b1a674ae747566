"""Shows only the panels that a step of a lesson names; in the end the free lab's layout comes back."""

from collections.abc import Sequence

from gradlab.panel_info import PanelInfo
from gradlab.window.lab.lane_layout import LaneLayout, LanePanels
from gradlab.window.lab.layout import FORM, DockRow, Layout
from gradlab.window.lab.panel_area import PanelArea


class StepLayout:
    """Arranges the panels for the steps of a lesson."""

    def __init__(self, area: PanelArea, lanes: LaneLayout) -> None:
        self._area = area
        self._lanes = lanes

    @property
    def is_on(self) -> bool:
        """Whether a lesson arranges the panels."""
        return self._area.layouts.has("step")

    def show(self, panels: Sequence[str]) -> None:
        """Show these panels and no others; the first one is what the step is about."""
        self._area.bus.side_by_side.set(False)
        self._area.layouts.lay(step_layout(self._infos(panels), with_form=FORM in panels))

    def show_lanes(self, panels: Sequence[str], lanes: Sequence[str]) -> None:
        """Give each racing run its own copy of the panels that runs can have; the others stay above them."""
        infos = self._infos(panels)
        of_lanes = tuple(info.name for info in infos if info.of_runs)
        above = tuple(info.name for info in infos if not info.of_runs)
        self._lanes.show(lanes, LanePanels(of_lanes, above, form=False))

    def end(self) -> None:
        """Bring back the layout that was there before the lesson."""
        self._area.bus.side_by_side.set(False)
        self._area.layouts.lift("step")

    def _infos(self, panels: Sequence[str]) -> list[PanelInfo]:
        docks = self._area.docks
        return [docks[name].panel.about for name in panels if name in docks and name != FORM]


def step_layout(panels: Sequence[PanelInfo], *, with_form: bool = False) -> Layout:
    """Return the layout of a step, with more height for the first of its panels."""
    shown = {info.name for info in panels} | ({FORM} if with_form else set())
    return Layout(
        "step",
        tuple(
            DockRow(
                tuple(info.name for info in row),
                height=max(info.lesson_height + (info is panels[0]) for info in row),
            )
            for row in rows(panels)
        ),
        frozenset(shown),
        in_shares=True,
    )


def rows(panels: Sequence[PanelInfo]) -> list[list[PanelInfo]]:
    """Return which panels stand beside each other, row by row from above."""
    wide = [info for info in panels if info.wide]
    narrow = [info for info in panels if not info.wide]
    if len(panels) <= 2:
        return [list(panels)] if not wide and panels else [[info] for info in panels]
    if len(wide) > 1 and len(narrow) > 1:
        return [narrow, wide]
    if len(wide) > 1 and narrow:  # three rows would be too low: the last wide one gets a row of its own
        return [[*narrow, *wide[:-1]], wide[-1:]]
    return [narrow, *([info] for info in wide)] if narrow else [[info] for info in wide]
