"""The fields of a form, one below the other."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from gradlab.experiment.settings import Setting
from gradlab.language import mark, tr, trc
from gradlab.window.lab.fields import Field
from gradlab.window.theme import icons
from gradlab.window.widgets.boxes import fill
from gradlab.window.widgets.widgets import label, push_button

SECTION_TITLES = {
    "": mark("GENERAL"),
    "data": mark("DATA"),
    "model": mark("MODEL"),
    "optimizer": mark("OPTIMIZER"),
    "gradients": mark("GRADIENTS"),
    "training": mark("TRAINING"),
}


class FieldList:
    """The settings that matter most, and under *More* all others by section.

    Attributes:
        area: the widget that shows them.
        more: the button that shows the others, or hides them.
    """

    def __init__(self, fields: Mapping[str, Field], above: QWidget, parent: QWidget) -> None:
        """Show ``fields``, given by the dotted keys of their settings, below ``above``."""
        self.area = QScrollArea(parent)
        self._fields = fields
        self._headings: list[tuple[QWidget, list[str]]] = []
        self.more = push_button(trc("all settings", "More"), "flat")
        self.more.clicked.connect(lambda: self.unfold(not self.unfolded))
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

    def show_only(self, means_something: Callable[[str], bool]) -> None:
        """Show the settings that mean something, and the headings of sections that have such settings."""
        for key, field in self._fields.items():
            field.setVisible(means_something(key))
        for heading, keys in self._headings:
            heading.setVisible(any(map(means_something, keys)))

    def bring(self, field: Field) -> None:
        """Scroll to a field; unfold *More* if it is there."""
        if field.setting.advanced:
            self.unfold(True)
        self.area.ensureWidgetVisible(field)

    def _lay_out(self, above: QWidget) -> None:
        # From the outside in: a widget that gets another parent is styled again, with all below it.
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        body = QWidget()
        self.area.setWidget(body)
        main = [field for field in self._fields.values() if not field.setting.advanced]
        parts = above, *main, self.more, self._advanced, None
        fill(QVBoxLayout(body), *parts, spacing=10, margins=(16, 2, 16, 8))
        self._fill_advanced()

    def _fill_advanced(self) -> None:
        column = fill(QVBoxLayout(self._advanced), spacing=12)
        for section, keys in _advanced_by_section(field.setting for field in self._fields.values()):
            heading = label(tr(SECTION_TITLES[section]), "section")
            self._headings.append((heading, keys))
            column.addWidget(heading)
            for key in keys:
                column.addWidget(self._fields[key])


def _advanced_by_section(settings: Iterable[Setting]) -> Iterator[tuple[str, list[str]]]:
    advanced = [setting.key for setting in settings if setting.advanced]
    for section, keys in groupby(advanced, key=lambda key: key.rpartition(".")[0]):
        yield section, list(keys)
