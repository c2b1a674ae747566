"""The models of the import page's table: what the columns are for, and the first rows below."""

from enum import IntEnum
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor, QFont, QIcon
from typing_extensions import override

from gradlab.experiment.sections.data import Data
from gradlab.language import mark, sentences, tr, trn
from gradlab.tables.gaps import Gaps
from gradlab.tables.remarks import Level, Remark
from gradlab.tables.survey import ColumnSurvey, Kind, Role, Survey
from gradlab.window import theme
from gradlab.window.lab.table_import.choices import possible_kinds, possible_roles
from gradlab.window.language.numbers import number
from gradlab.window.theme import icons
from gradlab.window.widgets.record_table import Answers, RecordTable, bold
from gradlab.window.widgets.widgets import tooltip

ROLES = {Role.INPUT: mark("Input"), Role.TARGET: mark("To predict"), Role.LEFT_OUT: mark("Left out")}
KINDS = {
    Kind.NUMBER: mark("Number"),
    Kind.CATEGORY: mark("Category"),
    Kind.DATE: mark("Date"),
    Kind.TEXT: mark("Text"),
    Kind.EMPTY: mark("Nothing"),
}
WRONG_OPACITY = 0.18


class HeadLine(IntEnum):
    """The lines above the rows of a table."""

    ROLE = 0
    KIND = 1
    GAPS = 2
    VALUES = 3


LINES = {
    HeadLine.ROLE: (
        mark("Role"),
        mark(
            "What the column is for: to learn from (input), to predict, or neither. "
            "Click or press Enter to change it."
        ),
    ),
    HeadLine.KIND: (
        mark("Kind"),
        mark(
            "What the column holds. Numbers can also be taken for categories: codes that only name something, "
            "such as 1 for red and 2 for blue. Click or press Enter to change it."
        ),
    ),
    HeadLine.GAPS: (mark("Missing"), mark("How many rows have no value in this column.")),
    HeadLine.VALUES: (
        mark("Values"),
        mark("What is in the column: from the smallest to the largest, or the first few."),
    ),
}


