"""The settings that a table is read with, beside its preview."""

from collections.abc import Iterable

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from gradlab.experiment.schema import Experiment
from gradlab.experiment.sections.data import Data
from gradlab.experiment.settings import Setting, as_text, by_key, value_of
from gradlab.language import mark, tr
from gradlab.tables.survey import Survey
from gradlab.window.lab.table_import.choices import MAKES_COLUMNS
from gradlab.window.widgets.boxes import fill
from gradlab.window.widgets.widgets import QuietComboBox, label, named, tooltip

ENCODINGS = (
    "utf-8",
    "utf-16",
    "cp1252",
    "iso8859-15",
    "cp1250",
    "cp1251",
    "mac-roman",
    "gb18030",
    "big5",
    "shift_jis",
    "euc-kr",
)
GROUPS = {
    mark("What is predicted"): ("data.task", "data.positive_class"),
    mark("Missing values"): ("data.missing", "data.gaps"),
    mark("How the file is read"): (
        "data.sheet",
        "data.header",
        "data.separator",
        "data.decimal",
        "data.thousands",
        "data.encoding",
    ),
}
SEPARATORS = {"\t": "tab", " ": "space"}  # by the sign itself; the others are their own value
NAME_WIDTH = 13  # digits of the font
FOUND = mark("{automatic}: {found}")


class ReadingSettings(QWidget):
    """A row for each setting that means something for the table.

    Attributes:
        changed: emitted with a dotted key and its new value.
        controls: by key.
    """

    changed = Signal(str, object)

    def __init__(self) -> None:
        super().__init__()
        self.controls: dict[str, QuietComboBox | QLineEdit] = {}
        self._names: dict[str, QLabel] = {}
        self._positive = ""  # the class that is taken where none is chosen
        self._titles: dict[QLabel, Iterable[str]] = {}
        column = fill(QVBoxLayout(self), spacing=2)
        for title, keys in GROUPS.items():
            heading = label(tr(title), "section")
            self._titles[heading] = keys
            column.addWidget(heading)
            column.addLayout(self._rows(keys))
        column.addStretch(1)

    def show_survey(self, survey: Survey | None, data: Data) -> None:
        """Show the settings of ``data``, and what was found where they say *Automatic*."""
        if not data.positive_class:
            self._positive = survey.classes[1] if survey is not None and len(survey.classes) == 2 else ""
        for key, control in self.controls.items():
            value = value_of(data, key.removeprefix("data."))
            if isinstance(control, QLineEdit):
                if not control.hasFocus():
                    control.setText(as_text(value))
            else:
                _fill(control, self._entries(key, survey, value), value)
            self._show(key, _applies(key, survey, data))
        for heading, keys in self._titles.items():
            heading.setVisible(any(_applies(key, survey, data) for key in keys))

    def _rows(self, keys: Iterable[str]) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(1, 1)
        for row, key in enumerate(keys):
            setting = by_key(Experiment)[key]
            name, control = label(setting.label, "readingLabel", wrap=True), self._control(setting)
            name.setBuddy(control)
            name.setFixedWidth(NAME_WIDTH * self.fontMetrics().horizontalAdvance("0"))
            grid.addWidget(name, row, 0)
            grid.addWidget(control, row, 1)
            self._names[key], self.controls[key] = name, control
        return grid

    def _control(self, setting: Setting) -> QuietComboBox | QLineEdit:
        help = tooltip(setting.help, tr("In the experiment file: {key}").format(key=setting.key))
        if setting.kind == "texts":
            line = named(QLineEdit(), setting.key, setting.label, help)
            line.setPlaceholderText(tr("for example -999, ?"))
            line.editingFinished.connect(lambda: self._take_texts(setting.key, line.text()))
            return line
        box = named(QuietComboBox(), setting.key, setting.label, help)
        box.currentIndexChanged.connect(lambda: self.changed.emit(setting.key, box.currentData()))
        return box

    def _take_texts(self, key: str, text: str) -> None:
        self.changed.emit(key, tuple(part for part in map(str.strip, text.split(",")) if part))

    def _show(self, key: str, on: bool) -> None:
        self._names[key].setVisible(on)
        self.controls[key].setVisible(on)

    def _entries(self, key: str, survey: Survey | None, value: object) -> dict[object, str]:
        """Return the words for each value that a setting can have."""
        setting = by_key(Experiment)[key]
        if key == "data.positive_class":
            return _named(survey.classes if survey else (), self._positive)
        if key == "data.sheet":
            return _named(*((survey.layout.sheets, survey.layout.sheet) if survey else ((), "")))
        if key == "data.encoding":
            entries: dict[object, str] = {"auto": tr("Automatic"), **{name: name for name in ENCODINGS}}
            entries.setdefault(value, str(value))
        else:
            entries = {choice.value: choice.label for choice in setting.choices}
        found = _found(key, survey)
        if found and "auto" in entries:
            entries["auto"] = tr(FOUND).format(automatic=entries["auto"], found=entries.get(found, found))
        return entries


def _named(names: Iterable[str], found: str) -> dict[object, str]:
    """Return the words for names to choose from, and for none of them: ``found`` is taken then."""
    automatic = tr("Automatic")
    first = tr(FOUND).format(automatic=automatic, found=found) if found else automatic
    return {"": first, **{name: name for name in names}}


def _found(key: str, survey: Survey | None) -> str:
    """Return the value of a setting that was found in the file."""
    if survey is None:
        return ""
    return {
        "data.separator": SEPARATORS.get(survey.layout.separator, survey.layout.separator),
        "data.encoding": survey.layout.encoding,
        "data.header": "yes" if survey.layout.has_header else "no",
        "data.decimal": survey.decimal,
        "data.thousands": survey.thousands or "none",
        "data.task": survey.task,
    }.get(key, "")


def _applies(key: str, survey: Survey | None, data: Data) -> bool:
    """Return whether a setting means something for this table; without one, whether it may help."""
    if survey is None:
        return key in MAKES_COLUMNS and (key != "data.sheet" or bool(data.sheet))
    if key == "data.sheet":
        return bool(data.sheet) or len(survey.layout.sheets) > 1
    if key in ("data.separator", "data.encoding"):
        return not survey.layout.sheets
    if key == "data.positive_class":
        return bool(data.positive_class) or len(survey.classes) == 2
    return True


def _fill(box: QuietComboBox, entries: dict[object, str], value: object) -> None:
    with QSignalBlocker(box):
        box.clear()
        for entry, words in entries.items():
            box.addItem(words, entry)
        box.setCurrentIndex(box.findData(value))
