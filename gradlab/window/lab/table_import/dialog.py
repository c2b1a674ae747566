"""The import page: a table is looked at, and what it needs is chosen, before anything is trained on it."""

from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from gradlab.errors import InputError
from gradlab.experiment.schema import Experiment
from gradlab.language import tr, trn
from gradlab.tables.remarks import Level, Remark
from gradlab.tables.survey import Role, Survey, survey
from gradlab.window.lab.refusals import notice_in_words
from gradlab.window.lab.table_import.choices import Changes, changed, of_setting, on_table, target_of
from gradlab.window.lab.table_import.columns_table import ColumnsTable
from gradlab.window.lab.table_import.file_kinds import table_filter
from gradlab.window.lab.table_import.reading_settings import ReadingSettings
from gradlab.window.lab.table_import.remark_list import RemarkList
from gradlab.window.lab.table_import.surveyor import Look, Surveyor
from gradlab.window.language.numbers import number
from gradlab.window.services.dialogs import ask_which
from gradlab.window.services.explain import Explainer
from gradlab.window.widgets import reading_order
from gradlab.window.widgets.boxes import fill
from gradlab.window.widgets.hint import Hint
from gradlab.window.widgets.widgets import label, push_button, show_in_scroll

USUAL, AROUND, SMALLEST = QSize(1240, 780), QSize(32, 32), QSize(860, 540)
SETTINGS_WIDTH = 44  # digits of the font
PATIENCE_MS = 250  # sooner than that, nobody wonders


