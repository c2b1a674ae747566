"""The confusion matrix as a heat table, whose cells grow and shrink with the panel."""

from typing import cast

from PySide6.QtCore import QEvent, QModelIndex, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontInfo, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QTableView, QWidget
from typing_extensions import override

from gradlab.language import tr
from gradlab.window import theme
from gradlab.window.panels.confusion.axis_header import WIDE_ENOUGH, AxisHeader
from gradlab.window.panels.confusion.cell_painter import CellPainter, Span
from gradlab.window.panels.confusion.class_counts import MEASURES
from gradlab.window.panels.confusion.confusion_model import ConfusionModel, Show
from gradlab.window.panels.confusion.drawing import AROUND_DIGITS, SMALLEST_POINTS, fitting, sized
from gradlab.window.panels.confusion.table_look import TableLook
from gradlab.window.theme.themed import Themed

NARROW = 380  # pixels: below, the measures' names are shortened
LARGEST_CELL = 140
FEW_CLASSES = 4  # their names stand above the cells, and measures go where they would be cut off


class ConfusionTable(Themed, QTableView):
    """A table of counts: right on the diagonal, wrong beside it, the measures of each class at the right.

    Attributes:
        cell_picked: emitted with the true and the predicted class of a cell, by a click or Enter.
        matrix: what it shows; ``look``: how.
    """

    cell_picked = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.matrix = ConfusionModel(self)
        self.look = TableLook(self.matrix, self.font())
        self.setModel(self.matrix)
        self.setAccessibleName(tr("Confusion matrix"))
        self.setWhatsThis(
            tr(
                "A row for each true class, a column for each class that the model said, and beside them "
                "what measures each class. Rest the mouse on a cell or on a heading to read what it "
                "counts. Click a cell, or press Enter, to see its rows."
            )
        )
        self.setAccessibleDescription(
            tr("One row per true class; one column per predicted class, then measures.")
        )
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._cells = CellPainter(self.look)
        self._hovered = QModelIndex()
        self._fitted: object = None
        self.setHorizontalHeader(AxisHeader(Qt.Orientation.Horizontal, tr("Predicted"), self.look, self))
        self.setVerticalHeader(AxisHeader(Qt.Orientation.Vertical, tr("True"), self.look, self))
        self.clicked.connect(self._pick)
        self.entered.connect(self._point)
        self.selectionModel().currentChanged.connect(self._point)
        self.matrix.modelReset.connect(self.fit)
        self.matrix.dataChanged.connect(self._fit_other_texts)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.wear()

    @override
    def dress(self) -> None:
        self.look.dress()
        panel = theme.color("surface.panel").name()
        self.setStyleSheet(
            f"QTableView, QHeaderView, QTableCornerButton::section {{ background: {panel}; border: none; }}"
        )

    @override
    def paintEvent(self, e: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(e.rect(), theme.color("surface.panel"))
        rows, columns = self._spans(e.rect())
        self._cells.paint(painter, rows, columns)
        focused = self.currentIndex() if self.hasFocus() else QModelIndex()
        chosen = self.matrix.index(*self.look.chosen) if self.look.chosen else QModelIndex()
        self._cells.paint_marks(painter, *map(self._place, (chosen, focused, self._hovered)))
        painter.end()

    def _place(self, index: QModelIndex) -> QRect:
        return self._cells.place(self.visualRect(index), index) if index.isValid() else QRect()

    def _spans(self, seen: QRect) -> tuple[list[Span], list[Span]]:
        """Return where the rows and columns lie that are in a part of what is seen."""
        rows, columns = self.matrix.size()
        tall = (Span(row, self.rowViewportPosition(row), self.rowHeight(row)) for row in range(rows))
        wide = (Span(at, self.columnViewportPosition(at), self.columnWidth(at)) for at in range(columns))
        return (
            [row for row in tall if row.start <= seen.bottom() and row.start + row.size > seen.top()],
            [at for at in wide if at.size and at.start <= seen.right() and at.start + at.size > seen.left()],
        )

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._hover(self.indexAt(event.position().toPoint()))

    def _hover(self, index: QModelIndex) -> None:
        if index != self._hovered:
            self._hovered = index
            self.viewport().update()

    @Slot(QModelIndex)
    def _point(self, index: QModelIndex) -> None:
        """Highlight the names of the row and column that mouse or keyboard are at."""
        self.look.pointed = index
        self.verticalHeader().viewport().update()
        self.horizontalHeader().viewport().update()

    def choose(self, cell: tuple[int, int] | None) -> None:
        """Mark a cell, or none."""
        self.look.chosen = cell
        self.viewport().update()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._pick(self.currentIndex())
        else:
            super().keyPressEvent(event)

    @Slot(QModelIndex)
    def _pick(self, index: QModelIndex) -> None:
        if index.isValid() and index.column() < self.matrix.classes:
            self.cell_picked.emit(index.row(), index.column())

    @override
    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(QModelIndex())
        self._point(self.currentIndex())

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "look"):
            self.fit()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    @Slot()
    def _fit_other_texts(self) -> None:
        """Fit again where texts became longer or shorter; other numbers of the same length need no other room."""
        if self._lengths() != self._fitted:
            self.fit()

    def _lengths(self) -> object:
        if not self.matrix.classes:
            return None
        support = str(self.matrix.counts.matrix.sum(axis=1).max())
        return self.matrix.show_as, max(map(len, self._cell_texts())), len(support)

    def fit(self) -> None:
        """Choose cell and font sizes so that everything is seen, down to the smallest readable font."""
        if not self.matrix.classes:
            return
        self._fitted = self._lengths()
        self.look.is_narrow = self.width() < NARROW
        points = QFontInfo(self.font()).pointSizeF()
        while not self._fit_with(points) and points > SMALLEST_POINTS:
            points = max(points - 1, SMALLEST_POINTS)

    def _fit_with(self, points: float) -> bool:
        """Fit with names of this size; return whether all is seen, with digits that are as large."""
        self.look.header = sized(self.font(), points)
        small = max(SMALLEST_POINTS, points - 1.5)
        self.look.measure = sized(self.font(), small) if self.look.is_narrow else self.look.header
        rows = self._header(Qt.Orientation.Vertical)
        columns = self._header(Qt.Orientation.Horizontal)
        rows.reserve(self.width() // 4)
        free = self.width() - rows.width()
        self._fit_into(free, columns)
        is_whole = self.matrix.classes * self.rowHeight(0) <= self.height() - columns.height()
        if not is_whole:
            # The rows must scroll, and their scroll bar takes room from the columns.
            self._fit_into(free - self.verticalScrollBar().sizeHint().width(), columns)
        return is_whole and self.look.cell.pointSizeF() >= points

    def usual_height(self) -> int:
        """Return the height with digits as large as usual text, if names are short; few rows are to say more."""
        is_small = self.matrix.classes > FEW_CLASSES
        metrics = self.fontMetrics()
        row = metrics.capHeight() + AROUND_DIGITS + 1 if is_small else 3 * metrics.height()
        return 2 * self._smallest_band() + self.matrix.classes * row

    def _smallest_band(self) -> int:
        return QFontMetrics(sized(self.font(), SMALLEST_POINTS)).height() + 2

    def _fit_into(self, free: int, columns: AxisHeader) -> None:
        """Choose sizes for ``free`` pixels beside the rows' header."""
        measure_widths = self._fit_measures(free - self.matrix.classes * self._usual_width())
        free -= sum(measure_widths)
        columns.reserve(self.height() // 3, cell=free // self.matrix.classes)
        used = self._size_cells(free, self.height() - columns.height())
        spare = min(24, max(0, free - used) // len(MEASURES))
        for number, width in enumerate(measure_widths):
            self.setColumnWidth(self.matrix.classes + number, width + spare)

    def _fit_measures(self, free_width: int) -> list[int]:
        """Return the widths of the measures that fit; the last one is the first to be left out."""
        widths = [_measure_width(self.look, number) for number in range(len(MEASURES))]
        while sum(widths) > max(0, free_width):
            widths.pop()
        for number in range(len(MEASURES)):
            self.setColumnHidden(self.matrix.classes + number, number >= len(widths))
        return widths

    def _smallest_cell(self) -> QSize:
        metrics = QFontMetrics(sized(self.font(), SMALLEST_POINTS))
        width = max(metrics.horizontalAdvance(text) for text in self._cell_texts()) + self.look.padding
        if self.matrix.classes <= FEW_CLASSES:
            names = QFontMetrics(self.look.header)
            longest = max(names.horizontalAdvance(name) for name in self.matrix.counts.shown_names) + 6
            width = max(width, longest if longest < WIDE_ENOUGH else 0)
        return QSize(width, self._smallest_height())

    def _usual_width(self) -> int:
        """Return the width of cells with digits as large as usual text, or as the rows are high enough for."""
        row = (self.height() - 2 * self._smallest_band()) // self.matrix.classes
        digits = fitting(self.font(), "", 0, row - 1, QFontInfo(self.font()).pointSizeF())
        widest = max(map(QFontMetrics(digits).horizontalAdvance, self._cell_texts()))
        return max(self._smallest_cell().width(), widest + self.look.padding)

    def _smallest_height(self) -> int:
        return QFontMetrics(sized(self.font(), SMALLEST_POINTS)).capHeight() + AROUND_DIGITS + 1

    def _size_cells(self, free_width: int, free_height: int) -> int:
        """Size the matrix; return its width."""
        smallest = QFontMetrics(sized(self.font(), SMALLEST_POINTS))
        widest = max(self._cell_texts(), key=smallest.horizontalAdvance)
        classes = self.matrix.classes
        least = self._smallest_cell()
        height = min(LARGEST_CELL, max(least.height(), free_height // classes))
        width = max(
            least.width(),
            min(free_width // classes, height * 8 // 5, LARGEST_CELL * 5 // 4),
        )
        for number in range(classes):
            self.setColumnWidth(number, width)
            self.setRowHeight(number, height)
        base = QFontInfo(self.font()).pointSizeF()
        largest = base * max(1.0, min(2.2, height / 40))
        self.look.cell = fitting(self.font(), widest, width - self.look.padding, height - 1, largest)
        self.look.note = sized(self.font(), max(SMALLEST_POINTS, base - 1))
        return width * classes

    def _cell_texts(self) -> list[str]:
        classes = range(self.matrix.classes)
        if self.matrix.show_as is Show.COUNTS:
            return [str(self.matrix.counts.matrix.max())]
        return [self.matrix.cell_text(row, column) for row in classes for column in classes]

    def _header(self, orientation: Qt.Orientation) -> AxisHeader:
        is_row = orientation == Qt.Orientation.Vertical
        return cast(AxisHeader, self.verticalHeader() if is_row else self.horizontalHeader())


def _measure_width(look: TableLook, number: int) -> int:
    column = look.model.classes + number
    most = 1.0 if MEASURES[number].token else look.model.counts.matrix.sum(axis=1).max()
    heading = QFontMetrics(look.header).horizontalAdvance(look.measure_label(number))
    values = QFontMetrics(look.measure).horizontalAdvance(look.measure_value(number, most))
    return max(heading, values) + look.padding + look.gap(column)
