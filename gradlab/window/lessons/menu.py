"""The menu Lessons."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from gradlab.language import tr
from gradlab.window.widgets.menu_entry import add_entry

if TYPE_CHECKING:
    from gradlab.window.lessons.lesson_controller import LessonController


class LessonActions:
    """Fills the menu. Nothing about lessons is loaded before one of its entries is chosen."""

    def __init__(self, menu: QMenu, lessons: Callable[[], LessonController]) -> None:
        self._menu = menu
        self._lessons = lessons
        self._in_lesson: list[QAction] = []  # what makes sense only while a lesson is in the lab
        self._fill()

    def follow(self, *, in_lesson: bool) -> None:
        """Enable the entries that make sense now."""
        for action in self._in_lesson:
            action.setEnabled(in_lesson)

    def _fill(self) -> None:
        words = tr("Shows the path of lessons, and what this learner has done of it.")
        self._add(tr("&All lessons"), words, lambda lessons: lessons.wants_list.emit(), "Ctrl+Shift+L")
        self._menu.addSeparator()
        words = tr("Goes on in the lesson.")
        self._add_in_lesson(tr("&Next step"), words, lambda lessons: lessons.steps.next(), "Alt+Right")
        words = tr("Goes back in the lesson.")
        self._add_in_lesson(tr("&Previous step"), words, lambda lessons: lessons.steps.back(), "Alt+Left")
        words = tr("Lets this learner begin the lesson anew. You are asked first.")
        self._add_in_lesson(
            tr("&Reset progress of this lesson…"), words, _reset_lesson, "Ctrl+Shift+Backspace"
        )
        words = tr("Lets this learner begin all lessons anew. You are asked first.")
        self._add(
            tr("Reset all pro&gress of this learner…"),
            words,
            lambda lessons: lessons.learner_dialogs.reset_all(),
            "Ctrl+Shift+Del",
        )
        self._menu.addSeparator()
        self._fill_papers()

    def _fill_papers(self) -> None:
        words = tr("Writes what this learner answered into a file, to hand in.")
        self._add(tr("&Export answers…"), words, _save_answers, "Ctrl+Shift+E")
        words = tr("Writes the questions of this lesson with their answers, for teachers.")
        self._add_in_lesson(tr("Save answer &key of this lesson…"), words, _save_key, "Ctrl+K")
        words = tr("Writes the questions of all lessons with their answers, for teachers.")
        self._add(tr("Save answer key of all &lessons…"), words, _save_all_keys, "Ctrl+Shift+K")
        words = tr("Writes this lesson as pages to print and to fill in.")
        self._add_in_lesson(tr("Save &hand-out of this lesson…"), words, _save_handout, "Ctrl+P")
        words = tr("Writes all lessons, experiments and hand-outs into a folder, for a USB stick.")
        self._add(tr("&Workshop kit…"), words, _save_kit, "Ctrl+Shift+H")

    def _add(self, text: str, help: str, do: Callable[[LessonController], object], keys: str = "") -> QAction:
        return add_entry(self._menu, text, help, lambda: do(self._lessons()), keys)

    def _add_in_lesson(
        self, text: str, help: str, do: Callable[[LessonController], object], keys: str = ""
    ) -> None:
        self._in_lesson.append(self._add(text, help, do, keys))


def _reset_lesson(lessons: LessonController) -> None:
    if lessons.lesson is not None:
        lessons.learner_dialogs.reset_lesson(lessons.lesson.id)


def _save_answers(lessons: LessonController) -> None:
    from gradlab.window.lessons.print_dialogs import save_answers

    save_answers(lessons.page.window(), lessons.learners, lessons.catalogue.lessons)


def _save_key(lessons: LessonController) -> None:
    from gradlab.window.lessons.print_dialogs import save_key

    if lessons.lesson is not None:
        save_key(lessons.page.window(), [lessons.lesson])


def _save_all_keys(lessons: LessonController) -> None:
    from gradlab.window.lessons.print_dialogs import save_key

    save_key(lessons.page.window(), lessons.catalogue.lessons)


def _save_handout(lessons: LessonController) -> None:
    from gradlab.window.lessons.print_dialogs import save_handout

    if lessons.lesson is not None:
        save_handout(lessons.page.window(), lessons.lesson)


def _save_kit(lessons: LessonController) -> None:
    from gradlab.window.lessons.kit_dialog import save_kit

    save_kit(lessons.page.window())