class TableImport(QDialog):
    """Shows a table and what is to be said of it. Nothing changes until it is used.

    Attributes:
        used: emitted with the Experiment to train, when *Use this table* is pressed.
        experiment: what it would be now.
        survey: what the table looks like; None while that is not known, or it cannot be read.
        table, settings, remarks, use, cancel, other: the parts of the page.
    """

    used = Signal(object)

    def __init__(
        self,
        experiment: Experiment,
        parent: QWidget | None = None,
        *,
        consequence: str = "",
        look: Look = survey,
    ) -> None:
        """Look at the table of ``experiment``; ``consequence`` says what else using it brings."""
        super().__init__(parent)
        self.experiment = experiment
        self.survey: Survey | None = None
        self._error: InputError | None = None
        self._is_first = True
        self.setWindowTitle(tr("Own table"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._make_parts(consequence)
        self._lay_out()
        self._surveyor = Surveyor(look, self)
        self._connect()
        room = parent.window().size() - AROUND if parent is not None else USUAL
        self.setMinimumSize(SMALLEST.boundedTo(room))
        self.resize(USUAL.boundedTo(room))
        self._ask()

    @property
    def in_the_way(self) -> list[Remark]:
        """The remarks that must be settled first."""
        return [remark for remark in self._remarks() if remark.level is Level.ERROR]

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Go through the page with the Tab key as people read it."""
        return reading_order.step(self, forward=forward)

    def done(self, result: int) -> None:
        """Close the page."""
        self._surveyor.close()
        super().done(result)

    def _make_parts(self, consequence: str) -> None:
        self._name = label("", "heading")
        self._summary = label("", "muted", wrap=True)
        self._consequence = label(consequence, "muted", wrap=True)
        self._consequence.setVisible(bool(consequence))
        self.other = push_button(tr("Other file…"))
        self.other.setToolTip(tr("Look at another table instead."))
        self.table = ColumnsTable()
        self._how = label(tr("Click on a role or a kind to change it."), "muted", wrap=True)
        self._nothing = Hint("")
        self.remarks = RemarkList()
        self.settings = ReadingSettings()
        self._state = label("", "messageText", wrap=True)
        self._progress = QProgressBar()
        self._progress.setRange(0, 0)
        self._progress.setTextVisible(False)
        self._progress.setFixedWidth(120)
        self._progress.setAccessibleName(tr("Reading the table"))
        self._progress.hide()
        self._patience = QTimer(self, interval=PATIENCE_MS, singleShot=True)
        self.cancel = push_button(tr("Cancel"))
        self.cancel.setToolTip(tr("Closes the page. Everything stays as it was."))
        self.use = push_button(tr("Use this table"), "primary")
        self.use.setToolTip(tr("Puts the table and what you chose here into the experiment."))
        self.use.setDefault(True)

    def _lay_out(self) -> None:
        title = fill(QVBoxLayout(), self._name, self._summary, self._consequence, spacing=2)
        top = fill(QHBoxLayout(), (title, 1), (self.other, 0, Qt.AlignmentFlag.AlignTop), spacing=12)
        side = show_in_scroll(self.settings)
        side.setFixedWidth(SETTINGS_WIDTH * self.fontMetrics().horizontalAdvance("0"))
        what = label(tr("What was found, and what to do"), "section")
        left = fill(
            QVBoxLayout(), self._how, (self.table, 1), (self._nothing, 1), what, self.remarks, spacing=4
        )
        middle = fill(QHBoxLayout(), (left, 1), side, spacing=16)
        bottom = fill(QHBoxLayout(), (self._state, 1), self._progress, self.cancel, self.use, spacing=8)
        fill(QVBoxLayout(self), top, (middle, 1), bottom, spacing=8, margins=(16, 12, 16, 12))

    def _connect(self) -> None:
        explainer = Explainer(self)
        self.addActions([explainer.click, explainer.focused])
        self.table.changed.connect(self._change)
        self.remarks.chosen.connect(self._change)
        self.remarks.pointed.connect(self.table.bring)
        self.settings.changed.connect(lambda key, value: self._change(of_setting(key, value)))
        self._surveyor.found.connect(self._show_found)
        self._patience.timeout.connect(self._progress.show)
        self.other.clicked.connect(self._choose_other)
        self.cancel.clicked.connect(self.reject)
        self.use.clicked.connect(self._use)

    @Slot()
    def _choose_other(self) -> None:
        if path := ask_which(self, tr("Choose a table"), table_filter()):
            self.experiment = on_table(self.experiment, path)
            self._ask()

    @Slot(object)
    def _change(self, changes: Changes) -> None:
        """Make a choice; the survey follows."""
        try:
            after = changed(self.experiment, changes)
        except InputError as error:
            self._state.setText(notice_in_words(str(error), error.key))
            return
        if after != self.experiment:
            self.experiment = after
            self._ask()

    def _ask(self) -> None:
        path = Path(self.experiment.data.path)
        self._name.setText(path.name or tr("No file"))
        self._name.setToolTip(str(path))
        self.use.setEnabled(False)
        self._state.setText(tr("Reading the table…"))
        self._patience.start()
        self._surveyor.ask(self.experiment.data)

    @Slot(object)
    def _show_found(self, found: Survey | InputError) -> None:
        self._patience.stop()
        self._progress.hide()
        self.survey, self._error = (None, found) if isinstance(found, InputError) else (found, None)
        data = self.experiment.data
        for part in (self._how, self.table):
            part.setVisible(self.survey is not None)
        self._nothing.setVisible(self.survey is None)
        self._nothing.setText(tr("No table can be made of this file as it is read now."))
        self.table.show_survey(self.survey, data)
        self.settings.show_survey(self.survey, data)
        self.remarks.show_remarks(self._remarks())
        self._summary.setText(summary(self.survey) if self.survey else "")
        self._show_state()
        if self._is_first:
            self._is_first = False
            QTimer.singleShot(0, self, lambda: self._first_control().setFocus())  # once the remarks are there

    def _first_control(self) -> QWidget:
        """Return what people most likely want to press next."""
        errors = self.remarks.rows[: len(self.in_the_way)]
        remedies = [button for row in errors for button in row.buttons]
        return self.use if self.use.isEnabled() else (remedies or [self.other])[0]

    def _show_state(self) -> None:
        """Say whether the table can be used, and else what is in the way."""
        errors = self.in_the_way
        self.use.setEnabled(not errors)
        if errors:
            words = trn(
                "{count} thing has to be settled before the table can be used.",
                "{count} things have to be settled before the table can be used.",
                len(errors),
            )
            self._state.setText(words.format(count=number(len(errors))))
        else:
            self._state.setText(tr("The table can be used."))

    def _remarks(self) -> tuple[Remark, ...]:
        if self.survey is not None:
            return self.survey.remarks
        if self._error is None:
            return ()
        line = tr("“{file}”: {line}").format(file=Path(self.experiment.data.path).name, line=self._error)
        return (Remark(line, key=self._error.key or "data.path"),)

    @Slot()
    def _use(self) -> None:
        if self.survey is not None and not self._surveyor.is_busy and not self.in_the_way:
            self.used.emit(self.experiment)
            self.accept()


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
