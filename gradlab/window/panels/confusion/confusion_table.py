"""The confusion matrix as people see it: a heat table whose cells grow and shrink with the panel."""

import math
from dataclasses import dataclass
from typing import cast

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontInfo,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from gradlab.language import tr, trc
from gradlab.window import theme
from gradlab.window.charts.colors import blend
from gradlab.window.panels.confusion.confusion_model import (
    MEASURES,
    ConfusionModel,
    Show,
    rows_in_words,
    short_percent,
)
from gradlab.window.panels.confusion.contrast import readable_on
from gradlab.window.theme.themed import Themed

SMALLEST_POINTS = 8.0
NARROW = 380  # pixels: below, the measures' names are shortened
LARGEST_CELL = 140
GAP = 8  # between the matrix and the measures
WIDE_ENOUGH = 80  # cells from which on a name that is longer still is cut off instead of standing upright
LEVELS = 64  # steps of heat: finer ones nobody sees
CENTER = Qt.AlignmentFlag.AlignCenter


@dataclass
class Fonts:
    """The sizes in use: they follow the cells."""

    cell: QFont
    note: QFont
    header: QFont


class ConfusionTable(Themed, QTableView):
    """A table of counts: right on the diagonal, wrong beside it, the measures of each class at the right.

    Attributes:
        cell_picked: emitted with the true and the predicted class of a cell, by a click or Enter.
        chosen: the cell that is marked, if any.
    """

    cell_picked = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fonts = Fonts(self.font(), self.font(), self.font())
        self.matrix = ConfusionModel(self)
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
        self.setItemDelegate(CellDelegate(self))
        self.setHorizontalHeader(AxisHeader(Qt.Orientation.Horizontal, tr("Predicted"), self))
        self.setVerticalHeader(AxisHeader(Qt.Orientation.Vertical, tr("True"), self))
        self.pointed = QModelIndex()
        self.chosen: tuple[int, int] | None = None
        self.clicked.connect(self._pick)
        self.entered.connect(self._point)
        self.selectionModel().currentChanged.connect(self._point)
        self.matrix.modelReset.connect(self.fit)
        self.matrix.dataChanged.connect(self.fit)
        self.wear()

    def dress(self) -> None:
        """Take the colours."""
        self.right, self.wrong = shades("heat.right"), shades("heat.wrong")
        panel = theme.color("surface.panel").name()
        self.setStyleSheet(
            f"QTableView, QHeaderView, QTableCornerButton::section {{ background: {panel}; border: none; }}"
        )

    @Slot(QModelIndex)
    def _point(self, index: QModelIndex) -> None:
        """Follow the mouse or the keyboard with the names of its row and column."""
        self.pointed = index
        self.verticalHeader().viewport().update()
        self.horizontalHeader().viewport().update()

    def choose(self, cell: tuple[int, int] | None) -> None:
        """Mark a cell, or none."""
        self.chosen = cell
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pick the cell that the keyboard is at."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._pick(self.currentIndex())
        else:
            super().keyPressEvent(event)

    @Slot(QModelIndex)
    def _pick(self, index: QModelIndex) -> None:
        if index.isValid() and index.column() < self.matrix.classes:
            self.cell_picked.emit(index.row(), index.column())

    def leaveEvent(self, event: QEvent) -> None:
        """Let the mouse's names go."""
        super().leaveEvent(event)
        self._point(self.currentIndex())

    def changeEvent(self, event: QEvent) -> None:
        """Follow the font of the theme, e.g. in large text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "matrix"):
            self.fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the cells to the new size."""
        super().resizeEvent(event)
        self.fit()

    @property
    def is_narrow(self) -> bool:
        """Whether room is so short that names have to be too."""
        return self.width() < NARROW

    @property
    def padding(self) -> int:
        """How much wider a cell is than its text, at least."""
        return 1 if self.is_narrow else 2

    def measure_label(self, number: int) -> str:
        """Return what the header calls a measure."""
        return tr(MEASURES[number].short if self.is_narrow else MEASURES[number].label)

    def fit(self) -> None:
        """Choose cell and font sizes so that everything is seen, down to the smallest readable font."""
        if not self.matrix.classes:
            return
        base = QFontInfo(self.font()).pointSizeF()
        is_roomy = self.matrix.classes <= 6 and not self.is_narrow
        self.fonts.header = _sized(self.font(), base if is_roomy else SMALLEST_POINTS)
        rows = self._header(Qt.Orientation.Vertical)
        columns = self._header(Qt.Orientation.Horizontal)
        rows.reserve(self.width() // 5)
        free = self.width() - rows.width()
        self._fit_into(free, columns)
        if self.matrix.classes * self.rowHeight(0) > self.height() - columns.height():
            # The rows have to be scrolled, and the bar for that takes room from the columns.
            self._fit_into(free - self.verticalScrollBar().sizeHint().width(), columns)

    def _fit_into(self, free: int, columns: "AxisHeader") -> None:
        """Choose sizes for a width beside the rows' header."""
        measure_widths = self._fit_measures(free - self.matrix.classes * self._smallest_cell().width())
        free -= sum(measure_widths)
        columns.reserve(self.height() // 4, cell=free // self.matrix.classes)
        used = self._size_cells(free, self.height() - columns.height())
        spare = min(24, max(0, free - used) // len(MEASURES))
        for number, width in enumerate(measure_widths):
            self.setColumnWidth(self.matrix.classes + number, width + spare)

    def _fit_measures(self, free_width: int) -> list[int]:
        """Return the widths of the measures that have room: how many rows there are is the least of them."""
        widths = [_measure_width(self, number) for number in range(len(MEASURES))]
        is_crowded = sum(widths) > free_width
        self.setColumnHidden(self.matrix.classes + len(MEASURES) - 1, is_crowded)
        return widths[:-1] if is_crowded else widths

    def _smallest_cell(self) -> QSize:
        metrics = QFontMetrics(_sized(self.font(), SMALLEST_POINTS))
        width = max(metrics.horizontalAdvance(text) for text in self._cell_texts()) + self.padding
        return QSize(width, metrics.ascent() + 4)  # digits have nothing below their line

    def _size_cells(self, free_width: int, free_height: int) -> int:
        """Size the matrix; return its width."""
        smallest = QFontMetrics(_sized(self.font(), SMALLEST_POINTS))
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
        self.fonts.cell = _fitting(self.font(), widest, width - self.padding, height - 2, largest)
        self.fonts.note = _sized(self.font(), max(SMALLEST_POINTS, base - 1))
        return width * classes

    def _cell_texts(self) -> list[str]:
        classes = range(self.matrix.classes)
        if self.matrix.show_as is Show.COUNTS:
            return [str(self.matrix.counts.max())]
        return [self.matrix.cell_text(row, column) for row in classes for column in classes]

    def _header(self, orientation: Qt.Orientation) -> "AxisHeader":
        is_row = orientation == Qt.Orientation.Vertical
        return cast("AxisHeader", self.verticalHeader() if is_row else self.horizontalHeader())


class AxisHeader(QHeaderView):
    """Class names along one side, under (or beside) a band that says what the side stands for."""

    def __init__(self, orientation: Qt.Orientation, band: str, table: ConfusionTable) -> None:
        super().__init__(orientation, table)
        self._table = table
        self._band = band
        self._upright = False
        self.setMinimumSectionSize(4)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setSectionsClickable(False)
        self.setHighlightSections(False)

    def reserve(self, limit: int, cell: int = 0) -> None:
        """Take the room that the names need, at most ``limit``; those too long for ``cell`` stand upright."""
        metrics = QFontMetrics(self._table.fonts.header)
        longest = max(metrics.horizontalAdvance(name) for name in self._table.matrix.shown_names)
        band = self._thickness()
        if self.orientation() == Qt.Orientation.Vertical:
            self.setFixedWidth(band + min(longest + 8, limit))
            return
        self._upright = longest > cell - 4 and cell < WIDE_ENOUGH
        self.setFixedHeight(band + min(longest + 8, limit) if self._upright else 2 * band)

    def _thickness(self) -> int:
        """Return the room of one line."""
        return QFontMetrics(self._table.fonts.header).height() + 2

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Draw one name, coloured where the mouse or the keyboard is."""
        table = self._table
        band = self._thickness()
        text = str(table.matrix.headerData(section, self.orientation()))
        painter.save()
        painter.setFont(table.fonts.header)
        painter.setPen(theme.color("accent.normal" if self._is_pointed(section) else "text.normal"))
        if self.orientation() == Qt.Orientation.Vertical:
            place = rect.adjusted(band, 0, -5, 0)
            _draw(painter, place, text, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        elif section >= table.matrix.classes:
            text = table.measure_label(section - table.matrix.classes)
            painter.setPen(theme.color("accent.normal" if self._is_pointed(section) else "text.muted"))
            _draw(painter, rect.adjusted(_gap(table, section), rect.height() - band, 0, 0), text, CENTER)
        elif self._upright:
            _draw_upright(painter, rect.adjusted(0, band, 0, -4), text)
        else:
            _draw(painter, rect.adjusted(1, band, -1, 0), text, CENTER)
        painter.restore()

    def _is_pointed(self, section: int) -> bool:
        pointed = self._table.pointed
        at = pointed.row() if self.orientation() == Qt.Orientation.Vertical else pointed.column()
        return pointed.isValid() and at == section

    def paintEvent(self, e: QPaintEvent) -> None:
        """Draw the names, then the band beside them."""
        super().paintEvent(e)
        classes = self._table.matrix.classes
        if not classes:
            return
        painter = QPainter(self.viewport())
        painter.setFont(self._table.fonts.header)
        painter.setPen(theme.color("text.muted"))
        thickness = self._thickness()
        start = self.sectionViewportPosition(0)
        length = sum(self.sectionSize(number) for number in range(classes))
        if self.orientation() == Qt.Orientation.Vertical:
            _draw_upright(painter, QRect(0, start, thickness, length), self._band, CENTER)
        else:
            painter.drawText(QRect(start, 0, length, thickness), CENTER, self._band)
        painter.end()


class CellDelegate(QStyledItemDelegate):
    """Draws a cell: its fill says how many, its side of the diagonal whether that is right."""

    def __init__(self, table: ConfusionTable) -> None:
        super().__init__(table)
        self._table = table

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw one cell."""
        row, column = index.row(), index.column()
        painter.save()
        rect = option.rect.adjusted(0, 0, -1, -1)
        if column < self._table.matrix.classes:
            self._paint_count(painter, rect, row, column)
        else:
            rect.adjust(_gap(self._table, column), 0, 0, 0)
            self._paint_measure(painter, rect, row, column)
        if (row, column) == self._table.chosen:
            painter.setPen(QPen(theme.color("text.normal"), 3))
            painter.drawRect(rect.adjusted(1, 1, -2, -2))
        self._paint_frame(painter, rect, option.state)
        painter.restore()

    def _paint_count(self, painter: QPainter, rect: QRect, row: int, column: int) -> None:
        matrix = self._table.matrix
        fill, ink = self._shade(row, column)
        painter.fillRect(rect, fill)
        if not matrix.counts[row, column] and row != column:
            ink = theme.color("text.disabled")
        painter.setPen(ink)
        text, notes = matrix.cell_text(row, column), self._notes(rect, row, column)
        if notes and matrix.show_as is not Show.COUNTS:
            text = trc("percentage", "{number} %").format(number=text)
        lines = [(self._table.fonts.cell, text), *((self._table.fonts.note, note) for note in notes)]
        _draw_lines(painter, rect, lines)

    def _shade(self, row: int, column: int) -> tuple[QColor, QColor]:
        share = float(self._table.matrix.shares[row, column])
        if row == column:
            return self._table.right[round(share * LEVELS)]
        # The square root makes a few wrong rows visible beside many right ones.
        return self._table.wrong[round(math.sqrt(share) * LEVELS)]

    def _notes(self, rect: QRect, row: int, column: int) -> list[str]:
        """Return what a large cell says beneath its number."""
        matrix, metrics, width = self._table.matrix, QFontMetrics(self._table.fonts.note), rect.width() - 6
        room = (rect.height() - QFontMetrics(self._table.fonts.cell).height() - 6) // metrics.height()
        if room <= 0:
            return []
        # Whether a note fits is decided by the longest of its kind: all cells then say the same things.
        counts = matrix.show_as is Show.COUNTS
        longest = _share_of_row("100") if counts else rows_in_words(int(matrix.counts.max()))
        notes = []
        if outcome := matrix.outcome(row, column):
            is_wide = metrics.horizontalAdvance(tr("False negative")) <= width
            notes.append(tr(outcome.long) if is_wide else outcome.short)
        if metrics.horizontalAdvance(longest) <= width:
            share = _share_of_row(short_percent(matrix.row_shares[row, column]))
            notes.append(share if counts else rows_in_words(int(matrix.counts[row, column])))
        return notes[:room]

    def _paint_measure(self, painter: QPainter, rect: QRect, row: int, column: int) -> None:
        matrix = self._table.matrix
        number = column - matrix.classes
        height = QFontMetrics(self._table.fonts.header).height()
        if (token := MEASURES[number].token) and rect.height() >= height:
            value = float(matrix.measures[number][row])
            below = rect.center().y() + height // 2
            bar = QRect(rect.left(), min(below, rect.bottom() - 2), rect.width(), 3)
            painter.fillRect(bar, theme.color("surface.raised"))
            bar.setWidth(round(bar.width() * value))
            painter.fillRect(bar, theme.color(token))
        painter.setPen(theme.color("text.normal"))
        painter.setFont(self._table.fonts.header)
        painter.drawText(rect.adjusted(0, 0, 0, -2), CENTER, matrix.data(matrix.index(row, column)))

    def _paint_frame(self, painter: QPainter, rect: QRect, state: QStyle.StateFlag) -> None:
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(theme.color("accent.focus"), 2))
            painter.drawRect(rect.adjusted(1, 1, -1, -1))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(theme.color("text.normal"))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))