class ColumnsModel(RecordTable):
    """A line each for the role, the kind, the gaps and the values of all columns.

    Attributes:
        columns: what is shown.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        self.columns: tuple[ColumnSurvey, ...] = ()
        self._data, self._task = Data(), ""
        role = Qt.ItemDataRole
        answers: Answers = {
            role.DisplayRole: self._text,
            role.ToolTipRole: self._tip,
            role.AccessibleTextRole: self._spoken,
            role.DecorationRole: self._decoration,
            role.BackgroundRole: self._ground,
            role.ForegroundRole: self._ink,
            role.FontRole: self._font,
        }
        super().__init__(answers, parent)

    def show_survey(self, survey: Survey | None, data: Data) -> None:
        """Show the columns of a table that was read as ``data`` says."""
        columns, self._task = (survey.columns, survey.task) if survey else ((), "")
        if len(columns) == len(self.columns):  # the place of the keyboard stays
            self.columns, self._data = columns, data
            self.emit_changed()
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, max(len(columns) - 1, 0))
            return
        with self.resetting():
            self.columns, self._data = columns, data

    def kind_of(self, column: int) -> Kind:
        """Return what a column is taken for: numbers to predict may be the names of classes."""
        survey = self.columns[column]
        is_class = survey.role is Role.TARGET and self._task == "classification"
        return Kind.CATEGORY if is_class and survey.kind is Kind.NUMBER else survey.kind

    def can_change(self, line: int, column: int) -> bool:
        """Return whether there is something to choose in a cell."""
        survey = self.columns[column]
        if line == HeadLine.ROLE:
            return len(possible_roles(self._data, survey)) > 1
        is_used = survey.role is not Role.LEFT_OUT
        return line == HeadLine.KIND and is_used and len(possible_kinds(self._data, survey)) > 1

    @override
    def size(self) -> tuple[int, int]:
        return len(HeadLine), len(self.columns)

    @override
    def heading(self, section: int, orientation: Qt.Orientation, role: Qt.ItemDataRole) -> Any:
        if orientation == Qt.Orientation.Vertical:
            words = {Qt.ItemDataRole.DisplayRole: 0, Qt.ItemDataRole.ToolTipRole: 1}
            return tr(LINES[HeadLine(section)][words[role]]) if role in words else None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].name
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip(self.columns[section].name)
        return bold() if role == Qt.ItemDataRole.FontRole else None

    def _text(self, line: int, column: int) -> str:
        survey = self.columns[column]
        texts = {
            HeadLine.ROLE: tr(ROLES[survey.role]),
            HeadLine.KIND: tr(KINDS[self.kind_of(column)]),
            HeadLine.GAPS: number(survey.gaps) if survey.gaps else "–",
            HeadLine.VALUES: survey.example,
        }
        return texts[HeadLine(line)]

    def _tip(self, line: int, column: int) -> str:
        survey = self.columns[column]
        different = trn("{count} different value", "{count} different values", survey.different)
        what = {
            HeadLine.ROLE: "",
            HeadLine.KIND: "",
            HeadLine.GAPS: "",
            HeadLine.VALUES: f"{survey.example} ({different.format(count=number(survey.different))})",
        }
        return tooltip(survey.name, what[HeadLine(line)], tr(LINES[HeadLine(line)][1]))

    def _spoken(self, line: int, column: int) -> str:
        name = tr(LINES[HeadLine(line)][0])
        return tr("{column}, {line}: {value}").format(
            column=self.columns[column].name, line=name, value=self._text(line, column)
        )

    def _decoration(self, line: int, column: int) -> QIcon | None:
        if self.can_change(line, column):
            return icons.icon("ph.caret-down", "text.muted")
        if line == HeadLine.GAPS and self.columns[column].gaps:
            return icons.icon("ph.warning", "status.warning")
        return None

    def _ground(self, line: int, column: int) -> QColor | None:
        return theme.color("surface.selection") if self.columns[column].role is Role.TARGET else None

    def _ink(self, line: int, column: int) -> QColor | None:
        return theme.color("text.muted") if self.columns[column].role is Role.LEFT_OUT else None

    def _font(self, line: int, column: int) -> QFont | None:
        return bold() if line == HeadLine.ROLE and self.columns[column].role is Role.TARGET else None


class PreviewModel(RecordTable):
    """The first rows of a table; what is wrong or missing in a cell has a mark of its own."""

    def __init__(self, parent: QObject | None = None) -> None:
        self._survey: Survey | None = None
        self._wrong: dict[tuple[int, str], str] = {}
        self._wrong_lines: dict[int, str] = {}
        self._gaps = Gaps()
        role = Qt.ItemDataRole
        answers: Answers = {
            role.DisplayRole: self._text,
            role.ToolTipRole: self._tip,
            role.AccessibleTextRole: self._spoken,
            role.DecorationRole: self._decoration,
            role.BackgroundRole: self._ground,
            role.ForegroundRole: self._ink,
        }
        super().__init__(answers, parent)

    def show_survey(self, survey: Survey | None, gaps: Gaps) -> None:
        """Show the rows of a survey; ``gaps`` knows what stands for a missing value."""
        with self.resetting():
            self._survey, self._gaps = survey, gaps
            self._wrong, self._wrong_lines = {}, {}
            for remark in survey.remarks if survey else ():
                self._note(remark)

    def place_of(self, remark: Remark) -> tuple[int, int]:
        """Return the row and the column that a remark is about; -1 where it is not among those shown."""
        if self._survey is None:
            return -1, -1
        lines, names = self._survey.preview_lines, [column.name for column in self._survey.columns]
        row = next((row for row, line in enumerate(lines) if line in remark.lines), -1)
        return row, names.index(remark.column) if remark.column in names else -1

    @override
    def size(self) -> tuple[int, int]:
        return (len(self._survey.preview), len(self._survey.columns)) if self._survey else (0, 0)

    @override
    def heading(self, section: int, orientation: Qt.Orientation, role: Qt.ItemDataRole) -> Any:
        if self._survey is None or orientation == Qt.Orientation.Horizontal:
            return None
        line = self._survey.preview_lines[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return str(line)
        if role == Qt.ItemDataRole.ToolTipRole:
            where = tr("Line {line} of the file.").format(line=line)
            return sentences((where, self._wrong_lines.get(line, "")))
        return None

    def _note(self, remark: Remark) -> None:
        if remark.level is not Level.ERROR:
            return
        for line in remark.lines:
            if remark.column:
                self._wrong.setdefault((line, remark.column), remark.text)
            else:
                self._wrong_lines.setdefault(line, remark.text)

    def _text(self, row: int, column: int) -> str:
        assert self._survey is not None
        return self._survey.preview[row][column]

    def _is_gap(self, row: int, column: int) -> bool:
        assert self._survey is not None
        text, kind = self._text(row, column), self._survey.columns[column].kind
        return self._gaps.anywhere(text) or (kind is Kind.NUMBER and self._gaps.among_numbers(text))

    def _why_wrong(self, row: int, column: int) -> str:
        assert self._survey is not None
        line, name = self._survey.preview_lines[row], self._survey.columns[column].name
        return self._wrong.get((line, name), "")

    def _tip(self, row: int, column: int) -> str:
        missing = tr("No value here.") if self._is_gap(row, column) else ""
        return tooltip(self._text(row, column), self._why_wrong(row, column) or missing)

    def _spoken(self, row: int, column: int) -> str:
        text = self._text(row, column)
        if self._why_wrong(row, column):
            return tr("{value} (wrong)").format(value=text)
        return tr("{value} (missing)").format(value=text) if self._is_gap(row, column) else text

    def _decoration(self, row: int, column: int) -> QIcon | None:
        if self._why_wrong(row, column):
            return icons.icon("ph.warning-circle", "status.error")
        return icons.icon("ph.dots-three", "status.warning") if self._is_gap(row, column) else None

    def _ground(self, row: int, column: int) -> QColor | None:
        assert self._survey is not None
        if self._why_wrong(row, column):
            return _tint("status.error")
        if self._is_gap(row, column):
            return _tint("status.warning")
        is_target = self._survey.columns[column].role is Role.TARGET
        return theme.color("surface.selection") if is_target else None

    def _ink(self, row: int, column: int) -> QColor | None:
        assert self._survey is not None
        is_left_out = self._survey.columns[column].role is Role.LEFT_OUT
        return theme.color("text.muted") if is_left_out else None


def _tint(token: str) -> QColor:
    """Return a colour that lets text be read on it."""
    tint = theme.color(token)
    tint.setAlphaF(WRONG_OPACITY)
    return tint
