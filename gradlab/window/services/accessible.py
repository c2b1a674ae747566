"""How screen readers see combo boxes.

On Linux and macOS Qt reports the chosen text as the *name* of a combo box, which hides what the box is for. Here
the name is the control's own, the description begins with the chosen text, and an entry that a screen reader
selects becomes the chosen one: Qt alone would only highlight it.
"""

import sys
from functools import cache
from typing import cast

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QAccessible, QAccessibleActionInterface, QAccessibleEvent, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget, QComboBox, QDialog


@cache
def install() -> None:
    """Describe every combo box this way from now on. On Windows Qt already does it right."""
    if not sys.platform.startswith("win"):
        QAccessible.installFactory(_describe)


def _describe(class_name: str, described: QObject | None) -> QAccessibleInterface | None:
    if class_name != "QComboBox" or not isinstance(described, QComboBox):
        return None
    # Qt's own dialogs replace the views of their boxes, so these stay as Qt describes them.
    if described.isEditable() or isinstance(described.window(), QDialog):
        return None
    return AccessibleChoice(described)


class AccessibleChoice(QAccessibleWidget):
    """A combo box as screen readers see it; its only child is the list of entries."""

    def __init__(self, combo: QComboBox) -> None:
        super().__init__(combo, QAccessible.Role.ComboBox)
        self._chooser = Chooser(combo)

    def text(self, which: QAccessible.Text) -> str:
        """Return the name, the chosen entry as the value, or a description that begins with it."""
        if which == QAccessible.Text.Value:
            return self._combo.currentText()
        if which == QAccessible.Text.Description:
            return ". ".join(filter(None, (self._combo.currentText(), self._combo.accessibleDescription())))
        return super().text(which)

    def state(self) -> QAccessible.State:
        """Return the widget's state, and whether the list is open."""
        state = super().state()
        state.expandable = True
        state.expanded = self._is_open
        return state

    def childCount(self) -> int:
        """Return 1: the list of entries."""
        return 1

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        """Return the list of entries, with the chosen one selected."""
        if index != 0:
            return None
        self._chooser.follow()
        return QAccessible.queryAccessibleInterface(self._combo.view())

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        """Return 0 for the list of entries, -1 for anything else."""
        return 0 if child.object() is self._combo.view() else -1

    def actionNames(self) -> list[str]:
        """Return the names of the actions for opening and closing the list."""
        return [QAccessibleActionInterface.showMenuAction(), QAccessibleActionInterface.pressAction()]

    def doAction(self, name: str) -> None:
        """Open the list, or close it."""
        if name in self.actionNames() and self._combo.isEnabled():
            (self._combo.hidePopup if self._is_open else self._combo.showPopup)()

    @property
    def _combo(self) -> QComboBox:
        # Looked up each time: PySide keeps what a factory returned for ever, and it must not keep the box alive.
        return cast(QComboBox, self.widget())

    @property
    def _is_open(self) -> bool:
        return self._combo.view().isVisible()


class Chooser(QObject):
    """Keeps the selection in the list and the chosen entry in step."""

    def __init__(self, combo: QComboBox) -> None:
        super().__init__(combo)
        self._later = QTimer(self, interval=0, singleShot=True)
        self._later.timeout.connect(self._choose_selected)
        combo.currentIndexChanged.connect(self._tell)
        # Mouse and keys select an entry before they make it the current one: wait until they have.
        combo.view().selectionModel().selectionChanged.connect(self._later.start)

    def follow(self) -> None:
        """Select the chosen entry, unless a choice is being made."""
        combo = self._combo
        if not combo.view().isVisible() and not self._later.isActive():
            combo.view().setCurrentIndex(combo.model().index(combo.currentIndex(), combo.modelColumn()))

    @property
    def _combo(self) -> QComboBox:
        return cast(QComboBox, self.parent())

    @Slot()
    def _tell(self) -> None:
        self.follow()
        QAccessible.updateAccessibility(QAccessibleEvent(self._combo, QAccessible.Event.DescriptionChanged))

    @Slot()
    def _choose_selected(self) -> None:
        view = self._combo.view()
        rows = [index.row() for index in view.selectionModel().selectedIndexes()]
        # Mouse and keys also move the list's current entry; a screen reader only selects.
        if len(rows) != 1 or rows[0] in (view.currentIndex().row(), self._combo.currentIndex()):
            return
        self._combo.hidePopup()
        self._combo.setCurrentIndex(rows[0])
        self._combo.activated.emit(rows[0])
