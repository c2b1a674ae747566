"""Lessons in the window: their list, the lesson in the lab, lessons from outside, and what the menu offers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from gradlab.errors import InputError
from gradlab.language import current, tr
from gradlab.lessons.catalogue import AlreadyThereError, Catalogue
from gradlab.lessons.files import SUFFIX
from gradlab.lessons.lesson import Lesson
from gradlab.lessons.progress import Learners
from gradlab.window.lessons import print_dialogs
from gradlab.window.lessons.kit_dialog import save_kit
from gradlab.window.lessons.learner_dialogs import LearnerDialogs
from gradlab.window.lessons.lesson_list import LessonsPage
from gradlab.window.lessons.step_controller import Place, StepController
from gradlab.window.lessons.text_view import plain_words
from gradlab.window.services.dialogs import ask_which, confirm, warn

if TYPE_CHECKING:
    from gradlab.window.lab.page import LabPage


class LessonController(QObject):
    """Knows the lessons and the learners, and brings both into the window.

    Attributes:
        wants_list: the list of lessons is to be shown; ``wants_welcome``: the welcome page.
        wants_lab: emitted with a lesson's title before the lesson goes on in the lab.
        moved: another step is in the lab.
        page: the list of lessons.
    """

    wants_list = Signal()
    wants_welcome = Signal()
    wants_lab = Signal(str)
    moved = Signal()

    def __init__(self, lab: Callable[[], LabPage], parent: QWidget) -> None:
        """Read the lessons; ``lab`` returns the lab, which is asked for when the first lesson is opened."""
        super().__init__(parent)
        self._lab = lab
        self._window = parent.window()
        self._steps: StepController | None = None
        self.catalogue = Catalogue()
        self.learners = Learners()
        self._learner_dialogs = LearnerDialogs(self.learners, self._window, self)
        self.page = LessonsPage(self.catalogue, self.learners)
        self._connect()

    @property
    def steps(self) -> StepController:
        """What leads through the lesson in the lab."""
        if self._steps is None:
            self._steps = StepController(self._lab(), self.catalogue, self.learners)
            self._steps.wants_list.connect(self.wants_list)
            self._steps.wants_lesson.connect(self.open)
            self._steps.moved.connect(self.moved)
        return self._steps

    @property
    def place(self) -> Place | None:
        """The step that is in the lab; None where the lab is free."""
        return self._steps.place if self._steps is not None else None

    @Slot(str)
    def open(self, lesson: str) -> None:
        """Go on with a lesson where it was left; one that is done starts over, with its answers."""
        found = self.catalogue.get(lesson)
        if found is None:
            warn(self._window, tr("There is no such lesson on this computer."), lesson)
            return
        if self.place is None or self.place.lesson != lesson:
            walk = self.learners.walk(lesson)
            self._show(found, 0 if walk.finished else walk.step)
        elif self.place.step == len(found.steps):
            self._show(found, 0)
        else:
            self.wants_lab.emit(_title(found))

    def go_on_with(self, place: Place) -> None:
        """Show a step whose experiment is already in the lab."""
        lesson = self.catalogue.get(place.lesson)
        if lesson is not None:
            self._show(lesson, place.step, keep_run=True)

    @Slot()
    def leave(self) -> None:
        """End the lesson in the lab, if there is one."""
        if self._steps is not None:
            self._steps.end()

    def arrange(self) -> None:
        """Put the panels of the step in the lab back in their places."""
        self.steps.arrange()

    def open_file(self, path: Path, *, replace: bool = False) -> None:
        """Take in a lesson from outside and begin it; explain what is wrong if it is none."""
        try:
            lesson = self.catalogue.add(path, replace=replace)
        except AlreadyThereError as error:
            words = tr("There is the lesson “{title}” already. Replace it?").format(
                title=plain_words(error.title)
            )
            confirm(self._window, words, tr("Replace"), lambda: self.open_file(path, replace=True))
            return
        except InputError as error:
            warn(self._window, tr("This lesson cannot be opened."), str(error))
            return
        if replace:
            self.learners.reset(lesson.id)
        self._show(lesson, 0 if replace else self.learners.walk(lesson.id).step)

    @Slot()
    def ask_for_file(self) -> None:
        """Ask for a lesson's file and open it."""
        kinds = tr("Lessons") + f" (*{SUFFIX} lesson.toml)"
        if path := ask_which(self._window, tr("Open a lesson"), kinds):
            self.open_file(path)

    def ask_to_reset_lesson(self) -> None:
        """Let the current learner start the lesson in the lab over, after asking."""
        if lesson := self._lesson:
            words = tr("Forget the answers and the progress of {learner} in this lesson?")
            self._learner_dialogs.confirm(words, tr("Reset"), lambda: self._reset(lesson.id))

    def ask_to_reset_learner(self) -> None:
        """Let the current learner start all lessons over, after asking."""
        words = tr("Forget all answers and all progress of {learner}?")
        self._learner_dialogs.confirm(words, tr("Reset"), lambda: self._reset(""))

    def export_answers(self) -> None:
        """Write the answers of all learners to a file."""
        print_dialogs.save_answers(self._window, self.learners, self.catalogue.lessons)

    def export_key(self, *, of_all: bool) -> None:
        """Write the right answers of this lesson or of all lessons to a file."""
        this = self._lesson
        lessons = self.catalogue.lessons if of_all or this is None else [this]
        print_dialogs.save_key(self._window, lessons)

    def save_handout(self) -> None:
        """Write this lesson to a file, as pages to print."""
        if self._lesson is not None:
            print_dialogs.save_handout(self._window, self._lesson)

    def save_kit(self) -> None:
        """Write everything that an instructor takes along."""
        save_kit(self._window)

    @property
    def _lesson(self) -> Lesson | None:
        """The lesson in the lab."""
        return self._steps.lesson if self._steps is not None else None

    def _connect(self) -> None:
        page, dialogs = self.page, self._learner_dialogs
        page.wants_lesson.connect(self.open)
        page.wants_open.connect(self.ask_for_file)
        page.wants_welcome.connect(self.wants_welcome)
        page.wants_removed.connect(self._ask_to_remove)
        page.learner_chosen.connect(dialogs.choose)
        page.wants_add.connect(dialogs.add)
        page.wants_rename.connect(dialogs.rename)
        page.wants_remove.connect(dialogs.remove)
        dialogs.leaving.connect(self.leave)
        dialogs.changed.connect(page.refresh)

    def _show(self, lesson: Lesson, step: int, *, keep_run: bool = False) -> None:
        self.wants_lab.emit(_title(lesson))
        self.steps.begin(lesson, step, keep_run=keep_run)

    def _reset(self, lesson: str) -> None:
        self.learners.reset(lesson)
        self.page.refresh()
        if self._lesson is not None:
            self.steps.begin(self._lesson, 0)

    @Slot(object)
    def _ask_to_remove(self, folder: Path) -> None:
        words = tr("Remove this lesson from this computer?")
        confirm(self._window, words, tr("Remove"), lambda: self._remove(folder))

    def _remove(self, folder: Path) -> None:
        if self._lesson is not None and self._lesson.folder == folder:
            self.leave()
        self.catalogue.discard(folder)
        self.page.refresh()


def _title(lesson: Lesson) -> str:
    return plain_words(lesson.told_in(current()).title)