def shades(full: str) -> list[tuple[QColor, QColor]]:
    """Return ``LEVELS + 1`` fills, from an empty cell's to the colour ``full``, each with its text's colour."""
    empty = theme.color("surface.raised")
    fills = [blend(theme.color(full), empty, level / LEVELS) for level in range(LEVELS + 1)]
    inks = theme.colors("heat.inks")
    return [(fill, readable_on(fill, *inks)) for fill in fills]


def _share_of_row(percent: str) -> str:
    return tr("{percent} % of row").format(percent=percent)


def _gap(table: ConfusionTable, column: int) -> int:
    """Return the room left of a column: the first measure stands apart from the matrix."""
    return GAP if column == table.matrix.classes else 3


def _measure_width(table: ConfusionTable, number: int) -> int:
    metrics = QFontMetrics(table.fonts.header)
    column = table.matrix.classes + number
    texts = [table.measure_label(number), "0.00", str(table.matrix.counts.sum(axis=1).max())]
    return max(metrics.horizontalAdvance(text) for text in texts) + table.padding + _gap(table, column)


def _sized(font: QFont, points: float) -> QFont:
    sized = QFont(font)
    sized.setPointSizeF(points)
    return sized


def _fitting(font: QFont, text: str, width: int, height: int, largest: float) -> QFont:
    """Return ``font`` as large as ``text`` fits, from the smallest readable size to ``largest`` points."""
    points = largest
    while points > SMALLEST_POINTS:
        metrics = QFontMetrics(_sized(font, points))
        if metrics.horizontalAdvance(text) <= width and metrics.height() <= height:
            break
        points -= 0.5
    return _sized(font, max(points, SMALLEST_POINTS))


def _draw(painter: QPainter, rect: QRect, text: str, align: Qt.AlignmentFlag) -> None:
    painter.drawText(
        rect, align, painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
    )


def _draw_upright(painter: QPainter, rect: QRect, text: str, align: Qt.AlignmentFlag | None = None) -> None:
    """Draw text that reads from bottom to top."""
    painter.save()
    painter.translate(rect.left(), rect.bottom() + 1)
    painter.rotate(-90)
    turned = QRect(0, 0, rect.height(), rect.width())
    _draw(painter, turned, text, align or (Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter))
    painter.restore()


def _draw_lines(painter: QPainter, rect: QRect, lines: list[tuple[QFont, str]]) -> None:
    """Draw lines of different sizes, together in the middle of ``rect``."""
    heights = [QFontMetrics(font).height() for font, _ in lines]
    top = rect.top() + (rect.height() - sum(heights)) // 2
    for (font, text), height in zip(lines, heights, strict=True):
        painter.setFont(font)
        painter.drawText(QRect(rect.left(), top, rect.width(), height), CENTER, text)
        top += height
