"""The data and the model's predictions, drawn in a way that suits the data."""

from dataclasses import replace

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from gradlab.instruments.records import (
    DataView,
    DataWish,
    Frame,
    PicturesView,
    PlaneView,
    TableView,
    ViewKind,
    at_threshold,
)
from gradlab.language import mark, tr
from gradlab.window.panels.base import RunPanel
from gradlab.window.panels.bus import PanelBus, RowSelection
from gradlab.window.panels.data import ABOUT
from gradlab.window.panels.data.captioned_views import CaptionedViews
from gradlab.window.panels.data.data_choices import DataChoices, SelectionBar
from gradlab.window.widgets.boxes import fill
from gradlab.window.widgets.threshold_slider import FollowedThreshold
from gradlab.window.widgets.widgets import on_key

NO_TARGETS = mark(
    "There is nothing to predict here: each row only tilts the surface a little. "
    "The panel Loss landscape shows the surface, and the way over it."
)
NARROW_LINES = 19  # a panel that is less wide than this, in lines of text, names only the choices
LOW_LINES = 15  # a panel of fewer lines of text shows the first line of the caption alone


class DataPanel(RunPanel):
    """Decision regions, a fitted line, predicted against true, pictures or rows: whichever suits the data.

    Attributes:
        wish: which view of the data it asked for.
    """

    about = ABOUT
    saves = DataView
    nothing_yet = mark("As soon as the data is loaded, you see it here, with what the model says of it.")

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.wish = DataWish()
        self._words = ""  # which rows are chosen
        self._keeps_rows = True  # whether the chosen rows belong to the run that comes next
        self._threshold = FollowedThreshold()
        self.choices = DataChoices()
        self.selection = SelectionBar()
        self.pictures = CaptionedViews()
        content = QWidget()
        parts = self.choices, self.selection, (self.pictures, 1)
        fill(QVBoxLayout(content), *parts, spacing=4, margins=(8, 4, 8, 6))
        self.set_content(content)
        self.choices.kind_chosen.connect(self._choose_kind)
        self.choices.order_chosen.connect(self._choose_order)
        self.selection.show_all.clicked.connect(self._show_all)
        on_key(self, "Esc", self._show_all)
        self.join(PanelBus(self))
        self.wear()

    @override
    def join(self, bus: PanelBus) -> None:
        self._bus = bus
        bus.rows_selected.connect(self._select)
        bus.threshold_tried.connect(self._try_threshold)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        line = self.fontMetrics().height()
        self.pictures.make_room(is_low=self.height() < LOW_LINES * line)
        self.choices.make_room(is_narrow=self.width() < NARROW_LINES * line)

    # --- drawing -----------------------------------------------------------------------------------------

    @override
    def forget(self) -> None:
        # A new run keeps the view and the order, but not the chosen rows: its own may be others.
        if self.wish.rows is not None and not self._keeps_rows:
            self._show_all()
        elif self.wish.kind is not None or self.wish.worst_first:
            self._ask(self.wish)

    @override
    def follow(self, frame: Frame) -> None:
        self._keeps_rows = False
        before = self._threshold.value
        self._threshold.follow(frame)
        is_new = self.take_new(frame.get(DataView)) is not None
        if is_new or self._threshold.value != before:
            self._draw()

    @override
    def hint_for(self, frame: Frame) -> str:
        if self.newest(DataView) is not None:
            return ""
        has_targets = frame.experiment is None or frame.experiment.data.source != "surface"
        return tr(self.nothing_yet if has_targets else NO_TARGETS)

    @override
    def dress(self) -> None:
        self._draw()  # captions have colours, too

    def _draw(self) -> None:
        view = self.newest(DataView)
        if view is None:
            return
        if isinstance(view, PlaneView | PicturesView | TableView):
            view = at_threshold(view, self._threshold.value)
        self.pictures.show_view(view)
        self.choices.offer(view, self.wish.kind)
        rows = self.wish.rows
        self.selection.setVisible(rows is not None)
        if rows is not None and view.wish is self.wish:
            self.selection.show_selection(rows, self._words, view)

    # --- choosing ----------------------------------------------------------------------------------------

    def _ask(self, wish: DataWish) -> None:
        self.wish = wish
        self._bus.ask(DataView, wish)

    @Slot(str)
    def _choose_kind(self, kind: ViewKind) -> None:
        self._ask(replace(self.wish, kind=kind))

    @Slot(bool)
    def _choose_order(self, worst_first: bool) -> None:
        self._ask(replace(self.wish, worst_first=worst_first))

    @Slot(object)
    def _select(self, selection: RowSelection) -> None:
        rows, self._words = selection.rows, selection.words
        # A hidden panel gets no new runs: the rows belong to the one that it shows next.
        self._keeps_rows = self._keeps_rows or not self.isVisible()
        if len(rows) or self.wish.rows is not None:
            self._ask(replace(self.wish, rows=rows if len(rows) else None))
            self.selection.setVisible(len(rows) > 0)

    @Slot()
    def _show_all(self) -> None:
        """Clear the choice of rows, here and in the panel where it was made."""
        self._bus.rows_selected.emit(RowSelection(np.empty(0, np.int64)))

    @Slot(float)
    def _try_threshold(self, threshold: float) -> None:
        self._threshold.value = threshold
        self._draw()
