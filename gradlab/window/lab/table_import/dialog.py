"""The import page: a table is looked at, and what it needs is chosen, before anything is trained on it."""

from PySide6.QtWidgets import QHBoxLayout, QLayout, QVBoxLayout, QWidget
from typing_extensions import override

from gradlab.experiment.schema import Experiment
from gradlab.language import tr, trn
from gradlab.tables.remarks import Remark
from gradlab.tables.survey import Role, Survey, survey
from gradlab.window.lab.table_import.choices import on_table, target_of
from gradlab.window.lab.table_import.columns_table import ColumnsTable
from gradlab.window.lab.table_import.file_kinds import table_filter
from gradlab.window.lab.table_import.import_page import ImportPage
from gradlab.window.lab.table_import.reading_settings import ReadingSettings
from gradlab.window.lab.table_import.surveyor import Look
from gradlab.window.language.numbers import number
from gradlab.window.services.dialogs import ask_which
from gradlab.window.widgets.boxes import fill
from gradlab.window.widgets.widgets import label, show_in_scroll

SETTINGS_WIDTH = 44  # digits of the font


class TableImport(ImportPage):
    """Shows a table, what its columns are for, how it was read, and what is wrong with it.

    Attributes:
        survey: what the table looks like; None while that is not known, or it cannot be read.
        table, settings: the parts of the page that only tables have.
    """

    def __init__(
        self,
        experiment: Experiment,
        parent: QWidget | None = None,
        *,
        consequence: str = "",
        look: Look = survey,
    ) -> None:
        """Look at the table of ``experiment``; ``consequence`` says what else using it brings."""
        self.survey: Survey | None = None
        super().__init__(experiment, look, parent, consequence)
        self.setWindowTitle(tr("Own table"))
        self.table.changed.connect(self.change)
        self.remarks.pointed.connect(self.table.bring)
        self.settings.changed.connect(lambda key, value: self.change({key: value}))

    @override
    def make_parts(self) -> QLayout:
        for button, words in ((self.other, tr("Other file…")), (self.use, tr("Use this table"))):
            button.setText(words)
            button.setAccessibleName(words)
        self.other.setToolTip(tr("Look at another table instead."))
        self.how.setText(tr("Click on a role or a kind to change it."))
        self.nothing.setText(tr("No table can be made of this file as it is read now."))
        self.table = ColumnsTable()
        self.settings = ReadingSettings()
        side = show_in_scroll(self.settings)
        side.setFixedWidth(SETTINGS_WIDTH * self.fontMetrics().horizontalAdvance("0"))
        what = label(tr("What was found, and what to do"), "section")
        parts = self.how, (self.table, 1), (self.nothing, 1), what, self.remarks
        left = fill(QVBoxLayout(), *parts, spacing=4)
        return fill(QHBoxLayout(), (left, 1), side, spacing=16)

    @override
    def show_found(self, found: object) -> str:
        self.survey = found if isinstance(found, Survey) else None
        self.table.setVisible(self.survey is not None)
        self.table.show_survey(self.survey, self.experiment.data)
        self.settings.show_survey(self.survey, self.experiment.data)
        return summary(self.survey) if self.survey else ""

    @override
    def remarks_of(self, found: object) -> tuple[Remark, ...]:
        return found.remarks if isinstance(found, Survey) else ()

    @override
    def choose_other(self) -> Experiment | None:
        path = ask_which(self, tr("Choose a table"), table_filter())
        return on_table(self.experiment, path) if path else None


def summary(found: Survey) -> str:
    """Return in a line what would be learned from a table."""
    inputs = sum(column.role is Role.INPUT for column in found.columns)
    rows = trn("{count} row", "{count} rows", found.rows).format(count=number(found.rows))
    columns = trn("{count} column of inputs", "{count} columns of inputs", inputs)
    said = [rows, columns.format(count=number(inputs)), _predicted(found)]
    if found.left_out:
        left = trn("{count} row left out", "{count} rows left out", found.left_out)
        said.insert(1, left.format(count=number(found.left_out)))
    return " · ".join(filter(None, said))


def _predicted(found: Survey) -> str:
    target = target_of(found)
    if not target:
        return ""
    if found.task != "classification":
        return tr("predicts the number “{column}”").format(column=target)
    classes = trn("{count} class", "{count} classes", len(found.classes)).format(count=len(found.classes))
    return tr("predicts “{column}” ({classes})").format(column=target, classes=classes)
