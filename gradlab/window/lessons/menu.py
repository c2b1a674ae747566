"""The menu Lessons."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from gradlab.language import tr

if TYPE_CHECKING:
    from gradlab.window.lessons.lesson_controller import LessonCentre
    from gradlab.window.shell.main_window import MainWindow


def save_kit(window: MainWindow) -> None:
    """Ask where to, and write everything that an instructor takes along."""
    from gradlab.window.lessons import print_dialogs

    print_dialogs.save_kit(window)


class LessonActions:
    """What the menu offers. Nothing about lessons is loaded before one of them is wanted.

    Attributes:
        here: what only means something while a lesson is in the lab.
    """

    def __init__(self, window: MainWindow, menu: QMenu) -> None:
        self._window = window
        self._menu = menu
        self._add(tr("&All lessons"), lambda _: window.show_lessons(), "Ctrl+Shift+L")
        self._add(tr("&Open lesson…"), lambda centre: centre.ask_for_file())
        menu.addSeparator()
        self.here = [
            self._add(tr("&Next step"), lambda centre: centre.guide.next(), "Alt+Right"),
            self._add(tr("&Previous step"), lambda centre: centre.guide.back(), "Alt+Left"),
            self._add(tr("&Reset progress of this lesson…"), lambda centre: centre.ask_to_reset_lesson()),
        ]
        self._add(tr("Reset &all progress of this learner…"), lambda centre: centre.ask_to_reset_learner())
        menu.addSeparator()
        self._add(tr("&Export answers…"), lambda centre: centre.export_answers())
        self.here.append(
            self._add(tr("Save answer &key of this lesson…"), lambda centre: centre.export_key(of_all=False))
        )
        self._add(tr("Save answer key of all &lessons…"), lambda centre: centre.export_key(of_all=True))
        self.here.append(
            self._add(tr("Save &hand-out of this lesson…"), lambda centre: centre.save_handout())
        )
        self._add(tr("&Workshop kit…"), lambda _: save_kit(window))

    def follow(self, *, in_lesson: bool) -> None:
        """Offer what can be done now."""
        for action in self.here:
            action.setEnabled(in_lesson)

    def _add(self, text: str, do: Callable[[LessonCentre], object], keys: str = "") -> QAction:
        action = QAction(text, self._menu)
        if keys:
            action.setShortcut(QKeySequence(keys))
        action.triggered.connect(lambda: do(self._window.lessons))
        self._menu.addAction(action)
        return action
