"""The table on the import page: every column with its role and kind, and the first rows below."""

from functools import partial
from typing import TypeVar

from PySide6.QtCore import QModelIndex, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
)
from typing_extensions import override

from gradlab.experiment.sections.data import Data
from gradlab.language import tr
from gradlab.tables.gaps import Gaps
from gradlab.tables.remarks import Remark
from gradlab.tables.survey import Kind, Role, Survey
from gradlab.window.lab.table_import.choices import Changes, of_kind, of_role, possible_kinds, possible_roles
from gradlab.window.lab.table_import.columns_model import KINDS, ROLES, ColumnsModel, HeadLine, PreviewModel
from gradlab.window.widgets.boxes import fill
from gradlab.window.widgets.record_table import Index, RecordTable

T = TypeVar("T", Role, Kind)
MEASURED_ROWS = 20  # for the width of a column
NARROWEST, WIDEST = 11, 30  # characters
LINE_HEIGHT = 1.7  # of the font's
CHANGE_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space, Qt.Key.Key_F2)


class ColumnsTable(QFrame):
    """Two tables that scroll sideways together: what is chosen for each column, and the first rows.

    Attributes:
        changed: emitted with the Changes that a choice means.
        head, body: the two tables.
    """

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._survey: Survey | None = None
        self._data = Data()
        self._widths: tuple[int, ...] = ()
        self.columns, self.rows = ColumnsModel(self), PreviewModel(self)
        self.head = HeadView(self.columns, tr("Columns"))
        self.body = CellsView(self.rows, tr("First rows"))
        self.body.horizontalHeader().hide()
        self.body.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.head.setToolTip(
            tr(
                "The columns: what each is for, what it holds. Arrow keys walk through them, Enter changes one."
            )
        )
        self.body.setToolTip(tr("The first rows as they were read, with their lines in the file."))
        self.setObjectName("importTable")
        above_the_bar = self.body.verticalScrollBar().sizeHint().width()
        head = fill(QHBoxLayout(), (self.head, 1), above_the_bar, spacing=0)
        fill(QVBoxLayout(self), head, (self.body, 1), spacing=0, margins=(1, 1, 1, 1))
        self.head.asked.connect(self._offer)
        self.head.horizontalHeader().sectionResized.connect(self._follow_width)
        bars = self.head.horizontalScrollBar(), self.body.horizontalScrollBar()
        bars[0].valueChanged.connect(bars[1].setValue)
        bars[1].valueChanged.connect(bars[0].setValue)

    def show_survey(self, survey: Survey | None, data: Data) -> None:
        """Show a table that was read as ``data`` says."""
        self._survey, self._data = survey, data
        self.columns.show_survey(survey, data)
        self.rows.show_survey(survey, Gaps.of(data.gaps))
        self._fit()

    def bring(self, remark: Remark) -> None:
        """Scroll to the cell that a remark is about, and mark it."""
        row, column = self.rows.place_of(remark)
        if column >= 0:
            self.head.setCurrentIndex(self.columns.index(HeadLine.ROLE, column))
        if row >= 0:
            self.body.setCurrentIndex(self.rows.index(row, max(column, 0)))

    def _fit(self) -> None:
        widths = self._widths_needed()
        if widths != self._widths:
            self._widths = widths
            for column, width in enumerate(widths):
                self.head.setColumnWidth(column, width)
        for column in range(self.columns.columnCount()):
            self.body.setColumnWidth(column, self.head.columnWidth(column))
        margin = max(view.verticalHeader().sizeHint().width() for view in (self.head, self.body))
        for view in (self.head, self.body):
            view.verticalHeader().setFixedWidth(margin)
        rows = self.head.verticalHeader().length()
        self.head.setFixedHeight(self.head.horizontalHeader().sizeHint().height() + rows + 2)

    def _widths_needed(self) -> tuple[int, ...]:
        if self._survey is None:
            return ()
        metrics = self.fontMetrics()
        digit = metrics.averageCharWidth()
        texts = zip(*self._survey.preview[:MEASURED_ROWS], strict=True) if self._survey.preview else ()
        rows = list(texts) or [()] * len(self._survey.columns)

        def needed(number: int) -> int:
            column = self._survey.columns[number]  # type: ignore[union-attr]
            shown = (
                column.name,
                tr(ROLES[column.role]),
                tr(KINDS[column.kind]),
                column.example,
                *rows[number],
            )
            longest = max(metrics.horizontalAdvance(text[:WIDEST]) for text in shown)
            return min(max(longest + 40, NARROWEST * digit), WIDEST * digit)

        return tuple(map(needed, range(len(self._survey.columns))))

    def _follow_width(self, column: int, _: int, width: int) -> None:
        self.body.setColumnWidth(column, width)

    def _offer(self, index: QModelIndex) -> None:
        """Let people choose for the cell, from a menu below it."""
        line, number = index.row(), index.column()
        if self._survey is None or not self.columns.can_change(line, number):
            return
        menu = self._role_menu(number) if line == HeadLine.ROLE else self._kind_menu(number)
        corner = self.head.visualRect(index).bottomLeft()
        menu.popup(self.head.viewport().mapToGlobal(corner + QPoint(0, 1)))

    def _role_menu(self, number: int) -> QMenu:
        assert self._survey is not None
        survey, column = self._survey, self._survey.columns[number]
        changes = {role: of_role(self._data, survey, column.name, role) for role in Role}
        texts = {role: tr(words) for role, words in ROLES.items()}
        return self._menu(texts, changes, column.role, possible_roles(self._data, column))

    def _kind_menu(self, number: int) -> QMenu:
        assert self._survey is not None
        column = self._survey.columns[number]
        kinds = (Kind.NUMBER, Kind.CATEGORY)
        changes = {kind: of_kind(self._data, column, kind) for kind in kinds}
        texts = {kind: tr(KINDS[kind]) for kind in kinds}
        return self._menu(texts, changes, self.columns.kind_of(number), possible_kinds(self._data, column))

    def _menu(self, texts: dict[T, str], changes: dict[T, Changes], now: T, possible: frozenset[T]) -> QMenu:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for choice, text in texts.items():
            action = menu.addAction(text)
            action.setCheckable(True)
            action.setChecked(choice == now)
            action.setEnabled(choice in possible)
            if choice == now:
                menu.setActiveAction(action)
            else:
                action.triggered.connect(partial(self._choose, changes[choice]))
        return menu

    def _choose(self, changes: Changes, _: bool = False) -> None:
        self.changed.emit(changes)


