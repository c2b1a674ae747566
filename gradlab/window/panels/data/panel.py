"""The data itself, and what the model says of it, drawn as suits the data."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QStackedLayout, QVBoxLayout, QWidget

from gradlab.export.tables import Table, table_of
from gradlab.instruments.records import (
    Counts,
    DataView,
    DataWish,
    Frame,
    LineView,
    MazeView,
    PicturesView,
    PlaneView,
    PredictedView,
    SequencesView,
    TableView,
    ViewKind,
    at_threshold,
)
from gradlab.language import mark, tr, trn
from gradlab.window.charts.formatting import whole
from gradlab.window.charts.plane import PlanePlot
from gradlab.window.panels.base import Panel
from gradlab.window.panels.bus import Desk
from gradlab.window.panels.data.fitted_line import LinePlot, PredictedPlot
from gradlab.window.panels.data.image_grid import PictureGrid
from gradlab.window.panels.data.maze import MazePlot
from gradlab.window.panels.data.row_table import RowsTable
from gradlab.window.panels.data.sequences import SequencesPlot
from gradlab.window.widgets.hint import Hint
from gradlab.window.widgets.threshold_slider import FollowedThreshold
from gradlab.window.widgets.widgets import QuietComboBox, on_key, push_button

BEFORE = mark("As soon as the data is loaded, you see it here, with what the model says of it.")
NO_TARGETS = mark(
    "There is nothing to predict here: each row only tilts the surface a little. "
    "The panel Loss landscape shows the surface, and the way over it."
)

# Each has show_view(view), which returns the caption as rich text.
VIEWS: dict[type[DataView], Callable[[], Any]] = {
    PlaneView: PlanePlot,
    LineView: LinePlot,
    PredictedView: PredictedPlot,
    SequencesView: SequencesPlot,
    MazeView: MazePlot,
    PicturesView: PictureGrid,
    TableView: RowsTable,
}
KIND_NAMES: dict[ViewKind, str] = {
    "plane": mark("Plane"),
    "projection": mark("Projection"),
    "pictures": mark("Pictures"),
    "rows": mark("Rows"),
    "line": mark("Fitted line"),
    "predicted": mark("Predicted"),
    "sequences": mark("Sequences"),
    "maze": mark("Maze"),
}
LOW_LINES = 15  # a panel of fewer lines of text shows the first line of the caption alone
SORTED = (PicturesView, TableView, SequencesView)


class DataPanel(Panel):
    """Decision regions, a fitted line, predicted against true, pictures or rows: whichever suits the data."""

    name = "data"
    title = mark("Data and predictions")
    help = mark(
        "The data, and what the model says of it at this moment. While training goes on, you can watch "
        "its answers change. Where colours are paler, it is less sure. Where there are several ways to look at "
        "the data, choose one under View. Worst first brings up the rows that the model is most wrong about. "
        "A click on a cell of the confusion matrix shows the rows of that cell here."
    )
    watches = frozenset({DataView})

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run: int | None = None
        self._shown: DataView | None = None
        self._widgets: dict[type[DataView], Any] = {}
        self._wish = DataWish()
        self._words = ""  # say which rows are chosen
        self._caption = ""
        self._threshold = FollowedThreshold()
        self.hint = Hint(tr(BEFORE))
        self.view_box = self._make_view_box()
        self.worst_first = QCheckBox(tr("Worst first"))
        self.worst_first.setObjectName("worst first")
        self.worst_first.setAccessibleName(tr("Worst first"))
        self.worst_first.setToolTip(
            tr(
                "Of all validation rows, show those with the highest loss after the latest epoch; "
                "else some by chance."
            )
        )
        self.worst_first.toggled.connect(self._choose_order)
        self.selection = self._make_selection()
        self.caption = QLabel(wordWrap=True)
        self._views_page = QWidget()
        self._views = QStackedLayout(self._views_page)
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(8, 4, 8, 6)
        layout.setSpacing(4)
        layout.addWidget(self._make_choices())
        layout.addWidget(self.selection)
        layout.addWidget(self.caption)
        layout.addWidget(self._views_page, 1)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self.hint)
        self._pages.addWidget(content)
        on_key(self, "Esc", self._show_all)
        self.join(Desk(self))
        self.wear()

    def join(self, desk: Desk) -> None:
        """Show the rows that other panels select, and what a threshold that is tried would bring."""
        self._desk = desk
        desk.rows_selected.connect(self._select)
        desk.threshold_tried.connect(self._try_threshold)

    def _make_view_box(self) -> QComboBox:
        box = QuietComboBox()
        box.setObjectName("view")
        box.setAccessibleName(tr("View"))
        box.setToolTip(tr("In which way the data is shown."))
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        box.setMinimumContentsLength(10)
        box.currentIndexChanged.connect(self._choose_view)
        return box

    def _make_choices(self) -> QWidget:
        """Each choice is there only where there is something to choose."""
        self.choices = QWidget()
        row = QHBoxLayout(self.choices)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self.view_label = QLabel(tr("View"))
        self.view_label.setBuddy(self.view_box)
        row.addWidget(self.view_label)
        row.addWidget(self.view_box)
        row.addSpacing(4)
        row.addWidget(self.worst_first)
        row.addStretch(1)
        return self.choices

    def _make_selection(self) -> QWidget:
        bar = QWidget()
        self.selection_text = QLabel(wordWrap=True)
        self.show_all = push_button(tr("Show all"))
        self.show_all.setToolTip(tr("Show rows of every kind again. The Escape key does the same."))
        self.show_all.clicked.connect(self._show_all)
        row = QHBoxLayout(bar)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.selection_text, 1)
        row.addWidget(self.show_all)
        bar.hide()
        return bar

    # --- drawing -----------------------------------------------------------------------------------------

    def show_frame(self, frame: Frame) -> None:
        """Draw what the model says now; a new run starts empty."""
        if frame.run != self._run:
            self._begin(frame.run)
        before = self._threshold.value
        self._threshold.follow(frame)
        view = frame.get(DataView)
        if view is not None and (view is not self._shown or self._threshold.value != before):
            self._draw(view)
        has_targets = frame.experiment is None or frame.experiment.data.source != "surface"
        self.hint.setText(tr(BEFORE if has_targets else NO_TARGETS))
        self._pages.setCurrentIndex(0 if self._shown is None else 1)

    def _begin(self, run: int) -> None:
        """Look at a new run in the same way; its rows may be others, so that none is chosen."""
        before, self._run = self._run, run
        self._shown = None
        if self._wish.rows is not None and before is not None:
            self._show_all()
        elif self._wish.kind is not None or self._wish.worst_first:
            self._ask(self._wish)

    def _draw(self, view: DataView) -> None:
        self._shown = view
        if isinstance(view, PlaneView | PicturesView | TableView):
            view = at_threshold(view, self._threshold.value)
        widget = self._widget(type(view))
        self._caption = widget.show_view(view)
        self._say()
        self._views.setCurrentWidget(widget)
        self._offer(view)
        self._tell_selection(view)

    def _say(self) -> None:
        """Write the caption: where there is little room its first line alone, and only if it is one."""
        is_low = self.height() < LOW_LINES * self.fontMetrics().height()
        caption = self._caption.split("<br>")[0] if is_low else self._caption
        if caption != self.caption.text():
            self.caption.setText(caption)
        height = self.caption.heightForWidth(self.width())
        self.caption.setVisible(not is_low or height < 2 * self.fontMetrics().height())
        self._views_page.setToolTip(f"<p>{self._caption}</p>" if is_low else "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use fewer words where there is little room."""
        super().resizeEvent(event)
        self._say()

    def _widget(self, kind: type[DataView]) -> Any:
        """Return what draws this kind of view, made when it is first needed."""
        if kind not in self._widgets:
            self._widgets[kind] = VIEWS[kind]()
            self._views.addWidget(self._widgets[kind])
        return self._widgets[kind]

    def _offer(self, view: DataView) -> None:
        """Offer what suits the data."""
        if [self.view_box.itemData(number) for number in range(self.view_box.count())] != list(view.choices):
            self.view_box.blockSignals(True)
            self.view_box.clear()
            for kind in view.choices:
                self.view_box.addItem(tr(KIND_NAMES[kind]), kind)
            self.view_box.setCurrentIndex(max(self.view_box.findData(self._wish.kind), 0))
            self.view_box.blockSignals(False)
        has_views = len(view.choices) > 1
        has_order = view.can_sort and isinstance(view, SORTED)
        self.view_box.setVisible(has_views)
        self.view_label.setVisible(has_views)
        self.worst_first.setVisible(has_order)
        self.choices.setVisible(has_views or has_order)

    def _tell_selection(self, view: DataView) -> None:
        chosen = self._wish.rows
        self.selection.setVisible(chosen is not None)
        if chosen is None or view.wish is not self._wish:
            return
        count = len(chosen)
        seen = len(view.true) if isinstance(view, PicturesView | TableView) else None
        if seen is None:
            said = trn("{count} row marked: {words}", "{count} rows marked: {words}", count)
        elif seen < count:
            said = trn(
                "Showing {seen} of {count} row: {words}", "Showing {seen} of {count} rows: {words}", count
            )
        else:
            said = trn("Showing {count} row: {words}", "Showing {count} rows: {words}", count)
        self.selection_text.setText(said.format(count=whole(count), seen=seen, words=self._words))

    def as_table(self) -> Table | None:
        """Return the view that is shown."""
        return table_of(self._shown) if self._shown is not None else None

    def dress(self) -> None:
        """Write the caption in the colours."""
        if self._shown is not None:
            self._draw(self._shown)

    # --- choosing ----------------------------------------------------------------------------------------

    def _ask(self, wish: DataWish) -> None:
        self._wish = wish
        self._desk.asked.emit(DataView, wish)

    @Slot(int)
    def _choose_view(self, number: int) -> None:
        self._ask(replace(self._wish, kind=self.view_box.itemData(number)))

    @Slot(bool)
    def _choose_order(self, worst_first: bool) -> None:
        self._ask(replace(self._wish, worst_first=worst_first))

    @Slot(object, str)
    def _select(self, rows: Counts, words: str) -> None:
        self._words = words
        if (
            not self.isVisible()
        ):  # nobody told it of runs meanwhile: the rows are of the one that it sees next
            self._run = None
        if len(rows) or self._wish.rows is not None:
            self._ask(replace(self._wish, rows=rows if len(rows) else None))
            self.selection.setVisible(len(rows) > 0)

    @Slot()
    def _show_all(self) -> None:
        """Let go of the chosen rows, here and wherever they were chosen."""
        self._desk.rows_selected.emit(np.empty(0, np.int64), "")

    @Slot(float)
    def _try_threshold(self, threshold: float) -> None:
        self._threshold.value = threshold
        if self._shown is not None:
            self._draw(self._shown)
