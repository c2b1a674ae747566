"""One field per setting: a name, an editor for its kind of value, and a line for what is wrong."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QStandardItemModel
from PySide6.QtWidgets import QCheckBox, QFileDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget
from typing_extensions import override

from gradlab.experiment.settings import Setting
from gradlab.experiment.words import value_in_words
from gradlab.language import sentences, tr
from gradlab.window.lab.refusals import allowed_in_words, refusal
from gradlab.window.lab.step_box import StepBox, number_text, parse_number
from gradlab.window.lab.table_import.file_kinds import table_filter
from gradlab.window.panels.diagnosis.words import Badge
from gradlab.window.theme import icons
from gradlab.window.widgets.boxes import fill
from gradlab.window.widgets.icon_label import IconLabel
from gradlab.window.widgets.widgets import QuietComboBox, label, push_button, restyle, tooltip

# Long enough to finish typing a number: half-typed ones would be applied to a run that is going on.
TYPING_PAUSE_MS = 700
MARK_SIZE = 16  # pixels


class Field(QWidget):
    """A setting on the form.

    Attributes:
        edited: emitted with the new value, once it is one.
        failed: emitted with a plain line where the text is no value at all.
        given_up: emitted where Esc asks for the value in force.
        is_refused: whether what it shows is not in force, because it is not possible.
        found: the mark beside its name of what was found in the run; None before the first.
    """

    edited = Signal(object)
    failed = Signal(str)
    given_up = Signal()

    def __init__(self, setting: Setting, editor: QWidget) -> None:
        super().__init__()
        self.setting = setting
        self.editor = editor
        self.is_refused = False
        editor.setAccessibleName(setting.label)
        editor.setAccessibleDescription(setting.help)
        editor.setToolTip(_explain(setting))
        self.setToolTip(_explain(setting))
        self.setAccessibleDescription(setting.help)  # else screen readers get the tooltip's markup
        self._message = label("", "fieldMessage", wrap=True)
        self._message.hide()
        self._told, self._remark, self._said = ("", "error"), ("", "info"), ("", "error")
        self._foreseen = ("", "info")
        self.found: IconLabel | None = None
        self._marked: tuple[str, Badge | None] = ("", None)
        self._name_row = QHBoxLayout()
        self._column = fill(QVBoxLayout(self), spacing=4)
        self._lay_out()
        self._column.addWidget(self._message)

    @property
    def message(self) -> str:
        """The line beneath the field, empty if there is none."""
        return self._message.text()

    def show_message(self, text: str, level: str = "error") -> None:
        """Show a line about the value right beneath the field; an empty text removes it."""
        self._told = (text, level)
        self._say()

    def show_remark(self, text: str, level: str) -> None:
        """Show a line that holds as long as the value does, where there is no message; an empty one removes it."""
        self._remark = (text, level)
        self._say()

    def show_foreseen(self, text: str, level: str) -> None:
        """Show a line about what the value will lead to, where there is no other; an empty one removes it."""
        self._foreseen = (text, level)
        self._say()

    def show_found(self, text: str, badge: Badge | None) -> None:
        """Show a small mark: something was found in the run that this setting has to do with; None removes it."""
        if (text, badge) == self._marked:
            return
        self._marked = (text, badge)
        self.editor.setAccessibleDescription(sentences((self.setting.help, text)))
        if self.found is None and badge is not None:
            self.found = IconLabel(size=MARK_SIZE)
            self._name_row.insertWidget(1, self.found)
        if self.found is not None:
            self._dress_mark(self.found, text, badge)

    def _dress_mark(self, found: IconLabel, text: str, badge: Badge | None) -> None:
        if badge is not None:
            found.show_icon(icons.icon(badge.glyph, badge.token))
        found.setToolTip(tooltip(text))
        found.setAccessibleName(text)
        found.setVisible(badge is not None)

    def _say(self) -> None:
        lines = self._told, self._remark, self._foreseen
        text, level = next((line for line in lines if line[0]), self._remark)
        if (text, level) == self._said:
            return
        self._said = (text, level)
        self._message.setText(text)
        self._message.setVisible(bool(text))
        self._message.setProperty("level", level)
        self._message.setAccessibleName(f"{self.setting.label}: {text}" if text else "")
        self.editor.setProperty("wrong", bool(text) and level == "error")
        restyle(self._message)
        restyle(self.editor)

    def refuse(self, why: str, in_force: Any) -> None:
        """Say that what is shown is not possible, and which value is in force instead."""
        self.is_refused = True
        kept = tr("In force: {value}. Esc puts it back.").format(value=self.in_words(in_force))
        self.show_message(sentences((why, kept)))

    def accept(self) -> None:
        """Take the line about a refused value away."""
        self.is_refused = False
        self.show_message("")

    def in_words(self, value: Any) -> str:
        """Return a value as the field shows it."""
        return value_in_words(self.setting, value)

    @property
    def shown(self) -> str:
        """What the field shows now."""
        raise NotImplementedError

    def show_value(self, value: Any) -> None:
        """Show a value; nothing is emitted."""
        raise NotImplementedError

    def flush(self) -> None:
        """Apply at once what was typed but not yet applied."""

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:  # no editor needs it
            self.given_up.emit()
        else:
            super().keyPressEvent(event)

    def _lay_out(self) -> None:
        self._column.addLayout(self._heading())
        self._column.addWidget(self.editor)

    def _heading(self) -> QHBoxLayout:
        name = label(self.setting.label, "fieldLabel", wrap=True)
        name.setBuddy(self.editor)
        self._name_row.addWidget(name, 1)
        if self.setting.unit:
            self._name_row.addWidget(label(self.setting.unit, "unit"))
        return self._name_row


def _explain(setting: Setting) -> str:
    return tooltip(
        setting.help, _allowed(setting), tr("In the experiment file: {key}").format(key=setting.key)
    )


def _allowed(setting: Setting) -> str:
    if setting.kind not in ("number", "integer", "integers"):
        return ""
    return tr("Allowed: {allowed}.").format(allowed=allowed_in_words(setting))


def make_field(setting: Setting) -> Field:
    """Return the field for a setting's kind."""
    if setting.key == "data.path":
        return PathField(setting)
    kinds: dict[str, type[ChoiceField | SwitchField | NumberField | TextField]] = {
        "choice": ChoiceField,
        "switch": SwitchField,
        "number": NumberField,
        "integer": NumberField,
        "integers": TextField,
        "texts": TextField,
        "text": TextField,
    }
    return kinds[setting.kind](setting)


