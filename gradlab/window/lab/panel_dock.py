"""A panel in its dock, with a title bar to export, explain, float and close it."""

from PySide6.QtCore import QEvent, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QFrame,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from gradlab.instruments.records import Snapshot, State
from gradlab.language import shown_name, tr
from gradlab.window.charts.time_plot import TimePlot
from gradlab.window.panels.base import Panel
from gradlab.window.services.explain import HelpPopup
from gradlab.window.services.export import ExportMenu, plot_at
from gradlab.window.theme import icons
from gradlab.window.training.costs import Cost
from gradlab.window.widgets import reading_order
from gradlab.window.widgets.boxes import fill
from gradlab.window.widgets.icon_label import IconLabel
from gradlab.window.widgets.widgets import icon_button, keeps_key, on_key, push_button, tooltip


class PanelDock(QDockWidget):
    """One panel with its title bar.

    Attributes:
        lane: the racing run that it is about, by name; empty for the one that is shown.
        seen: emitted with True when the panel comes into sight, with False when it goes.
        export_wanted: emitted with a plot, or the whole panel, and the kind of file to make.
        dropped: emitted after it was docked again.
        key: its name; no two docks have the same.
        in_sight: whether it is in sight now.
        shows_data: whether there is something to export.
        cost: how long the panel takes to show a picture.
    """

    seen = Signal(bool)
    export_wanted = Signal(object, str)
    dropped = Signal()

    def __init__(self, panel: Panel, lane: str = "", parent: QWidget | None = None) -> None:
        title = f"{panel.title} · {shown_name(lane)}" if lane else panel.title
        super().__init__(title, parent)
        self.panel = panel
        self.lane = lane
        self.in_sight = False
        self.cost = Cost()
        self.key = dock_key(panel.about.name, lane)
        self.shows_data = bool(panel.about.watches)
        self.setObjectName(f"dock-{self.key}")
        self.setAccessibleName(title)
        self.setWhatsThis(self.words)
        panel.setWhatsThis(self.words)
        self.toggleViewAction().setStatusTip(
            tr("Shows this panel, or hides it. {help}").format(help=panel.help)
        )
        self._title = DockTitle(self)
        self.setTitleBarWidget(self._title)
        body = QFrame()
        body.setObjectName("dockBody")
        self.setWidget(body)  # still empty: a new parent means that a widget and all in it are styled again
        fill(QVBoxLayout(body), panel, margins=(1, 0, 1, 6))
        # A panel that knows how wide it may get leaves the rest to the others.
        self.setMaximumWidth(panel.maximumWidth())
        self.topLevelChanged.connect(self._dress_floating)
        self.visibilityChanged.connect(self._note_sight)
        self.toggleViewAction().triggered.connect(self._come_forward)
        on_key(self, "Shift+F10", self._offer_export_of_focused)

    @property
    def words(self) -> str:
        """*What is this?* in plain words, and what the mouse does in it."""
        hints = [self.panel.help]
        if self.shows_data:
            hints.append(tr("Right-click on what is drawn to save it as a picture, a drawing or a table."))
        if self.panel.findChildren(TimePlot):
            hints.append(
                tr(
                    "In charts over the run the wheel zooms, dragging moves along, and a double click shows the "
                    "whole run again."
                )
            )
        return "\n\n".join(hints)

    def event(self, event: QEvent) -> bool:
        """Keep keys for the focused control while the panel floats in a window of its own."""
        if keeps_key(event):
            event.accept()
            return True
        return super().event(event)

    @override
    def focusNextPrevChild(self, forward: bool) -> bool:
        """Let the Tab key follow the eye in a window of its own, too."""
        if self.isFloating():
            return reading_order.step(self, forward=forward)
        return super().focusNextPrevChild(forward)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Draw a snapshot, or only this dock's lane of it."""
        with self.cost.measured():
            self._draw(snapshot)

    def _draw(self, snapshot: Snapshot) -> None:
        if not self.lane:
            self.panel.show_snapshot(snapshot)
        elif snapshot.state is State.LOADING:
            self.panel.show_frame(snapshot.shown)
        for lane in snapshot.lanes:
            if lane.name == self.lane:
                self._title.show_color(lane.token)
                self.panel.show_frame(lane.frame)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to export the plot under the mouse, or the one that has the keyboard."""
        under = self.childAt(event.pos())
        if not self.shows_data or (under is not None and self._title.isAncestorOf(under)):
            super().contextMenuEvent(event)
        elif event.reason() == QContextMenuEvent.Reason.Keyboard:
            self._offer_export_of_focused()
        else:
            self.offer_export(under, event.globalPos())

    def _offer_export_of_focused(self) -> None:
        if self.shows_data:
            self.offer_export(QApplication.focusWidget())

    def offer_export(self, widget: QWidget | None, place: QPoint | None = None) -> None:
        """Open the menu about the plot that ``widget`` is part of, at a place on the screen."""
        target = plot_at(widget, self.panel)
        menu = ExportMenu(target, self)
        if target is self.panel:
            menu.add_note(tr("A right click on what is drawn offers the same for it alone"))
        menu.chosen.connect(self.export_wanted)
        menu.popup(place or target.mapToGlobal(target.rect().center()))

    def explain(self) -> None:
        """Explain the panel beside its question mark."""
        self.show()
        self._title.explain()

    @Slot(bool)
    def _come_forward(self, shown: bool) -> None:
        """Raise the dock above others in the same place."""
        if shown:
            self.raise_()

    @Slot(bool)
    def _dress_floating(self, floats: bool) -> None:
        """Frame a panel that floats over others, and say how to put it back."""
        self._title.show_floating(floats)
        for part in (self._title, self.widget()):
            part.setProperty("floats", floats)
            part.style().unpolish(part)
            part.style().polish(part)
        if not floats:
            self.dropped.emit()

    def _note_sight(self, in_sight: bool) -> None:
        self.in_sight = in_sight
        self.seen.emit(in_sight)


def dock_key(panel: str, lane: str = "") -> str:
    """Return the name of the dock of a panel, or of a lane's own panel."""
    return f"{panel}-{lane}" if lane else panel


