"""The experiment as a form, made from the description of its settings."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import ClassVar

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from gradlab.errors import InputError
from gradlab.experiment.differences import value_of
from gradlab.experiment.in_force import SettingsInForce
from gradlab.experiment.relevance import means_something
from gradlab.experiment.schema import Experiment
from gradlab.experiment.settings import Setting, by_key
from gradlab.experiment.variants import singles
from gradlab.experiment.words import differences_in_words
from gradlab.instruments.records import Frame, Notice
from gradlab.language import grouped, mark, shown_name, tr, trc, trn
from gradlab.window.lab.fields import ChoiceField, Field, PathField, TypedField, in_words, make_field
from gradlab.window.panels.base import Panel
from gradlab.window.theme import icons
from gradlab.window.widgets.widgets import label, push_button

SECTION_TITLES = {
    "": mark("GENERAL"),
    "data": mark("DATA"),
    "model": mark("MODEL"),
    "optimizer": mark("OPTIMIZER"),
    "gradients": mark("GRADIENTS"),
    "training": mark("TRAINING"),
}
# In digits of the font: a larger font makes a wider form.
SMALLEST_WIDTH, LARGEST_WIDTH = 40, 44
FOLDER_SOURCES = ("images",)


@dataclass(frozen=True)
class FormMemory:
    """What people see of a form beside the experiment.

    Attributes:
        typed: by key the text as it was typed, and whether taking it over was tried.
        refused: by key the value that does not fit the others.
    """

    typed: Mapping[str, tuple[str, bool]]
    refused: Mapping[str, object]
    unfolded: bool
    scrolled: int


class ExperimentForm(Panel):
    """Every setting of an experiment; the six that matter most first.

    Attributes:
        changed: emitted with the key that was changed, and the Effect.
        wants_reset: *Reset now* was pressed.
        settings: what the form shows, and changes.
    """

    name: ClassVar[str] = "experiment"
    title = mark("Experiment")
    help = mark(
        "Here you say what is trained, and how. Rest the mouse on a field to read what it means. "
        "The learning rate and everything about gradients can be changed while the training runs: "
        "the change applies at the next update and is marked on the curves. "
        "Another data set or model needs a reset, because the training starts anew with it. "
        "More shows all settings."
    )
    watches: ClassVar[frozenset[str]] = frozenset()
    changed = Signal(str, object)
    wants_reset = Signal()

    def __init__(self, settings: SettingsInForce, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.settings = settings
        self._task = ""
        self._noticed: Field | None = None
        self._rejected: dict[str, object] = {}
        self._settings = by_key(Experiment)
        self._labels = {key: setting.label for key, setting in self._settings.items() if "." in key}
        self.fields = {key: self._connected(setting) for key, setting in self._settings.items()}
        self._headings: list[tuple[QWidget, list[str]]] = []
        self.more = push_button(trc("all settings", "More"), "flat")
        self.more.clicked.connect(lambda: self.unfold(not self.unfolded))
        self.reset_bar = self._make_reset_bar()
        self.variants = label("", "hint", wrap=True)
        self.variants.setToolTip(tr("The runs that race. They come from the experiment's file."))
        self._lay_out()
        self.set_devices(("cpu",))
        self.show_experiment(settings.shown)
        self.unfold(False)

    def show_experiment(self, experiment: Experiment) -> None:
        """Show another experiment; nothing is emitted."""
        self.settings.show(experiment)
        self._rejected.clear()
        self.reset_bar.hide()
        for key, field in self.fields.items():
            field.show_message("")
            field.show_value(value_of(experiment, key))
        self._show_what_matters()

    def memory(self) -> FormMemory:
        """Return what another form has to know to look the same."""
        return FormMemory(
            {key: field.typed for key, field in self.fields.items() if isinstance(field, TypedField)},
            dict(self._rejected),
            self.unfolded,
            self._area.verticalScrollBar().value(),
        )

    def recall(self, memory: FormMemory) -> None:
        """Look the same as another form; nothing is emitted."""
        self.show_experiment(self.settings.shown)
        self.unfold(memory.unfolded)
        for key, value in memory.refused.items():
            self.fields[key].show_value(value)
            self._take(key, value)
        for key, (text, was_tried) in memory.typed.items():
            field = self.fields[key]
            if isinstance(field, TypedField):
                field.type(text, and_try=was_tried)
        # Once the fields are laid out: before, there is nothing to scroll.
        bar = self._area.verticalScrollBar()
        QTimer.singleShot(0, bar, partial(bar.setValue, memory.scrolled))

    def show_frame(self, frame: Frame) -> None:
        """Learn from a frame whether classes or numbers are predicted."""
        if frame.task != self._task:
            self._task = frame.task
            self._show_what_matters()

    def show_notice(self, notice: Notice | None) -> bool:
        """Show a notice beside the field that it is about; return whether there is such a field.

        The notice before it goes away; None only does that.
        """
        if self._noticed is not None:
            self._noticed.show_message("")
        self._noticed = field = self.fields.get(notice.key) if notice else None
        if notice is None or field is None or not self._matters(notice.key):
            return False
        if field.setting.advanced:
            self.unfold(True)
        self._area.ensureWidgetVisible(field)
        field.show_message(self._in_words(notice.text), notice.level)
        return True

    def show_pending(self) -> None:
        """Say whether some changes need a reset."""
        self.reset_bar.setVisible(self.settings.is_pending)

    def set_devices(self, devices: tuple[str, ...]) -> None:
        """Offer only the devices that this computer has."""
        field = self.fields["training.device"]
        if isinstance(field, ChoiceField):
            field.offer(tuple(dict.fromkeys(("auto", "cpu", *devices))))

    @Slot(str, object)
    def set_value(self, key: str, value: object) -> None:
        """Take a value that was chosen elsewhere, as if it had been typed here."""
        self.fields[key].show_value(value)
        self._take(key, value)

    def flush(self) -> None:
        """Take over what was typed so far, as if Enter had been pressed."""
        for field in self.fields.values():
            field.flush()

    def _connected(self, setting: Setting) -> Field:
        field = make_field(setting)
        field.edited.connect(lambda value: self._take(setting.key, value))
        field.failed.connect(field.show_message)
        return field

    def _take(self, key: str, value: object) -> None:
        if not self._try(key, value):
            self._rejected[key] = value
            return
        # What was refused because it did not fit may fit now, with this change.
        for other, refused in list(self._rejected.items()):
            self._try(other, refused)

    def _try(self, key: str, value: object) -> bool:
        field = self.fields[key]
        try:
            effect = self.settings.take(key, value)
        except InputError as error:
            field.show_message(self._in_words(error))
            return False
        self._rejected.pop(key, None)
        field.show_message("")
        if effect is not None:
            self._show_what_matters()
            self.changed.emit(key, effect)
        return True

    def _in_words(self, error: InputError | str) -> str:
        return in_words(str(error), self._labels)

    def _lay_out(self) -> None:
        # From the outside in: a widget that gets another parent is styled anew, with all below it.
        self._area = area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        body = QWidget()
        area.setWidget(body)
        digit = self.fontMetrics().horizontalAdvance("0")
        self.setMinimumWidth(SMALLEST_WIDTH * digit)
        self.setMaximumWidth(LARGEST_WIDTH * digit)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.reset_bar)
        outer.addWidget(area, 1)
        column = QVBoxLayout(body)
        column.setContentsMargins(16, 2, 16, 8)
        column.setSpacing(10)
        column.addWidget(self.variants)
        for key, field in self.fields.items():
            if not self._settings[key].advanced:
                column.addWidget(field)
        column.addWidget(self.more)
        self._advanced = QWidget()
        column.addWidget(self._advanced)
        column.addStretch(1)
        self._fill_advanced()

    def _fill_advanced(self) -> None:
        column = QVBoxLayout(self._advanced)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for section, keys in _advanced_by_section(self._settings.values()):
            heading = label(tr(SECTION_TITLES[section]), "section")
            self._headings.append((heading, keys))
            column.addWidget(heading)
            for key in keys:
                column.addWidget(self.fields[key])

    def _make_reset_bar(self) -> QWidget:
        bar = QFrame()
        bar.setObjectName("resetBar")
        holder = QWidget()
        margins = QVBoxLayout(holder)
        margins.setContentsMargins(12, 4, 12, 8)
        margins.addWidget(bar)
        button = push_button(tr("Reset now"), "primary")
        button.setToolTip(tr("Starts anew with the changed settings. What was learned so far is let go."))
        button.clicked.connect(self.wants_reset)
        column = QVBoxLayout(bar)
        column.setContentsMargins(12, 8, 12, 10)
        column.setSpacing(8)
        column.addWidget(label(tr("What you changed takes effect after a reset"), "fieldLabel", wrap=True))
        column.addWidget(button)
        holder.hide()
        return holder

    @property
    def unfolded(self) -> bool:
        """Whether all settings are shown."""
        return not self._advanced.isHidden()

    def unfold(self, unfolded: bool) -> None:
        """Show all settings, or only the six that matter most."""
        self.more.setText(trc("all settings", "Less") if unfolded else trc("all settings", "More"))
        self.more.setAccessibleName(self.more.text())
        self._advanced.setVisible(unfolded)
        self._draw_arrow()

    def _draw_arrow(self) -> None:
        glyph = "ph.caret-up-bold" if self.unfolded else "ph.caret-down-bold"
        self.more.setIcon(icons.icon(glyph, "text.muted"))

    def _show_what_matters(self) -> None:
        path = self.fields["data.path"]
        if isinstance(path, PathField):
            path.takes_folder = self.settings.shown.data.source in FOLDER_SOURCES
        self.variants.setText(variants_in_words(self.settings.shown))
        self.variants.setVisible(bool(self.settings.shown.variants))
        for key, field in self.fields.items():
            field.setVisible(self._matters(key))
        for heading, keys in self._headings:
            heading.setVisible(any(self._matters(key) for key in keys))

    def _matters(self, key: str) -> bool:
        return means_something(self.settings.shown, key, self._task)


def variants_in_words(experiment: Experiment) -> str:
    """Return a line that names the runs of a race and says what is different in each; empty for one run."""
    common = experiment.model_copy(update={"variants": ()})
    try:
        lanes = singles(experiment.model_copy(update={"replicas": 1}))
    except InputError:  # told when the runs are built
        lanes = []
    words = [
        tr("{run} ({differences})").format(
            run=shown_name(lane.experiment.name),
            differences=differences_in_words(common, lane.experiment) or tr("as below"),
        )
        for lane in lanes
    ]
    count = len(experiment.variants)
    line = trn("{count} run races: {runs}", "{count} runs race: {runs}", count)
    return line.format(count=count, runs=grouped(words)) if count else ""


def _advanced_by_section(settings: Iterable[Setting]) -> Iterator[tuple[str, list[str]]]:
    advanced = [setting.key for setting in settings if setting.advanced]
    for section, keys in groupby(advanced, key=lambda key: key.rpartition(".")[0]):
        yield section, list(keys)