class ChoiceField(Field):
    """One of a few values, with what the chosen one means beneath it."""

    def __init__(self, setting: Setting) -> None:
        self.combo = QuietComboBox()
        self._hint = label("", "hint", wrap=True)
        self._ruled_out: Mapping[str, str] = {}
        super().__init__(setting, self.combo)
        self._limit(tuple(choice.value for choice in setting.choices))
        self.combo.currentIndexChanged.connect(self._tell)

    def show_value(self, value: Any) -> None:
        """Choose a value; nothing is emitted. One that is not offered is added."""
        index = self.combo.findData(value)
        if index < 0:
            self._add(value)
            index = self.combo.count() - 1
        with QSignalBlocker(self.combo):
            self.combo.setCurrentIndex(index)
        self._show_hint()

    @override
    def in_words(self, value: Any) -> str:
        return next((choice.label for choice in self.setting.choices if choice.value == value), str(value))

    @property
    @override
    def shown(self) -> str:
        return self.combo.currentText()

    def offer(self, values: tuple[str, ...]) -> None:
        """Offer only these values, and the chosen one."""
        chosen = self.combo.currentData()
        self._limit(values)
        self.show_value(chosen)

    def rule_out(self, reasons: Mapping[str, str]) -> None:
        """Grey out values that cannot be chosen, with the reasons; the chosen one stays and says its own."""
        self._ruled_out = reasons
        for index in range(self.combo.count()):
            self._describe(index)
        view = self.combo.view()
        view.setMinimumWidth(view.sizeHintForColumn(0) + view.fontMetrics().height() if reasons else 0)
        self.show_remark(reasons.get(self.combo.currentData(), ""), "error")

    def _limit(self, values: tuple[str, ...]) -> None:
        with QSignalBlocker(self.combo):
            self.combo.clear()
            for value in values:
                self._add(value)

    def _add(self, value: str) -> None:
        with QSignalBlocker(self.combo):
            self.combo.addItem("", value)
            self._describe(self.combo.count() - 1)

    def _describe(self, index: int) -> None:
        value = self.combo.itemData(index)
        choice = next((choice for choice in self.setting.choices if choice.value == value), None)
        name, help = (choice.label, choice.help) if choice else (value, "")
        reason = self._ruled_out.get(value, "")
        is_chosen = index == self.combo.currentIndex()
        model = self.combo.model()
        assert isinstance(model, QStandardItemModel)
        model.item(index).setEnabled(not reason)
        self.combo.setItemText(index, f"{name} – {reason}" if reason and not is_chosen else name)
        self.combo.setItemData(index, tooltip(reason, help), Qt.ItemDataRole.ToolTipRole)

    def _lay_out(self) -> None:
        super()._lay_out()
        self._column.addWidget(self._hint)

    def _tell(self) -> None:
        self._show_hint()
        self.edited.emit(self.combo.currentData())

    def _show_hint(self) -> None:
        value = self.combo.currentData()
        text = next((choice.help for choice in self.setting.choices if choice.value == value), "")
        self._hint.setText(text)
        self._hint.setVisible(bool(text))


class SwitchField(Field):
    """A check box for yes or no."""

    def __init__(self, setting: Setting) -> None:
        self.box = QCheckBox(setting.label)
        super().__init__(setting, self.box)
        self.box.toggled.connect(self.edited.emit)

    @property
    @override
    def shown(self) -> str:
        return value_in_words(self.setting, self.box.isChecked())

    def show_value(self, value: Any) -> None:
        """Set the tick; nothing is emitted."""
        with QSignalBlocker(self.box):
            self.box.setChecked(value)

    def _lay_out(self) -> None:
        self._name_row.addWidget(self.editor, 1)
        self._column.addLayout(self._name_row)


