"""The experiment as a form, made from the description of its settings."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gradlab.datasets.base import SOURCES
from gradlab.diagnosis.finding import Finding
from gradlab.errors import InputError
from gradlab.experiment.in_force import SettingsInForce
from gradlab.experiment.relevance import means_something, ruled_out
from gradlab.experiment.schema import Experiment
from gradlab.experiment.settings import Setting, by_key, differences, value_of
from gradlab.experiment.words import variants_in_words
from gradlab.instruments.records import Frame, Notice
from gradlab.language import sentences, tr
from gradlab.window.lab.field_list import FieldList
from gradlab.window.lab.fields import ChoiceField, Field, PathField, TextField, TypedField, make_field
from gradlab.window.lab.refusals import notice_in_words, why_refused
from gradlab.window.lab.reset_bar import ResetBar
from gradlab.window.lab.table_import.choices import PICTURES, TABLE
from gradlab.window.panels.base import Panel
from gradlab.window.panels.diagnosis.words import BADGES
from gradlab.window.panels.experiment import ABOUT
from gradlab.window.widgets.boxes import fill
from gradlab.window.widgets.widgets import label

# In digits of the font: a larger font makes a wider form.
SMALLEST_WIDTH, LARGEST_WIDTH = 40, 44


@dataclass(frozen=True)
class FormMemory:
    """The visible state of a form, apart from the experiment.

    Attributes:
        typed: by key the text as it was typed, and whether it was tried as a value.
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
        own_data_wanted: emitted with the source whose file or folder is to be asked for.
        path_picked: emitted with the path of own data to look at; ``wants_look``: at those that are there.
        shown_changed: emitted when other settings are shown, whoever chose them.
        all_accepted: emitted when no field shows a value any more that is not possible.
        settings: what the form shows, and changes.
    """

    about = ABOUT
    changed = Signal(str, object)
    shown_changed = Signal()
    wants_reset = Signal()
    own_data_wanted = Signal(str)
    path_picked = Signal(str)
    wants_look = Signal()
    all_accepted = Signal()

    def __init__(self, settings: SettingsInForce, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.settings = settings
        self._task = self._positive = ""
        self._noticed: Field | None = None
        self._refused: dict[str, object] = {}
        self._foreseen: frozenset[str] = frozenset()
        self._found: frozenset[str] = frozenset()
        self.fields = {key: self._connected(setting) for key, setting in by_key(Experiment).items()}
        self.variants = label("", "hint", wrap=True)
        self.variants.setToolTip(tr("The runs that race. They come from the experiment's file."))
        self.reset_bar = ResetBar()
        self.reset_bar.pressed.connect(self.wants_reset)
        self.body = FieldList(self.fields, self.variants, self)
        self._lay_out()
        self.set_devices(("cpu",))
        self.show_experiment(settings.shown)

    def show_experiment(self, experiment: Experiment) -> None:
        """Show another experiment; nothing is emitted."""
        self.settings.show(experiment)
        self._refused.clear()
        self.reset_bar.hide()
        for key, field in self.fields.items():
            field.accept()
            field.show_value(value_of(experiment, key))
        self._show_what_matters()
        self.all_accepted.emit()

    @property
    def refused(self) -> list[Field]:
        """The fields that show a value that is not possible: another one is in force."""
        return [field for field in self.fields.values() if field.is_refused]

    def put_back(self) -> None:
        """Show the values in force in all fields whose own are not possible."""
        for field in self.refused:
            self._put_back(field)

    def begin_with(self, experiment: Experiment) -> None:
        """Show a newly opened experiment, from the top and with *More* folded; nothing is emitted."""
        self.body.unfold(False)
        self.show_experiment(experiment)
        self.body.area.verticalScrollBar().setValue(0)

    def find_setting(self) -> None:
        """Let people type what they look for among all settings."""
        self.body.find()

    def memory(self) -> FormMemory:
        """Return what another form needs to look the same."""
        return FormMemory(
            {key: field.typed for key, field in self.fields.items() if isinstance(field, TypedField)},
            dict(self._refused),
            self.body.unfolded,
            self.body.area.verticalScrollBar().value(),
        )

    def recall(self, memory: FormMemory) -> None:
        """Make the form look the same as another one did; nothing is emitted."""
        self.show_experiment(self.settings.shown)
        self.body.unfold(memory.unfolded)
        for key, value in memory.refused.items():
            self.set_value(key, value)
        for key, (text, was_tried) in memory.typed.items():
            field = self.fields[key]
            if isinstance(field, TypedField):
                field.type(text, and_try=was_tried)
        # Once the fields are laid out: before, there is nothing to scroll.
        bar = self.body.area.verticalScrollBar()
        QTimer.singleShot(0, bar, partial(bar.setValue, memory.scrolled))

    def show_frame(self, frame: Frame) -> None:
        """Note from a frame whether the run predicts classes or numbers, and which class is the positive one."""
        self._name_positive(frame.positive_class)
        if frame.task != self._task:
            self._task = frame.task
            self._show_what_matters()

    def show_notice(self, notice: Notice | None) -> bool:
        """Show a notice beside the field that it is about; return whether there is such a field.

        The notice before it goes away; None only does that. The form stays where it is: ``lead_to`` goes there.
        """
        if self._noticed is not None:
            self._noticed.show_message("")
        self._noticed = field = self.fields.get(notice.key) if notice else None
        if notice is None or field is None or not self._matters(notice.key):
            return False
        field.show_message(notice_in_words(notice.text, notice.key), notice.level)
        return True

    def has(self, key: str) -> bool:
        """Return whether there is a field of this key that means something now."""
        return key in self.fields and self._matters(key)

    def lead_to(self, key: str) -> None:
        """Bring a field into sight, and give it the keyboard."""
        self.body.bring(self.fields[key])
        self.fields[key].editor.setFocus()

    def show_foreseen(self, findings: Iterable[Finding]) -> None:
        """Say beside the fields what their values will lead to; what was said before goes away."""
        said = {finding.key: finding for finding in reversed(tuple(findings)) if finding.key in self.fields}
        for key in self._foreseen - said.keys():
            self.fields[key].show_foreseen("", "info")
        for key, finding in said.items():
            advice = finding.advice[0].text if finding.advice else ""
            level = "info" if finding.level == "info" else "warning"  # nothing is refused
            self.fields[key].show_foreseen(sentences((finding.text, advice)), level)
        self._foreseen = frozenset(said)

    def show_found(self, findings: Iterable[Finding]) -> None:
        """Mark the settings that what was found in the run has to do with, and no others."""
        found = {finding.key: finding for finding in reversed(tuple(findings)) if finding.key in self.fields}
        for key in self._found - found.keys():
            self.fields[key].show_found("", None)
        for key, finding in found.items():
            self.fields[key].show_found(finding.text, BADGES[finding.level])
        self._found = frozenset(found)

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
        """Apply a value that was chosen elsewhere, as if it had been typed here."""
        self.fields[key].show_value(value)
        self._take(key, value)

    def flush(self) -> None:
        """Apply what was typed so far, as if Enter had been pressed."""
        for field in self.fields.values():
            field.flush()

    def _connected(self, setting: Setting) -> Field:
        field = make_field(setting)
        if isinstance(field, PathField):
            field.picked.connect(self._take_path)
            field.wants_look.connect(self.wants_look)
        field.edited.connect(lambda value: self._take(setting.key, value))
        field.failed.connect(lambda why: self._refuse(field, why))
        field.given_up.connect(lambda: self._put_back(field))
        return field

    def _refuse(self, field: Field, why: str) -> None:
        field.refuse(why, value_of(self.settings.shown, field.setting.key))

    def _put_back(self, field: Field) -> None:
        """Show the value in force again."""
        self._refused.pop(field.setting.key, None)
        field.show_value(value_of(self.settings.shown, field.setting.key))
        self._accept(field)

    def _accept(self, field: Field) -> None:
        if field.is_refused:
            field.accept()
            if not self.refused:
                self.all_accepted.emit()
        else:
            field.accept()

    def _take(self, key: str, value: object) -> None:
        if key == "data.source" and self._needs_file(value):
            self._put_back(self.fields[key])
            self.own_data_wanted.emit(value)
            return
        if not self._try(key, value):
            self._refused[key] = value
            return
        # What was refused because it did not fit may fit now, with this change.
        for other, refused in list(self._refused.items()):
            self._try(other, refused)

    def _needs_file(self, source: object) -> bool:
        """Return whether a source that was chosen is nothing without a file or a folder."""
        return source != self.settings.shown.data.source and source in (TABLE, PICTURES)

    def _take_path(self, path: str) -> None:
        """Let people look at their own data first; what another source reads is taken as it is."""
        if self.settings.shown.data.source in (TABLE, PICTURES):
            self.path_picked.emit(path)
        else:
            self.set_value("data.path", path)

    def _name_positive(self, name: str) -> None:
        """Say which class is the positive one where nobody has chosen it."""
        field = self.fields["data.positive_class"]
        if name != self._positive and isinstance(field, TextField):
            self._positive = name
            words = tr("the rarer one: {name}").format(name=name) if name else ""
            field.line.setPlaceholderText(words)

    def _try(self, key: str, value: object) -> bool:
        field, before = self.fields[key], self.settings.shown
        try:
            effect = self.settings.take(key, value)
        except InputError as error:
            self._refuse(field, why_refused(error, field.setting, field.shown))
            return False
        self._refused.pop(key, None)
        self._accept(field)
        if effect is not None:
            for other in differences(before, self.settings.shown).keys() - {key}:
                self.fields[other].show_value(value_of(self.settings.shown, other))
            self._show_what_matters()
            self.changed.emit(key, effect)
        return True

    def _lay_out(self) -> None:
        digit = self.fontMetrics().horizontalAdvance("0")
        self.setMinimumWidth(SMALLEST_WIDTH * digit)
        self.setMaximumWidth(LARGEST_WIDTH * digit)
        fill(QVBoxLayout(self), self.reset_bar, self.body.search, (self.body.area, 1), spacing=0)

    def _show_what_matters(self) -> None:
        shown = self.settings.shown
        path = self.fields["data.path"]
        if isinstance(path, PathField):
            path.take_folder(SOURCES[shown.data.source].folder)
            path.look.setVisible(shown.data.source in (TABLE, PICTURES))
        self.variants.setText(variants_in_words(shown))
        self.variants.setVisible(bool(shown.variants))
        self.body.show_only(self._matters)
        for field in self.refused:  # nobody sees it there any more
            if not self._matters(field.setting.key):
                self._put_back(field)
        for key, field in self.fields.items():
            if isinstance(field, ChoiceField):
                field.rule_out(ruled_out(shown, key))
            elif field.setting.at_zero:
                field.show_remark("" if value_of(shown, key) else field.setting.at_zero, "warning")
        self.shown_changed.emit()

    def _matters(self, key: str) -> bool:
        return means_something(self.settings.shown, key, self._task)
