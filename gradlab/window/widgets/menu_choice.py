"""A choice in a menu: takes no room in a panel, and says what is chosen as soon as the menu is open."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget


class MenuChoice(QMenu):
    """A submenu with one chosen entry, which its title names.

    Attributes:
        value: what is chosen.
        chosen: emitted with the value that was chosen in the menu.
    """

    chosen = Signal(object)

    def __init__(
        self, key: str, name: str, choices: Mapping[Any, tuple[str, str]], value: object, parent: QWidget
    ) -> None:
        """Offer ``choices``: for each value its text and what it does in plain words.

        The menu has the same ``key`` in every language, and a translated ``name``.
        """
        super().__init__(parent)
        self.setObjectName(key)
        self._name = name
        self.setAccessibleName(name)
        self.setToolTipsVisible(True)
        self._group = QActionGroup(self)
        self._actions: dict[object, QAction] = {}
        for each, (text, help) in choices.items():
            action = self._group.addAction(text)
            action.setCheckable(True)
            action.setToolTip(help)
            action.setData(each)
            self._actions[each] = action
        self.addActions(self._group.actions())
        self._group.triggered.connect(self._take)
        self.show_value(value)

    def show_value(self, value: object) -> None:
        """Show that this is chosen."""
        self.value: Any = value
        self._actions[value].setChecked(True)
        self.setTitle(f"{self._name}: {self._actions[value].text()}")

    def choose(self, value: object) -> None:
        """Choose a value, as a click on its entry does."""
        self._actions[value].trigger()

    def _take(self, action: QAction) -> None:
        self.show_value(action.data())
        self.chosen.emit(action.data())
