"""The panels, in docks that can be moved, floated and closed."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QMouseEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMainWindow, QWidget
from typing_extensions import override

from gradlab.instruments.records import Kinds, Snapshot
from gradlab.language import tr
from gradlab.window.lab.layout_stack import LayoutStack
from gradlab.window.lab.panel_dock import PanelDock
from gradlab.window.panels.base import Panel
from gradlab.window.panels.bus import PanelBus, RowSelection


class PanelArea(QMainWindow):
    """All panels. Only those in sight get frames.

    Attributes:
        sight_changed: emitted after a panel came into sight or went.
        snapshot_arrived: emitted with a Snapshot before it is drawn.
        export_wanted: emitted with a plot, or a whole panel, and the kind of file to make.
        docks: by their keys; those of lanes, too.
        bus: what the panels of the run that is shown share.
        snapshot: the newest one; None before the first.
        layouts: where the docks stand.
    """

    sight_changed = Signal()
    snapshot_arrived = Signal(object)
    export_wanted = Signal(object, str)

    def __init__(self, panels: Iterable[Panel], parent: QWidget | None = None) -> None:
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
        self.snapshot: Snapshot | None = None
        self.docks: dict[str, PanelDock] = {}
        self.layouts = LayoutStack(self, self.docks)
        self.bus = PanelBus(self)
        self.bus.rows_selected.connect(self._show_selected)
        self.bus.panel_wanted.connect(self.show_panel)
        self._resized = QTimer(self, singleShot=True, interval=0)
        self._resized.timeout.connect(self.layouts.follow_room)
        self.add(panels, self.bus)
        self.reset_layout()

    def add(self, panels: Iterable[Panel], bus: PanelBus) -> None:
        """Make a dock for each panel; while it is in sight it gets frames of the lane of the bus."""
        for panel in panels:
            panel.join(bus)
            dock = PanelDock(panel, bus.lane, self)
            dock.seen.connect(self._update_sight)
            dock.export_wanted.connect(self.export_wanted)
            dock.toggleViewAction().triggered.connect(self._make_room)
            dock.dropped.connect(self._balance)
            self.docks[dock.key] = dock

    def remove(self, lanes: Sequence[str]) -> None:
        """Remove the docks of these lanes."""
        for key, dock in list(self.docks.items()):
            if dock.lane in lanes:
                del self.docks[key]
                self.removeDockWidget(dock)
                dock.deleteLater()
        self.sight_changed.emit()

    def parts_in_sight(self) -> dict[str, Kinds]:
        """Return the kinds of records that panels in sight draw, by racing run; "" is the one that is shown."""
        parts: dict[str, Kinds] = {}
        for dock in self.docks.values():
            if dock.in_sight:
                parts[dock.lane] = parts.get(dock.lane, frozenset()) | dock.panel.about.watches
        return parts

    def view_actions(self) -> list[QAction]:
        """Return one action per panel that shows and hides it."""
        return [dock.toggleViewAction() for dock in self.docks.values() if not dock.lane]

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Pass a snapshot to every panel in sight."""
        self.take(snapshot)
        for dock in list(self.docks.values()):
            if dock.in_sight:
                dock.show_snapshot(snapshot)

    def take(self, snapshot: Snapshot) -> None:
        """Remember a snapshot for panels that come into sight."""
        self.snapshot = snapshot
        self.bus.x_axis.make_room_for(snapshot)
        self.snapshot_arrived.emit(snapshot)

    @Slot(str)
    def show_panel(self, name: str) -> None:
        """Bring a panel into view, with a fair share of the space."""
        dock = self.docks[name]
        if dock.isHidden():
            dock.show()
            self.layouts.share_out()
        dock.raise_()  # it may share its place with others

    @Slot(object)
    def _show_selected(self, selection: RowSelection) -> None:
        """Open the panel that shows rows of the data, also where it is behind others."""
        if len(selection.rows) and "data" in self.docks:
            self.show_panel("data")

    @Slot(bool)
    def _update_sight(self, in_sight: bool) -> None:
        if in_sight and self.snapshot is not None:
            self.show_snapshot(self.snapshot)
        self.sight_changed.emit()

    @Slot(bool)
    def _make_room(self, shown: bool) -> None:
        if shown:
            self.layouts.share_out()

    @Slot()
    def _balance(self) -> None:
        """Share the space out after a drop, once Qt has found a place for the panel."""
        self.layouts.is_by_hand = True
        QTimer.singleShot(0, self, self.layouts.balance)

    def open_with(self, names: frozenset[str]) -> None:
        """Show the panels of an experiment, in its own layout if the one before had others.

        While experiments need the same panels, a layout that people made is kept.
        """
        if names != self.layouts.own:
            self.layouts.own, self.layouts.left_out = names, frozenset()
            self.reset_layout()
        else:
            self.layouts.follow_room()

    def reset_layout(self) -> None:
        """Restore the experiment's own layout."""
        self.bus.side_by_side.set(False)
        self.layouts.reset()

    def showEvent(self, event: QShowEvent) -> None:
        """Share out the space once there is some to share."""
        super().showEvent(event)
        if not self.layouts.is_sized:
            self.layouts.is_sized = True
            self.layouts.share_out()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._resized.start()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Note that a border between panels is taken hold of: nothing else of the area itself can be."""
        super().mousePressEvent(event)
        self.layouts.is_by_hand = True