class TypedField(Field):
    """A field to type into. What is typed counts after Enter, on leaving, or after a pause."""

    def __init__(self, setting: Setting, editor: QWidget, line: QLineEdit) -> None:
        super().__init__(setting, editor)
        self._line = line
        self._taken = ""
        self._pause = QTimer(self, interval=TYPING_PAUSE_MS, singleShot=True)
        self._pause.timeout.connect(self.flush)
        line.textChanged.connect(lambda _: self._pause.start())
        line.editingFinished.connect(self.flush)

    def show_value(self, value: Any) -> None:
        """Show a value; nothing is emitted."""
        with QSignalBlocker(self._line):
            self._line.setText(self.format(value))
        self._taken = self._line.text()
        self._pause.stop()

    @override
    def in_words(self, value: Any) -> str:
        return self.format(value) or tr("none")

    @property
    @override
    def shown(self) -> str:
        return self._line.text().strip()

    @property
    def typed(self) -> tuple[str, bool]:
        """The text as it was typed, and whether it was tried as a value."""
        return self._line.text(), self._line.text() == self._taken

    def type(self, text: str, *, and_try: bool) -> None:
        """Put a text in as if it was typed; ``and_try`` confirms it."""
        if text != self._line.text():
            self._line.setText(text)
            if and_try:
                self.flush()

    def flush(self) -> None:
        """Apply what was typed."""
        self._pause.stop()
        text = self._line.text()
        if text == self._taken:
            return
        self._taken = text
        try:
            value = self.parse(text)
        except ValueError:
            self.failed.emit(refusal(self.setting, self.shown))
        else:
            self.edited.emit(value)

    def format(self, value: Any) -> str:
        """Return a value as people read it."""
        return str(value)

    def parse(self, text: str) -> Any:
        """Return the value that a text means; raises ValueError."""
        return text.strip()


class TextField(TypedField):
    """A text, or a list of texts or whole numbers separated by commas."""

    def __init__(self, setting: Setting) -> None:
        self.line = QLineEdit()
        super().__init__(setting, self.line, self.line)
        if setting.kind == "integers":
            self.line.setPlaceholderText(tr("for example 64, 32"))

    def format(self, value: Any) -> str:
        """Return the text, or what the list holds with commas in between."""
        return str(value) if self.setting.kind == "text" else ", ".join(map(str, value))

    def parse(self, text: str) -> Any:
        """Return the text, or the texts or numbers in it."""
        if self.setting.kind == "text":
            return text.strip()
        parts = [part for part in re.split(r"[,;\s]+", text.strip()) if part]
        return tuple(parts) if self.setting.kind == "texts" else tuple(map(int, parts))


def look_at(*, pictures: bool) -> str:
    """Return the words on a button that shows own data."""
    return tr("Look at the pictures…") if pictures else tr("Look at the table…")


class PathField(TypedField):
    """A file or a folder, typed or chosen in a dialog.

    Attributes:
        picked: emitted with the path that was chosen in the dialog: it is looked at first.
        wants_look: what is there is to be looked at.
        browse, look: the buttons.
    """

    picked = Signal(str)
    wants_look = Signal()

    def __init__(self, setting: Setting) -> None:
        self._takes_folder = False
        self.line = QLineEdit()
        self.browse = push_button(tr("Browse…"))
        self.look = push_button("")
        self.look.setToolTip(
            tooltip(tr("Shows the data, what is predicted from what, and how they are read, to change it."))
        )
        super().__init__(setting, self.line, self.line)
        self.browse.clicked.connect(self._look_for)
        self.look.clicked.connect(self.wants_look)

    def take_folder(self, on: bool) -> None:
        """Look for a folder of pictures, or for a table."""
        self._takes_folder = on
        words = look_at(pictures=on)
        self.look.setText(words)
        self.look.setAccessibleName(words)

    def _lay_out(self) -> None:
        self._column.addLayout(self._heading())
        row = fill(QHBoxLayout(), (self.line, 1), self.browse, spacing=8)
        self._column.addLayout(row)
        self._column.addWidget(self.look)

    def _look_for(self) -> None:
        start = str(Path(self.line.text()).parent) if self.line.text() else ""
        if self._takes_folder:
            path = QFileDialog.getExistingDirectory(self, self.setting.label, start)
        else:
            path, _ = QFileDialog.getOpenFileName(self, self.setting.label, start, table_filter())
        if path:
            self.picked.emit(path)


class NumberField(TypedField):
    """A whole number or a number such as ``0.003`` or ``1e-3``, with arrows that step sensibly."""

    def __init__(self, setting: Setting) -> None:
        self.box = StepBox(setting)
        super().__init__(setting, self.box, self.box.lineEdit())
        self.box.stepped.connect(self.flush)
        # The box, not the line in it, emits Enter and leaving.
        self.box.editingFinished.connect(self.flush)

    def format(self, value: Any) -> str:
        """Return the number without trailing zeros."""
        return number_text(value)

    def parse(self, text: str) -> int | float:
        """Return the number that a text means."""
        return parse_number(self.setting, text)
