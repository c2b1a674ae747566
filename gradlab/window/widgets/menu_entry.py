"""Entries of menus, each with its help beside it."""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

Keys = QKeySequence.StandardKey | str


def menu_entry(parent: QObject, text: str, help: str, do: Callable[[], object], keys: Keys = "") -> QAction:
    """Return an entry for a menu.

    Args:
        parent: deletes the entry together with itself.
        text: what it is called.
        help: what it does, for *What is this?*.
        do: called when it is chosen.
        keys: its shortcut, if it has one.
    """
    action = QAction(text, parent)
    action.setStatusTip(help)
    if keys:
        action.setShortcut(QKeySequence(keys))
    action.triggered.connect(lambda _: do())
    return action


def add_entry(menu: QMenu, text: str, help: str, do: Callable[[], object], keys: Keys = "") -> QAction:
    """Add an entry to the end of a menu, and return it; see :func:`menu_entry`."""
    action = menu_entry(menu, text, help, do, keys)
    menu.addAction(action)
    return action


def make_switch(action: QAction, on: bool) -> QAction:
    """Make an entry that is switched on and off, beginning with ``on``; return it."""
    action.setCheckable(True)
    action.setChecked(on)
    return action