class DockTitle(QFrame):
    """Title, export, *What is this?*, float and close."""

    def __init__(self, dock: PanelDock) -> None:
        super().__init__()
        self.setObjectName("dockTitle")
        self._dock = dock
        title = dock.windowTitle()
        self._token = ""
        self._swatch = IconLabel(size=12)
        self._swatch.setFixedSize(18, 12)  # with a gap before the title
        if not dock.lane:
            self._swatch.hide()
        self.export = icon_button(tr("Export {title}").format(title=title), "ph.download-simple")
        self.help = icon_button(tr("What is this? {title}").format(title=title), "ph.question")
        self.float = icon_button(tr("Float {title}").format(title=title), "ph.arrow-square-out")
        self.back = push_button(tr("Put back"))
        self.back.setAccessibleName(tr("Put back {title}").format(title=title))
        self.back.setToolTip(
            tr("Puts this panel back among the others. A double click on its title does the same.")
        )
        self.back.clicked.connect(self._float_or_dock)
        self.back.hide()
        self.close_button = icon_button(tr("Close {title}").format(title=title), "ph.x")
        self.export.clicked.connect(self._offer_export)
        self.export.setVisible(dock.shows_data)
        self.help.clicked.connect(self.explain)
        self.export.setWhatsThis(
            tr("Saves what this panel shows: as a picture, as a drawing, or its numbers as a table.")
        )
        name = self.export.accessibleName()
        self.export.setToolTip(
            tooltip(name, tr("A right click on what is drawn offers the same for it alone"))
        )
        self.help.setWhatsThis(tr("Says what this panel shows and how to read it."))
        self.float.setWhatsThis(
            tr("Takes this panel out into a window of its own, or puts it back. You can also drag its title.")
        )
        self.close_button.setWhatsThis(tr("Closes this panel. The menu View brings it back."))
        self.float.clicked.connect(self._float_or_dock)
        self.close_button.clicked.connect(dock.close)
        buttons = self.export, self.help, self.float, self.close_button
        for button in buttons:
            button.setFixedSize(24, 24)
        parts = self._swatch, (TitleLabel(title), 1), self.back, *buttons
        fill(QHBoxLayout(self), *parts, spacing=2, margins=(12, 4, 6, 1))

    def show_color(self, token: str) -> None:
        """Show the colour of the dock's lane before the title."""
        if token != self._token:
            self._token = token
            self._swatch.show_icon(icons.square(token))

    def show_floating(self, floats: bool) -> None:
        """Offer to put the panel back while it floats, and else to let it float."""
        self.back.setVisible(floats)
        self.float.setVisible(not floats)

    def _offer_export(self) -> None:
        self._dock.offer_export(self._dock.panel, self.export.mapToGlobal(self.export.rect().bottomLeft()))

    def _float_or_dock(self) -> None:
        self._dock.setFloating(not self._dock.isFloating())

    def explain(self) -> None:
        """Show *What is this?*."""
        panel = self._dock.panel
        HelpPopup(panel.title, self._dock.words, self.help, QPoint(0, self.help.height())).popup()


class TitleLabel(QLabel):
    """A title that is cut off where it has no room: a long one must not make its panel wide."""

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self.setObjectName("dockTitleText")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setToolTip(title)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the title, with an ellipsis where it is too long."""
        painter = QPainter(self)
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        self.style().drawItemText(
            painter,
            self.rect(),
            int(self.alignment()),
            self.palette(),
            self.isEnabled(),
            shown,
            self.foregroundRole(),
        )
