"""Compare: the runs that race and those that are pinned, one row each."""

from typing import cast

from PySide6.QtCore import QEvent, QModelIndex, QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from gradlab.experiment.sections.gradients import Gradients
from gradlab.export.tables import Table
from gradlab.instruments.records import Snapshot
from gradlab.language import mark, tr
from gradlab.panel_info import MOST_LANES
from gradlab.training.zeroing.base import contrast
from gradlab.window.panels.base import Panel
from gradlab.window.panels.bus import PanelBus, PinWish
from gradlab.window.panels.compare import ABOUT
from gradlab.window.panels.compare.lanes_model import MEASURES, LanesModel, Row
from gradlab.window.widgets.flow_layout import FlowLayout
from gradlab.window.widgets.widgets import label, push_button, tooltip

NAME_DIGITS = 21  # the least width of the names, in digits of the font
PADDING = 20  # pixels around a number
LEAVING = ("F1", mark("Updates"), mark("Training\nloss"))  # what goes where there is no room
PIN_HELP = mark("Keeps the curves and numbers of the chosen run, behind all later ones, until you unpin it.")
UNPIN_HELP = mark("Lets the chosen run go: its curves and numbers are no longer kept.")
SIDE_HELP = mark("Gives every run a gradients panel and a confusion matrix of its own, beside each other.")
NO_SIDES = mark("It needs an experiment with 2 to {most} variants: there is one on the welcome page.")
ONE_RUN = mark(
    "One run so far. “Run again without zeroing” keeps it here, and makes another to compare it with."
)


class ComparePanel(Panel):
    """A table of runs. The row that is chosen is the run that the other panels show."""

    about = ABOUT

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bus: PanelBus | None = None
        self.model = LanesModel(self)
        self.table = LanesTable(self.model)
        self.again = push_button(tr(contrast(Gradients().zero).again))
        self.pin = push_button(tr("Pin"))
        self.side_by_side = push_button(tr("Side by side"))
        self.side_by_side.setObjectName("side by side")
        self.side_by_side.setCheckable(True)
        self.hint = label(tr(ONE_RUN), "hint", wrap=True)
        bar = QWidget()
        flow = FlowLayout(bar, spacing=6)
        for button in (self.again, self.pin, self.side_by_side):
            flow.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 2, 8, 2)
        column.setSpacing(6)
        column.addWidget(bar)
        column.addWidget(self.table, 1)
        column.addWidget(self.hint)
        self.model.modelReset.connect(self._select_shown)
        self.table.selectionModel().currentRowChanged.connect(self._choose)
        self.table.unpinned.connect(self._unpin)
        self.pin.clicked.connect(self._pin_or_unpin)
        self._show_buttons(None)

    def join(self, bus: PanelBus) -> None:
        """Tell the lab what is wanted."""
        self._bus = bus
        self.again.clicked.connect(bus.run_again_wanted)
        self.side_by_side.toggled.connect(bus.side_by_side.set)
        bus.side_by_side.changed.connect(self.show_side_by_side)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show every run's numbers."""
        self.model.set_snapshot(snapshot)
        self.table.fit()
        self.hint.setVisible(len(self.model.rows) == 1)
        self._show_buttons(snapshot)

    def as_table(self) -> Table | None:
        """Return the numbers of all runs."""
        if not self.model.rows:
            return None
        titles = (measure.title.replace("\n", " ").lower() for measure in MEASURES)
        return Table(
            ("run", "differs", *titles),
            [(row.lane.name, row.differs, *row.values) for row in self.model.rows],
        )

    @Slot(bool)
    def show_side_by_side(self, on: bool) -> None:
        """Follow what was decided elsewhere."""
        with QSignalBlocker(self.side_by_side):
            self.side_by_side.setChecked(on)

    @property
    def chosen(self) -> Row | None:
        """The row that is chosen."""
        number = self.table.currentIndex().row()
        return self.model.rows[number] if 0 <= number < len(self.model.rows) else None

    def _select_shown(self) -> None:
        shown = [number for number, row in enumerate(self.model.rows) if row.is_shown]
        with QSignalBlocker(self.table.selectionModel()):
            self.table.selectRow(shown[0] if shown else 0)
        self.table.viewport().update()

    @Slot(QModelIndex, QModelIndex)
    def _choose(self, current: QModelIndex, before: QModelIndex) -> None:
        row = self.chosen
        if row is None or self._bus is None:
            return
        self._show_pin(row)
        if not (row.is_earlier or row.is_shown):
            self._bus.lane_wanted.emit(row.lane.name)

    def _pin_or_unpin(self) -> None:
        row = self.chosen
        if row is not None and self._bus is not None:
            self._bus.pin_wanted.emit(PinWish(row.run, not row.lane.pinned))

    def _unpin(self) -> None:
        row = self.chosen
        if row is not None and row.lane.pinned and self._bus is not None:
            self._bus.pin_wanted.emit(PinWish(row.run, False))

    def _show_buttons(self, snapshot: Snapshot | None) -> None:
        shown = snapshot.shown.experiment if snapshot else None
        other = contrast((shown.gradients if shown else Gradients()).zero)
        _rename(self.again, tr(other.again), tr(other.again_help))
        self.again.setEnabled(snapshot is not None and snapshot.shown.progress.begun)
        self._show_pin(self.chosen)
        lanes = len(snapshot.lanes) if snapshot else 0
        fits = 2 <= lanes <= MOST_LANES
        self.side_by_side.setEnabled(fits)
        self.side_by_side.setToolTip(
            tooltip(tr(SIDE_HELP), "" if fits else tr(NO_SIDES).format(most=MOST_LANES))
        )

    def _show_pin(self, row: Row | None) -> None:
        is_pinned = row is not None and row.lane.pinned
        if is_pinned:
            _rename(self.pin, tr("Unpin"), tr(UNPIN_HELP))
        else:
            _rename(self.pin, tr("Pin"), tr(PIN_HELP))
        self.pin.setEnabled(row is not None and (is_pinned or row.lane.frame.progress.begun))


