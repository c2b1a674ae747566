"""Compare: the runs that race and those that are pinned, one row each."""

from PySide6.QtCore import QModelIndex, QSignalBlocker, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from gradlab.experiment.sections.gradients import Gradients
from gradlab.instruments.records import Snapshot, State, Table
from gradlab.language import mark, tr
from gradlab.panel_info import MOST_LANES
from gradlab.training.zeroing.base import contrast
from gradlab.window.panels.base import Panel
from gradlab.window.panels.bus import PanelBus, PinWish
from gradlab.window.panels.compare import ABOUT
from gradlab.window.panels.compare.lanes_model import MEASURES, LanesModel, Row
from gradlab.window.panels.compare.lanes_table import LanesTable
from gradlab.window.widgets.boxes import fill
from gradlab.window.widgets.flow_layout import FlowLayout
from gradlab.window.widgets.widgets import label, push_button, tooltip

PIN_HELP = mark("Keeps the curves and numbers of the chosen run, behind all later ones, until you unpin it.")
UNPIN_HELP = mark("Lets the chosen run go: its curves and numbers are no longer kept.")
SIDE_HELP = mark("Gives every run a gradients panel and a confusion matrix of its own, beside each other.")
NO_SIDES = mark("It needs an experiment with 2 to {most} variants: there is one on the welcome page.")
ONE_RUN = mark(
    "One run so far. “Run again without zeroing” keeps it here, and makes another to compare it with."
)


class ComparePanel(Panel):
    """A table of runs; the other panels show the run of the chosen row."""

    about = ABOUT

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
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
        fill(QVBoxLayout(self), bar, (self.table, 1), self.hint, spacing=6, margins=(8, 2, 8, 2))
        self.model.modelReset.connect(self._select_shown)
        self.table.selectionModel().currentRowChanged.connect(self._choose)
        self.table.unpinned.connect(self._unpin)
        self.pin.clicked.connect(self._pin_or_unpin)
        self.join(PanelBus(self))
        self._show_buttons(None)

    @override
    def join(self, bus: PanelBus) -> None:
        self._bus = bus
        self.again.clicked.connect(bus.run_again_wanted)
        self.side_by_side.toggled.connect(bus.side_by_side.set)
        bus.side_by_side.changed.connect(self.show_side_by_side)

    @override
    def show_snapshot(self, snapshot: Snapshot) -> None:
        self.model.set_snapshot(snapshot)
        self.table.fit()
        is_loading = snapshot.state is State.LOADING
        self.hint.setText(tr("Loading…") if is_loading else tr(ONE_RUN))
        self.hint.setVisible(is_loading or len(self.model.rows) == 1)
        self._show_buttons(snapshot)

    @override
    def as_table(self) -> Table | None:
        if not self.model.rows:
            return None
        titles = (measure.title.replace("\n", " ").lower() for measure in MEASURES)
        return Table(
            ("run", "differs", *titles),
            [(row.lane.name, row.differs, *row.values) for row in self.model.rows],
        )

    @Slot(bool)
    def show_side_by_side(self, on: bool) -> None:
        """Show whether the runs stand side by side, without emitting anything."""
        with QSignalBlocker(self.side_by_side):
            self.side_by_side.setChecked(on)

    @property
    def chosen(self) -> Row | None:
        """The chosen row; None if there is none."""
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
        if row is None:
            return
        self._show_pin(row)
        if not (row.is_earlier or row.is_shown):
            self._bus.lane_wanted.emit(row.lane.name)

    def _pin_or_unpin(self) -> None:
        row = self.chosen
        if row is not None:
            self._bus.pin_wanted.emit(PinWish(row.run, not row.lane.pinned))

    def _unpin(self) -> None:
        row = self.chosen
        if row is not None and row.lane.pinned:
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


def _rename(button: QWidget, text: str, help: str) -> None:
    """Change a button's text and help, if they differ: screen readers announce every change."""
    if button.accessibleName() != text or not button.toolTip():
        button.setProperty("text", text)
        button.setAccessibleName(text)
        button.setToolTip(tooltip(help))
