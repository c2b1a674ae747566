"""The table of compared runs."""

from typing import cast

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView
from typing_extensions import override

from gradlab.language import mark, tr
from gradlab.window.panels.compare.lanes_model import MEASURES, LanesModel

NAME_DIGITS = 21, 40  # the least width of the names and the most that they are given, in digits of the font
NAME_MARGIN = 30  # pixels around a name, with its colour
PADDING = 20  # pixels around a number
LEAVING = (
    "F1",
    mark("Updates"),
    mark("Training\nloss"),
)  # the order in which columns without room are hidden


class LanesTable(QTableView):
    """The table: names take the room that the numbers leave.

    Attributes:
        unpinned: emitted when Delete is pressed on a row.
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
        self.setWordWrap(True)  # what a run changed matters more than the height of its row
        self.setTextElideMode(Qt.TextElideMode.ElideRight)

    def fit(self) -> None:
        """Fit the heights of rows to their lines, and hide columns that have no room."""
        lines = [row.words.count("\n") for row in self.model().rows]
        self._leave_out()
        if lines != self._lines:
            self._lines = lines
            self.resizeRowsToContents()

    @override
    def model(self) -> LanesModel:
        return cast(LanesModel, super().model())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._leave_out()
        self.resizeRowsToContents()

    def _leave_out(self) -> None:
        """Hide columns of numbers where the names would have no room."""
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
        least, most = (digits * advance("0") for digits in NAME_DIGITS)
        lines = [line for row in self.model().rows for line in row.words.split("\n")]
        longest = max(map(advance, lines), default=0) + NAME_MARGIN
        room = self.viewport().width() - min(most, max(least, longest))
        for title in LEAVING:
            is_left_out = sum(widths.values()) > room
            self.setColumnHidden(list(widths).index(title) + 1, is_left_out)
            if is_left_out:
                widths[title] = 0

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.unpinned.emit()
        else:
            super().keyPressEvent(event)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "_lines"):
            self.resizeRowsToContents()