class CellsView(QTableView):
    """A table that the arrow keys walk through, and the Tab key leaves."""

    def __init__(self, model: RecordTable, name: str) -> None:
        super().__init__()
        self.setModel(model)
        self.setAccessibleName(name)
        self.setTabKeyNavigation(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setObjectName("tablePart")
        self.setWordWrap(False)
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setHighlightSections(False)
            header.setSectionsClickable(False)
        self.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        self.verticalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(round(self.fontMetrics().height() * LINE_HEIGHT))
        self.setIconSize(QSize(14, 14))


class HeadView(CellsView):
    """The lines above the rows.

    Attributes:
        asked: emitted with the cell that was clicked on, or chosen by key.
    """

    asked = Signal(QModelIndex)

    def __init__(self, model: ColumnsModel, name: str) -> None:
        super().__init__(model, name)
        for set_policy in (self.setHorizontalScrollBarPolicy, self.setVerticalScrollBarPolicy):
            set_policy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(IconAtTheEnd(self))
        self.clicked.connect(self.asked)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in CHANGE_KEYS and self.currentIndex().isValid():
            self.asked.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)


class IconAtTheEnd(QStyledItemDelegate):
    """Shows the arrow of a choice where lists have it."""

    @override
    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        option.decorationPosition = QStyleOptionViewItem.Position.Right
