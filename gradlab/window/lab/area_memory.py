"""The visible state of the panels, which another window with the same panels can take over."""

from collections.abc import Mapping
from dataclasses import dataclass

from gradlab.instruments.records import Snapshot
from gradlab.window.charts.x_axis import Unit
from gradlab.window.lab.layout_stack import Laid
from gradlab.window.lab.panel_area import PanelArea
from gradlab.window.widgets.control_state import Choices, choices_in, take_choices


@dataclass(frozen=True)
class AreaMemory:
    """The visible state of the panels, apart from the snapshot.

    Attributes:
        layout: where the docks stand, as text.
        laid: the layouts that lie over the one of the free lab, without that of lanes.
        choices: by panel the state of its controls.
        unit, part: of the x-axis that panels share.
        side_by_side: whether every racing run has panels of its own.
    """

    layout: str
    laid: tuple[Laid, ...]
    choices: Mapping[str, Choices]
    unit: Unit
    part: tuple[float, float] | None
    side_by_side: bool


def remember(area: PanelArea) -> AreaMemory:
    """Return what another area needs to look the same."""
    layouts, axis = area.layouts, area.bus.x_axis
    lanes = [laid for laid in layouts.laid if laid.layout.kind == "lanes"]
    return AreaMemory(
        lanes[0].before if lanes else layouts.now(),
        tuple(laid for laid in layouts.laid if laid not in lanes),
        {key: choices_in(dock.panel) for key, dock in area.docks.items() if not dock.lane},
        axis.unit,
        axis.part,
        area.bus.side_by_side.is_on,
    )


def recall(area: PanelArea, memory: AreaMemory, snapshot: Snapshot) -> None:
    """Make an area look the same as another one did with this snapshot."""
    area.take(snapshot)
    area.layouts.laid = [*memory.laid]
    area.layouts.restore(memory.layout)
    for dock in area.docks.values():
        if not dock.isHidden():
            dock.panel.show_snapshot(snapshot)
    for key, choices in memory.choices.items():
        if key in area.docks:
            take_choices(area.docks[key].panel, choices)
    area.bus.x_axis.take(memory.unit, memory.part)
    area.bus.side_by_side.set(memory.side_by_side)
