"""The menu View: how the window looks, in which language, and which panels there are."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from gradlab.language import LANGUAGES, current, mark, tr, trc
from gradlab.window.services.settings_store import SettingsStore
from gradlab.window.shell.speech import CHOOSE
from gradlab.window.theme.style import Appearance, ThemeChoice
from gradlab.window.widgets.menu_entry import add_entry, make_switch, menu_entry

THEMES: dict[ThemeChoice, tuple[str, str, str]] = {
    "light": (mark("&Light"), mark("Dark words on light panels."), "Ctrl+Shift+B"),
    "dark": (mark("&Dark"), mark("Light words on dark panels."), "Ctrl+Shift+D"),
    "system": (mark("&System"), mark("Light or dark, as the other programs are."), "Ctrl+Shift+Y"),
}
FIRST_LANGUAGE_KEY = 6  # Ctrl+F6, Ctrl+F7 …


def numbered(modifier: str) -> Iterator[str]:
    """Yield the keys for entries that are counted: 1 to 9 and 0 with a modifier, then the same with Shift."""
    for shift in ("", "Shift+"):
        yield from (f"{modifier}{shift}{digit}" for digit in "1234567890")


class ViewMenu(QMenu):
    """Changes how the window looks, and remembers it.

    Attributes:
        wants_language: emitted with a key of LANGUAGES.
        languages: the menu that offers them; ``themes``: the one that offers light and dark.
    """

    wants_language = Signal(str)

    def __init__(
        self, appearance: Appearance, store: SettingsStore, window: QWidget, parent: QWidget
    ) -> None:
        super().__init__(trc("menu", "&View"), parent)
        self._appearance = appearance
        self._store = store
        self._window = window
        self._in_lab: list[QAction] = []
        self.themes = self.addMenu(tr("&Theme"))
        self._fill_themes()
        self.languages = self.addMenu(CHOOSE)
        self._fill_languages()
        words = tr("Larger text everywhere, for a projector.")
        large = add_entry(self, tr("&Projector"), words, lambda: None, "Ctrl+Shift+P")
        make_switch(large, appearance.is_large)
        large.toggled.connect(self._choose_size)
        words = tr("Uses all of the screen, or gives it back.")
        make_switch(add_entry(self, tr("&Full screen"), words, self._toggle_full_screen, "F11"), False)

    def take_panels(
        self, panels: Sequence[QAction], reset: Callable[[], None], find: Callable[[], None]
    ) -> None:
        """Offer to show and hide these panels, to put all of them back, and to find a setting in one of them."""
        first = self.actions()[0]
        for panel, keys in zip(panels, numbered("Ctrl+"), strict=False):
            panel.setShortcut(keys)
        self.insertActions(first, panels)
        self.insertSeparator(first)
        words = tr("Puts all panels back where they were at first.")
        self._in_lab = [menu_entry(self, tr("&Reset layout"), words, reset, "Ctrl+Shift+A")]
        words = tr("Shows all settings of the experiment, and lets you type what you look for.")
        find_keys = QKeySequence.StandardKey.Find
        self._in_lab.append(menu_entry(self, tr("Find a &setting"), words, find, find_keys))
        self.insertActions(first, self._in_lab)
        self.insertSeparator(first)

    def follow(self, *, in_lab: bool) -> None:
        """Enable what makes sense on the page in front."""
        for action in self._in_lab:
            action.setEnabled(in_lab)

    def _fill_themes(self) -> None:
        group = QActionGroup(self.themes)
        for choice, (text, help, keys) in THEMES.items():
            entry = add_entry(self.themes, tr(text), tr(help), partial(self._choose_theme, choice), keys)
            group.addAction(make_switch(entry, choice == self._appearance.choice))

    def _fill_languages(self) -> None:
        group = QActionGroup(self.languages)
        words = tr("Shows the window in this language. A run goes on meanwhile.")
        for number, (language, name) in enumerate(LANGUAGES.items(), start=FIRST_LANGUAGE_KEY):
            choose = partial(self.wants_language.emit, language)
            entry = add_entry(self.languages, name, words, choose, f"Ctrl+F{number}")
            group.addAction(make_switch(entry, language == current()))

    def _choose_theme(self, choice: ThemeChoice) -> None:
        self._appearance.choose(choice)
        self._store.put("theme", choice)

    def _choose_size(self, large: bool) -> None:
        self._appearance.enlarge(large)
        self._store.put("projector", large)

    def _toggle_full_screen(self) -> None:
        if self._window.isFullScreen():
            self._window.showNormal()
        else:
            self._window.showFullScreen()
