"""The bench: panels in docks that can be moved, floated and closed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QByteArray, Qt, Signal, Slot
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import QMainWindow, QWidget

from gradlab.instruments.records import Counts, Kinds, Snapshot
from gradlab.language import tr
from gradlab.window.charts.x_axis import Unit
from gradlab.window.lab.panel_dock import PanelDock
from gradlab.window.lab.side_by_side import FORM_WIDTH, SideBySide, Sides
from gradlab.window.panels.base import Panel
from gradlab.window.panels.bus import Desk
from gradlab.window.widgets.control_state import Choices, choices_in, take_choices

# Grows whenever the panels change so much that an older layout no longer fits.
LAYOUT_VERSION = 2
BESIDE_GRADIENTS = {"code": 420, "landscape": 420}
BEHIND_GRADIENTS = ("flow", "activations")
BEHIND_CONFUSION = ("network", "glossary")
HIDDEN_AT_FIRST = {"data", "code", "flow", "activations", "network", "landscape", "compare", "glossary"}


@dataclass(frozen=True)
class BenchMemory:
    """What people see on a bench beside the frame.

    Attributes:
        layout: of the docks, as ``QMainWindow.saveState`` gives it; ``kept_layout`` as of the bench.
        choices: by panel what its controls say.
        unit, part: of the x-axis that panels share.
    """

    layout: QByteArray
    kept_layout: str
    choices: Mapping[str, Choices]
    unit: Unit
    part: tuple[float, float] | None
    side_by_side: bool


class Bench(QMainWindow):
    """All panels. Only those in sight get frames.

    Attributes:
        sight_changed: emitted when other panels are in sight.
        export_wanted: as of a dock.
        desk: what the panels share.
        side_by_side: the panels that racing runs have of their own.
        kept_layout: the layout of the free lab while a lesson arranges the panels; it is the one that is saved.
    """

    sight_changed = Signal()
    export_wanted = Signal(object, str)

    def __init__(self, panels: Sequence[Panel], parent: QWidget | None = None) -> None:
        # A main window inside a page: it gives docks that can be dragged and split.
        super().__init__(parent)
        self.setWindowFlags(Qt.WindowType.Widget)
        self.setObjectName("bench")
        self.setAccessibleName(tr("Panels"))
        self.setWhatsThis(
            tr(
                "The panels, each of which shows a side of the training. Drag a panel by its title to another "
                "place, or drop it on another panel: tabs then choose which of them is seen. The menu View "
                "shows and hides panels, and puts them back where they were at first."
            )
        )
        self.setDockNestingEnabled(True)
        self._snapshot: Snapshot | None = None
        self._shared_out = False
        self.kept_layout = ""
        self.desk = Desk(self)
        for panel in panels:
            panel.join(self.desk)
        self.desk.rows_selected.connect(self._show_selected)
        self.desk.panel_wanted.connect(self.show_panel)
        self.side_by_side = SideBySide(self)
        self.desk.side_by_side_wanted.connect(self._show_side_by_side)
        self.docks = {panel.name: self.make_dock(panel) for panel in panels}
        self.reset_layout()

    def make_dock(self, panel: Panel, lane: str = "") -> PanelDock:
        """Return a dock that gets frames while it is in sight."""
        dock = PanelDock(panel, lane, self)
        dock.seen.connect(self._update_sight)
        dock.export_wanted.connect(self.export_wanted)
        dock.toggleViewAction().triggered.connect(self._make_room)
        return dock

    def parts_in_sight(self) -> dict[str, Kinds]:
        """Return the kinds of records that panels in sight draw, by racing run; "" is the one that is shown."""
        parts: dict[str, Kinds] = {}
        for dock in self._all_docks():
            if dock.in_sight:
                parts[dock.lane] = parts.get(dock.lane, frozenset()) | dock.panel.watches
        return parts

    def view_actions(self) -> list[QAction]:
        """Return one action per panel that shows and hides it."""
        return [dock.toggleViewAction() for dock in self.docks.values()]

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Pass a snapshot to every panel in sight."""
        self._take(snapshot)
        self.side_by_side.follow(snapshot)
        for dock in self._all_docks():
            if dock.in_sight:
                dock.show_snapshot(snapshot)

    def _take(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self.desk.x_axis.make_room_for(snapshot)

    def _all_docks(self) -> list[PanelDock]:
        return [*self.docks.values(), *self.side_by_side.docks]

    @Slot(bool)
    def _show_side_by_side(self, on: bool) -> None:
        if on and self._snapshot is not None:
            self.side_by_side.show([lane.name for lane in self._snapshot.lanes])
        elif not on:
            self.side_by_side.hide()
        self.sight_changed.emit()

    def show_side_by_side(self, lanes: Sequence[str], sides: Sides) -> None:
        """Give each of these racing runs panels of its own."""
        self.side_by_side.show(lanes, sides)
        self.desk.side_by_side_wanted.emit(True)  # tells everybody who shows whether they are there

    def reset_layout(self) -> None:
        """Put every panel back: form left, loss and confusion matrix above the gradients."""
        self.desk.side_by_side_wanted.emit(False)
        for dock in self.docks.values():
            if dock.isFloating():
                dock.setFloating(False)
            self.removeDockWidget(dock)
        self._place("experiment", Qt.DockWidgetArea.LeftDockWidgetArea)
        self._place("loss", Qt.DockWidgetArea.RightDockWidgetArea)
        self._split("loss", "gradients", Qt.Orientation.Vertical)
        self._split("loss", "confusion", Qt.Orientation.Horizontal)
        self._split("loss", "data", Qt.Orientation.Horizontal)
        self._split("gradients", "code", Qt.Orientation.Horizontal)
        self._split("gradients", "landscape", Qt.Orientation.Horizontal)
        self._tabify("confusion", "compare")
        for name in BEHIND_GRADIENTS:
            self._tabify("gradients", name)
        for name in BEHIND_CONFUSION:
            self._tabify("confusion", name)
        for name, dock in self.docks.items():
            dock.setVisible(name not in HIDDEN_AT_FIRST)
        self._share_out()

    def settle(self) -> None:
        """Let Qt lay out what is there now: else it goes on with sizes and tabs of what was there before.

        A layout that is restored without this leaves one of those tabs in the corner.
        """
        layout = self.layout()
        if layout is not None:
            layout.activate()

    def save_layout(self) -> str:
        """Return the layout as text: the one of the panels of the run that is shown."""
        if self.kept_layout:
            return self.kept_layout
        if self.side_by_side.docks:
            return self.side_by_side.layout_before
        return self.layout_now()

    def layout_now(self) -> str:
        """Return the layout as it is, whoever arranged it."""
        return bytes(self.saveState(LAYOUT_VERSION).toBase64().data()).decode()

    def restore_layout(self, text: str) -> bool:
        """Take a layout from ``save_layout``; return whether it fitted."""
        self.settle()
        self._shared_out = self.restoreState(QByteArray.fromBase64(text.encode()), LAYOUT_VERSION)
        return self._shared_out

    def memory(self) -> BenchMemory:
        """Return what another bench has to know to look the same."""
        beside = bool(self.side_by_side.docks)
        before = QByteArray.fromBase64(self.side_by_side.layout_before.encode())
        return BenchMemory(
            before if beside else self.saveState(LAYOUT_VERSION),
            self.kept_layout,
            {name: choices_in(dock.panel) for name, dock in self.docks.items()},
            self.desk.x_axis.unit,
            self.desk.x_axis.part,
            beside,
        )

    def recall(self, memory: BenchMemory, snapshot: Snapshot) -> None:
        """Look the same as another bench did with this snapshot."""
        self._take(snapshot)
        self.kept_layout = memory.kept_layout
        self.settle()
        self._shared_out = self.restoreState(memory.layout, LAYOUT_VERSION)
        for dock in self.docks.values():
            if not dock.isHidden():
                dock.panel.show_snapshot(snapshot)
        for name, choices in memory.choices.items():
            if name in self.docks:
                take_choices(self.docks[name].panel, choices)
        self.desk.x_axis.take(memory.unit, memory.part)
        if memory.side_by_side:
            self.desk.side_by_side_wanted.emit(True)

    def _place(self, name: str, area: Qt.DockWidgetArea) -> None:
        if name in self.docks:
            self.addDockWidget(area, self.docks[name])

    def _split(self, first: str, second: str, way: Qt.Orientation) -> None:
        if first in self.docks and second in self.docks:
            self.splitDockWidget(self.docks[first], self.docks[second], way)

    def _tabify(self, front: str, behind: str) -> None:
        if front in self.docks and behind in self.docks:
            self.tabifyDockWidget(self.docks[front], self.docks[behind])

    def showEvent(self, event: QShowEvent) -> None:
        """Share out the space once there is some to share."""
        super().showEvent(event)
        if not self._shared_out:
            self._shared_out = True
            self._share_out()

    @Slot(str)
    def show_panel(self, name: str) -> None:
        """Bring a panel into view, with a fair share of the space."""
        dock = self.docks[name]
        if dock.isHidden():
            dock.show()
            self._share_out()
        dock.raise_()  # it may share its place with others

    @Slot(object, str)
    def _show_selected(self, rows: Counts, words: str) -> None:
        """Open the panel that shows rows of the data, also where it is behind others."""
        if len(rows) and "data" in self.docks:
            self.show_panel("data")

    @Slot(bool)
    def _make_room(self, shown: bool) -> None:
        if shown:
            self._share_out()

    def _share_out(self) -> None:
        across = {"experiment": FORM_WIDTH, "loss": 360, "data": 300, "confusion": 320}
        self._resize(across, Qt.Orientation.Horizontal)
        self._resize({"gradients": 540} | BESIDE_GRADIENTS, Qt.Orientation.Horizontal)
        if self._are_shown("code", "network"):
            # Whoever reads both goes through an update: what the buffer holds is then the main thing.
            heights = {"loss": 230, "gradients": 346}
        elif any(map(self._are_shown, (*BESIDE_GRADIENTS, *BEHIND_GRADIENTS))):
            heights = {"loss": 300, "gradients": 290}
        else:
            heights = {"loss": 340, "gradients": 250}
        self._resize(heights, Qt.Orientation.Vertical)

    def _are_shown(self, *names: str) -> bool:
        return all(name in self.docks and not self.docks[name].isHidden() for name in names)

    def _resize(self, sizes: dict[str, int], way: Qt.Orientation) -> None:
        known = [name for name in sizes if name in self.docks]
        self.resizeDocks([self.docks[name] for name in known], [sizes[name] for name in known], way)

    def _update_sight(self, in_sight: bool) -> None:
        if in_sight and self._snapshot is not None:
            self.show_snapshot(self._snapshot)
        self.sight_changed.emit()
