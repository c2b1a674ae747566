"""What the pages have in common that show own data before they are used."""

from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLayout, QProgressBar, QVBoxLayout, QWidget

from gradlab.errors import InputError
from gradlab.experiment.schema import Experiment
from gradlab.language import tr, trn
from gradlab.tables.remarks import Level, Remark
from gradlab.window.lab.refusals import notice_in_words
from gradlab.window.lab.table_import.choices import Changes, changed
from gradlab.window.lab.table_import.remark_list import RemarkList
from gradlab.window.lab.table_import.surveyor import Look, Surveyor
from gradlab.window.language.numbers import number
from gradlab.window.services.explain import Explainer
from gradlab.window.widgets import reading_order
from gradlab.window.widgets.boxes import fill
from gradlab.window.widgets.hint import Hint
from gradlab.window.widgets.widgets import label, push_button

USUAL, AROUND, SMALLEST = QSize(1240, 780), QSize(32, 32), QSize(860, 540)
PATIENCE_MS = 250  # sooner than that, nobody wonders


class ImportPage(QDialog):
    """Shows own data and what is to be said of them. Nothing changes until they are used.

    A subclass makes what it shows in ``make_parts``, and says in ``show_found`` what was found.

    Attributes:
        used: emitted with the Experiment to train, when the data are to be used.
        experiment: what it would be now.
        how: a line above the data: what can be done with them.
        remarks, nothing, use, cancel, other: the parts of the page; ``nothing`` stands where there are no data.
    """

    used = Signal(object)

    def __init__(
        self, experiment: Experiment, look: Look, parent: QWidget | None = None, consequence: str = ""
    ) -> None:
        """``look`` looks at the data; ``consequence`` says what else using them brings."""
        super().__init__(parent)
        self.experiment = experiment
        self._told: tuple[Remark, ...] = ()
        self._is_first = True
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._make_frame(consequence)
        self._surveyor = Surveyor(look, self)
        self._lay_out(self.make_parts())
        self._connect()
        room = parent.window().size() - AROUND if parent is not None else USUAL
        self.setMinimumSize(SMALLEST.boundedTo(room))
        self.resize(USUAL.boundedTo(room))
        self.ask()

    def make_parts(self) -> QLayout:
        """Make what shows the data, and return its layout."""
        raise NotImplementedError

    def show_found(self, found: object) -> str:
        """Show what was found, None if nothing; return in a line what would be learned from it."""
        raise NotImplementedError

    def remarks_of(self, found: object) -> tuple[Remark, ...]:
        """Return what there is to say of what was found, errors first."""
        raise NotImplementedError

    def choose_other(self) -> Experiment | None:
        """Ask for other data; return the experiment on them, None if cancelled."""
        raise NotImplementedError

    @property
    def in_the_way(self) -> list[Remark]:
        """The remarks that must be settled first."""
        return [remark for remark in self._told if remark.level is Level.ERROR]

    @property
    def is_busy(self) -> bool:
        """Whether the data are still being looked at."""
        return self._surveyor.is_busy

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Go through the page with the Tab key as people read it."""
        return reading_order.step(self, forward=forward)

    def done(self, result: int) -> None:
        """Close the page."""
        self._surveyor.close()
        super().done(result)

    def ask(self) -> None:
        """Look at the data as the settings are now."""
        path = Path(self.experiment.data.path)
        self._name.setText(path.name or tr("No file"))
        self._name.setToolTip(str(path))
        self.use.setEnabled(False)
        self.state.setText(tr("Looking at the data…"))
        self._patience.start()
        self._surveyor.ask(self.experiment.data)

    @Slot(object)
    def change(self, changes: Changes) -> None:
        """Make a choice; what is shown follows."""
        try:
            after = changed(self.experiment, changes)
        except InputError as error:
            self.state.setText(notice_in_words(str(error), error.key))
            return
        if after != self.experiment:
            self.experiment = after
            self.ask()

    def _make_frame(self, consequence: str) -> None:
        self._name = label("", "heading")
        self._summary = label("", "muted", wrap=True)
        self.consequence = label(consequence, "muted", wrap=True)
        self.consequence.setVisible(bool(consequence))
        self.other = push_button("")
        self.how = label("", "muted", wrap=True)
        self.nothing = Hint("")
        self.remarks = RemarkList()
        self.state = label("", "messageText", wrap=True)
        self.progress = QProgressBar()
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setFixedWidth(120)
        self.progress.setAccessibleName(tr("Looking at the data…"))
        self.progress.hide()
        self._patience = QTimer(self, interval=PATIENCE_MS, singleShot=True)
        self.cancel = push_button(tr("Cancel"))
        self.cancel.setToolTip(tr("Closes the page. Everything stays as it was."))
        self.use = push_button("", "primary")
        self.use.setToolTip(tr("Puts the data and what you chose here into the experiment."))
        self.use.setDefault(True)

    def _lay_out(self, parts: QLayout) -> None:
        title = fill(QVBoxLayout(), self._name, self._summary, self.consequence, spacing=2)
        top = fill(QHBoxLayout(), (title, 1), (self.other, 0, Qt.AlignmentFlag.AlignTop), spacing=12)
        bottom = fill(QHBoxLayout(), (self.state, 1), self.progress, self.cancel, self.use, spacing=8)
        fill(QVBoxLayout(self), top, (parts, 1), bottom, spacing=8, margins=(16, 12, 16, 12))

    def _connect(self) -> None:
        explainer = Explainer(self)
        self.addActions([explainer.click, explainer.focused])
        self.remarks.chosen.connect(self.change)
        self._surveyor.found.connect(self._take_found)
        self._patience.timeout.connect(self.progress.show)
        self.other.clicked.connect(self._take_other)
        self.cancel.clicked.connect(self.reject)
        self.use.clicked.connect(self._use)

    @Slot()
    def _take_other(self) -> None:
        if (experiment := self.choose_other()) is not None:
            self.experiment = experiment
            self.ask()

    @Slot(object)
    def _take_found(self, found: object) -> None:
        self._patience.stop()
        self.progress.hide()
        failed = isinstance(found, InputError)
        self._told = self._error_remarks(found) if isinstance(found, InputError) else self.remarks_of(found)
        self.nothing.setVisible(failed)
        self.how.setVisible(not failed)
        self._summary.setText(self.show_found(None if failed else found))
        self.remarks.show_remarks(self._told)
        self._show_state()
        if self._is_first:
            self._is_first = False
            # Once the remarks are there.
            QTimer.singleShot(0, self, lambda: self._first_control().setFocus())

    def _error_remarks(self, error: InputError) -> tuple[Remark, ...]:
        line = tr("“{file}”: {line}").format(file=Path(self.experiment.data.path).name, line=error)
        return (Remark(line, key=error.key or "data.path"),)

    def _first_control(self) -> QWidget:
        """Return what people most likely want to press next."""
        errors = self.remarks.rows[: len(self.in_the_way)]
        remedies = [button for row in errors for button in row.buttons]
        return self.use if self.use.isEnabled() else (remedies or [self.other])[0]

    def _show_state(self) -> None:
        """Say whether the data can be used, and else what is in the way."""
        errors = self.in_the_way
        self.use.setEnabled(not errors)
        if not errors:
            self.state.setText(tr("Nothing is in the way."))
            return
        words = trn(
            "{count} thing has to be settled before this can be used.",
            "{count} things have to be settled before this can be used.",
            len(errors),
        )
        self.state.setText(words.format(count=number(len(errors))))

    @Slot()
    def _use(self) -> None:
        if not self.is_busy and not self.in_the_way:
            self.used.emit(self.experiment)
            self.accept()
