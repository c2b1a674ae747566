"""The fields of a form, one below the other."""

from collections.abc import Callable, Iterable, Mapping

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from gradlab.experiment.sections.training import STOPPING
from gradlab.experiment.settings import Setting
from gradlab.language import mark, tr, trc
from gradlab.window.lab.fields import Field
from gradlab.window.theme import icons
from gradlab.window.widgets.boxes import fill
from gradlab.window.widgets.widgets import label, push_button

# In the order of the form.
GROUPS = {
    "data": mark("DATA"),
    "model": mark("MODEL"),
    "training": mark("TRAINING"),
    "gradients": mark("GRADIENTS"),
    "optimizer": mark("OPTIMIZER"),
    STOPPING: mark("EARLY STOPPING"),
    "": mark("RUNS"),
}


class FieldList:
    """The settings that matter most, and under *More* all others in groups, and a line to search them.

    Attributes:
        area: the widget that shows them.
        search: the line to type into, to be placed above the area; it is there while all settings are.
        more: the button that shows the others, or hides them.
    """

    def __init__(self, fields: Mapping[str, Field], above: QWidget, parent: QWidget) -> None:
        """Show ``fields``, given by the dotted keys of their settings, below ``above``."""
        self.search = SearchLine(parent)
        self.area = QScrollArea(parent)
        self._fields = fields
        self._means_something: Callable[[str], bool] = lambda key: True
        self._headings: list[tuple[QWidget, list[str]]] = []
        self._nothing = label("", "hint", wrap=True)
        self.more = push_button(trc("all settings", "More"), "flat")
        self.more.clicked.connect(lambda: self.unfold(not self.unfolded))
        self.search.line.textChanged.connect(self._show)
        self.search.left.connect(self._leave_search)
        self._advanced = QWidget()
        self._lay_out(above)
        self.unfold(False)

    @property
    def unfolded(self) -> bool:
        """Whether all settings are shown."""
        return not self._advanced.isHidden()

    def unfold(self, unfolded: bool) -> None:
        """Show all settings, or only the few that matter most."""
        self.more.setText(trc("all settings", "Less") if unfolded else trc("all settings", "More"))
        self.more.setAccessibleName(self.more.text())
        self.more.setIcon(icons.icon("ph.caret-up-bold" if unfolded else "ph.caret-down-bold", "text.muted"))
        self._advanced.setVisible(unfolded)
        self.search.setVisible(unfolded)
        if not unfolded:
            self.search.line.clear()

    def find(self) -> None:
        """Show all settings, and begin to search them."""
        self.unfold(True)
        self.search.line.setFocus()
        self.search.line.selectAll()

    def show_only(self, means_something: Callable[[str], bool]) -> None:
        """Show the settings that mean something, and the headings of groups that have such settings."""
        self._means_something = means_something
        self._show()

    def bring(self, field: Field) -> None:
        """Scroll to a field; unfold *More* if it is there, and end a search."""
        self.search.line.clear()
        if field.setting.advanced:
            self.unfold(True)
        self.area.ensureWidgetVisible(field)

    def _show(self) -> None:
        for key, field in self._fields.items():
            field.setVisible(self._is_wanted(key))
        for heading, keys in self._headings:
            heading.setVisible(any(map(self._is_wanted, keys)))
        words = self.search.line.text().strip()
        line = tr("No setting here has “{words}” in its name or its explanation.")
        self._nothing.setText(line.format(words=words))
        self._nothing.setVisible(bool(words) and not any(map(self._is_wanted, self._fields)))

    def _is_wanted(self, key: str) -> bool:
        words = self.search.line.text().casefold().split()
        return self._means_something(key) and all(
            word in _searched(self._fields[key].setting) for word in words
        )

    def _leave_search(self) -> None:
        self.unfold(False)
        self.more.setFocus()

    def _lay_out(self, above: QWidget) -> None:
        # From the outside in: a widget that gets another parent is styled again, with all below it.
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it scrolls with the field that has the keyboard
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        body = QWidget()
        self.area.setWidget(body)
        main = [field for field in self._fields.values() if not field.setting.advanced]
        parts = above, self._nothing, *main, self.more, self._advanced, None
        fill(QVBoxLayout(body), *parts, spacing=10, margins=(16, 2, 16, 8))
        self._fill_advanced()

    def _fill_advanced(self) -> None:
        column = fill(QVBoxLayout(self._advanced), spacing=12)
        for title, keys in _grouped(field.setting for field in self._fields.values()):
            heading = label(title, "section")
            self._headings.append((heading, keys))
            column.addWidget(heading)
            for key in keys:
                column.addWidget(self._fields[key])


class SearchLine(QWidget):
    """A line to type into; Escape empties it.

    Attributes:
        left: Escape was pressed in the empty line.
    """

    left = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.line = QLineEdit()
        self.line.setPlaceholderText(tr("Search the settings"))
        self.line.setAccessibleName(tr("Search the settings"))
        self.line.setToolTip(
            tr(
                "Shows only the settings that have these words in their name, key or explanation. Esc empties it."
            )
        )
        self.line.setClearButtonEnabled(True)
        self.setFocusProxy(self.line)
        fill(QVBoxLayout(self), self.line, margins=(16, 2, 16, 6))

    def event(self, event: QEvent) -> bool:
        """Keep Escape from shortcuts around the line."""
        if event.type() == QEvent.Type.ShortcutOverride and _is_escape(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Empty the line, or leave it where it is empty."""
        if not _is_escape(event):
            super().keyPressEvent(event)
        elif self.line.text():
            self.line.clear()
        else:
            self.left.emit()


def _is_escape(event: QEvent) -> bool:
    return isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape


def group_of(setting: Setting) -> str:
    """Return the key in GROUPS of the group that a setting stands in."""
    return setting.group or setting.key.rpartition(".")[0]


def _searched(setting: Setting) -> str:
    return " ".join((setting.label, setting.key, setting.help, tr(GROUPS[group_of(setting)]))).casefold()


def _grouped(settings: Iterable[Setting]) -> list[tuple[str, list[str]]]:
    """Return the titles of the groups, and the keys of the settings in each that are under *More*."""
    advanced = [setting for setting in settings if setting.advanced]
    return [
        (tr(title), [setting.key for setting in advanced if group_of(setting) == group])
        for group, title in GROUPS.items()
    ]