class LanesTable(QTableView):
    """The table itself: names take the room that the numbers leave.

    Attributes:
        unpinned: Delete was pressed on a row.
    """

    unpinned = Signal()

    def __init__(self, model: LanesModel) -> None:
        super().__init__()
        self._lines: list[int] = []
        self.setModel(model)
        self.setIconSize(QSize(12, 12))
        self.setAccessibleName(tr("Runs"))
        self.setAccessibleDescription(
            tr("One row for each run. The chosen one is shown in the other panels.")
        )
        self.setWhatsThis(
            tr(
                "Choose a row, with the mouse or the arrow keys, and the other panels show that run. "
                "Delete lets a pinned run go. Rest the mouse on a heading to read what it counts."
            )
        )
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setSectionsClickable(False)
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(40)
        self.setWordWrap(False)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)

    def fit(self) -> None:
        """Give every row the height that its words need, where these have changed."""
        lines = [row.words.count("\n") for row in self.model().rows]
        if lines != self._lines:
            self._lines = lines
            self.resizeRowsToContents()
        self._leave_out()

    def model(self) -> LanesModel:
        """The runs."""
        return cast(LanesModel, super().model())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room out anew."""
        super().resizeEvent(event)
        self._leave_out()

    def _leave_out(self) -> None:
        """Leave numbers out where the names would have no room."""
        advance = self.fontMetrics().horizontalAdvance
        widths = {
            measure.title: PADDING
            + max(
                map(
                    advance,
                    [*tr(measure.title).split("\n"), *(row.texts[number] for row in self.model().rows)],
                )
            )
            for number, measure in enumerate(MEASURES)
        }
        room = self.viewport().width() - NAME_DIGITS * advance("0")
        for title in LEAVING:
            is_left_out = sum(widths.values()) > room
            self.setColumnHidden(list(widths).index(title) + 1, is_left_out)
            if is_left_out:
                widths[title] = 0

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let a pinned run go with Delete."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.unpinned.emit()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the font, e.g. in large text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "_lines"):
            self.resizeRowsToContents()


def _rename(button: QWidget, text: str, help: str) -> None:
    """Give a button another meaning; screen readers are told only where it is another."""
    if button.accessibleName() != text or not button.toolTip():
        button.setProperty("text", text)
        button.setAccessibleName(text)
        button.setToolTip(tooltip(help))
