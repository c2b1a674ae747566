"""Everything about lessons in the window: the page, the lesson in the lab, files, and what the menu does."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QInputDialog, QMessageBox

from gradlab.errors import InputError
from gradlab.language import current, tr
from gradlab.lessons.answers import key, sheet, write_sheet
from gradlab.lessons.catalogue import AlreadyThereError, Catalogue
from gradlab.lessons.files import SUFFIX
from gradlab.lessons.lesson import Lesson
from gradlab.lessons.progress import Learners
from gradlab.window.lessons import print_dialogs
from gradlab.window.lessons.lesson_list import LessonsPage
from gradlab.window.lessons.step_controller import Guide, Place
from gradlab.window.lessons.text_view import plain_words
from gradlab.window.services.dialogs import ask_where, ask_which, warn

if TYPE_CHECKING:
    from gradlab.window.shell.main_window import MainWindow


class LessonCentre(QObject):
    """Knows the lessons and the learners, and brings both into the window.

    Attributes:
        page: the list of lessons; ``guide`` the lesson in the lab, made when the first one is opened.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.catalogue = Catalogue()
        self.learners = Learners()
        self.page = LessonsPage(self.catalogue, self.learners)
        self._connect_page()

    @cached_property
    def guide(self) -> Guide:
        """The lesson in the lab."""
        guide = Guide(self._window.lab, self.catalogue, self.learners)
        guide.wants_path.connect(self._window.show_lessons)
        guide.wants_lesson.connect(self.open)
        guide.moved.connect(self._window.note_place)
        return guide

    @property
    def place(self) -> Place | None:
        """Where in which lesson people are; None where the lab is free."""
        return self.guide.place if self._has_guide else None

    def open(self, lesson: str) -> None:
        """Go on with a lesson where it was left; one that is done begins anew, with its answers."""
        found = self.catalogue.get(lesson)
        if found is None:
            warn(self._window, tr("There is no such lesson on this computer."), lesson)
            return
        if self.place is None or self.place.lesson != lesson:
            walk = self.learners.walk(lesson)
            self._show(found, 0 if walk.finished else walk.step)
        elif self.guide.step == len(found.steps):
            self._show(found, 0)
        else:
            self._window.show_lab(plain_words(found.told_in(current()).title))

    def go_on_with(self, place: Place) -> None:
        """Show a step whose experiment is in the lab already: the window was built anew around its run."""
        lesson = self.catalogue.get(place.lesson)
        if lesson is not None:
            self._show(lesson, place.step, keep_run=True)

    def leave(self) -> None:
        """Give the lab back."""
        if self._has_guide:
            self.guide.end()

    def arrange(self) -> bool:
        """Put the panels of the step back in their places; return whether there is a lesson."""
        if self.place is not None:
            self.guide.arrange()
        return self.place is not None

    def open_file(self, path: Path, *, replace: bool = False) -> None:
        """Take in a lesson from outside and begin it; say what is wrong where it is none."""
        try:
            lesson = self.catalogue.add(path, replace=replace)
        except AlreadyThereError as error:
            words = tr("There is the lesson “{title}” already. Replace it?").format(
                title=plain_words(error.title)
            )
            self._ask(words, tr("Replace"), lambda: self.open_file(path, replace=True))
            return
        except InputError as error:
            warn(self._window, tr("This lesson cannot be opened."), str(error))
            return
        if replace:
            self.learners.reset(lesson.id)
        self._show(lesson, 0 if replace else self.learners.walk(lesson.id).step)

    def ask_for_file(self) -> None:
        """Ask for a lesson's file."""
        kinds = tr("Lessons") + f" (*{SUFFIX} lesson.toml)"
        if path := ask_which(self._window, tr("Open a lesson"), kinds):
            self.open_file(path)

    def ask_to_reset_lesson(self) -> None:
        """Let the lesson that is shown begin anew."""
        lesson = self.guide.lesson if self._has_guide else None
        if lesson is None:
            return
        words = tr("Forget the answers and the progress of {learner} in this lesson?")
        self._ask(self._of_learner(words), tr("Reset"), lambda: self._reset(lesson))

    def ask_to_reset_learner(self) -> None:
        """Let the current learner begin all lessons anew."""
        words = tr("Forget all answers and all progress of {learner}?")
        self._ask(self._of_learner(words), tr("Reset"), lambda: self._reset(None))

    def export_answers(self) -> None:
        """Ask for a file, and write everybody's answers to it."""
        kinds = tr("Tables") + " (*.csv)"
        if path := ask_where(self._window, tr("Export answers"), "answers.csv", kinds):
            rows = sheet(self.learners.all, self.catalogue.lessons, current())
            self._try(lambda: write_sheet(path, rows))

    def export_key(self, *, of_all: bool) -> None:
        """Ask for a file, and write the right answers of this lesson or of all lessons to it."""
        this = self.guide.lesson if self._has_guide else None
        lessons = self.catalogue.lessons if of_all or this is None else [this]
        suggestion = f"key-{lessons[0].id}.md" if len(lessons) == 1 else "key.md"
        kinds = tr("Text") + " (*.md *.txt)"
        if path := ask_where(self._window, tr("Save answer key"), suggestion, kinds):
            self._try(lambda: path.write_text(key(lessons, current()), encoding="utf-8"))

    def save_handout(self) -> None:
        """Ask for a file, and write this lesson as pages to print."""
        if self._has_guide and self.guide.lesson is not None:
            print_dialogs.save_handout(self._window, self.guide.lesson)

    @property
    def _has_guide(self) -> bool:
        return "guide" in self.__dict__

    def _connect_page(self) -> None:
        page = self.page
        page.wants_lesson.connect(self.open)
        page.wants_open.connect(self.ask_for_file)
        page.wants_welcome.connect(self._window.show_welcome)
        page.wants_removed.connect(self._ask_to_remove)
        page.learner_chosen.connect(self._choose_learner)
        page.wants_add.connect(self._add_learner)
        page.wants_rename.connect(self._rename_learner)
        page.wants_remove.connect(self._remove_learner)

    def _show(self, lesson: Lesson, step: int, *, keep_run: bool = False) -> None:
        self._window.show_lab(plain_words(lesson.told_in(current()).title))
        self.guide.begin(lesson, step, keep_run=keep_run)

    def _reset(self, lesson: Lesson | None) -> None:
        self.learners.reset(lesson.id if lesson else "")
        self.page.refresh()
        if self._has_guide and self.guide.lesson:
            self.guide.begin(self.guide.lesson, 0)

    def _ask_to_remove(self, folder: Path) -> None:
        words = tr("Remove this lesson from this computer?")
        self._ask(words, tr("Remove"), lambda: self._remove(folder))

    def _remove(self, folder: Path) -> None:
        if self._has_guide and self.guide.lesson and self.guide.lesson.folder == folder:
            self.guide.end()
        self.catalogue.discard(folder)
        self.page.refresh()

    def _choose_learner(self, name: str) -> None:
        self._change_learner(lambda: self.learners.choose(name))

    def _add_learner(self) -> None:
        name = self._ask_name(tr("Add a learner"), "")
        if name:
            self._change_learner(lambda: self.learners.add(name))

    def _rename_learner(self) -> None:
        name = self._ask_name(tr("Rename the learner"), self.learners.current.name)
        if name:
            self._try(lambda: self.learners.rename(name))
            self.page.refresh()

    def _remove_learner(self) -> None:
        words = tr("Remove {learner}, with all answers and all progress?")
        self._ask(self._of_learner(words), tr("Remove"), lambda: self._change_learner(self.learners.remove))

    def _change_learner(self, change: Callable[[], object]) -> None:
        """Another learner has a place of their own in each lesson."""
        self.leave()
        self._try(change)
        self.page.refresh()

    def _of_learner(self, words: str) -> str:
        return words.format(learner=self.learners.current.name)

    def _ask_name(self, title: str, name: str) -> str:
        given, sure = QInputDialog.getText(self._window, title, tr("Name:"), text=name)
        return given if sure else ""

    def _try(self, do: Callable[[], object]) -> None:
        try:
            do()
        except InputError as error:
            warn(self._window, tr("That did not work."), str(error))
        except OSError as error:
            warn(self._window, tr("The file could not be written."), str(error.strerror))

    def _ask(self, words: str, deed: str, do: Callable[[], object]) -> None:
        box = QMessageBox(QMessageBox.Icon.Question, "GradLab", words, parent=self._window)
        yes = box.addButton(deed, QMessageBox.ButtonRole.AcceptRole)
        no = box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(no)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        yes.clicked.connect(do)
        box.open()
