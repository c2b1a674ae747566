"""Lessons in the window: their list, the lesson in the lab, and what belongs to them."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from gradlab.language import tr
from gradlab.lessons.catalogue import Catalogue
from gradlab.lessons.lesson import Lesson
from gradlab.lessons.progress import Learners
from gradlab.window.lab.page import LabPage
from gradlab.window.lessons.learner_dialogs import LearnerDialogs
from gradlab.window.lessons.lesson_files import LessonFiles
from gradlab.window.lessons.lesson_list import LessonsPage, title_of
from gradlab.window.lessons.step_controller import LessonPlace, StepController
from gradlab.window.services.dialogs import warn


class LessonController(QObject):
    """Knows the lessons and the learners, and brings both into the window.

    Attributes:
        wants_list: the list of lessons is to be shown; ``wants_welcome``: the welcome page.
        wants_lab: emitted with a lesson's title before the lesson goes on in the lab.
        moved: another step is in the lab.
        catalogue, learners: the lessons there are, and who takes them.
        files: takes lessons in and removes them; ``learner_dialogs`` changes the learners.
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
        self.files = LessonFiles(self.catalogue, self._window, self)
        self.learner_dialogs = LearnerDialogs(self.learners, self._window, self)
        self.page = LessonsPage(self.catalogue, self.learners)
        self._connect()

    @property
    def steps(self) -> StepController:
        """The controller of the lesson in the lab, made on first use."""
        if self._steps is None:
            self._steps = StepController(self._lab(), self.catalogue, self.learners)
            self._steps.wants_list.connect(self.wants_list)
            self._steps.wants_lesson.connect(self.open)
            self._steps.moved.connect(self.moved)
        return self._steps

    @property
    def place(self) -> LessonPlace | None:
        """The step that is in the lab; None where the lab is free."""
        return self._steps.place if self._steps is not None else None

    @property
    def lesson(self) -> Lesson | None:
        """The lesson in the lab; None where the lab is free."""
        return self._steps.lesson if self._steps is not None else None

    @Slot(str)
    def open(self, lesson: str, step: int | None = None) -> None:
        """Go on with a lesson where it was left, or at a ``step``, from 0.

        One that is done starts over, with its answers.
        """
        found = self.catalogue.get(lesson)
        if found is None:
            warn(self._window, tr("There is no such lesson on this computer."), lesson)
        elif step is not None:
            self._show(found, step)
        elif self.place is None or self.place.lesson != lesson:
            progress = self.learners.progress(lesson)
            self._show(found, 0 if progress.finished else progress.step)
        elif self.place.step == len(found.steps):
            self._show(found, 0)
        else:
            self.wants_lab.emit(title_of(found))

    def go_on_with(self, place: LessonPlace) -> None:
        """Show a step whose experiment is already in the lab."""
        lesson = self.catalogue.get(place.lesson)
        if lesson is not None:
            self._show(lesson, place.step, keep_run=True)

    @Slot()
    def leave(self) -> None:
        """End the lesson in the lab, if there is one."""
        if self._steps is not None:
            self._steps.end()

    def _connect(self) -> None:
        page, dialogs, files = self.page, self.learner_dialogs, self.files
        page.wants_lesson.connect(self.open)
        page.welcome.clicked.connect(self.wants_welcome)
        page.open.clicked.connect(files.ask_and_open)
        page.wants_removed.connect(files.ask_to_remove)
        files.added.connect(self._begin_added)
        files.removing.connect(self._leave_removed)
        files.removed.connect(page.refresh)
        page.learners.chosen.connect(dialogs.choose)
        page.learners.add.clicked.connect(dialogs.add)
        page.learners.rename.clicked.connect(dialogs.rename)
        page.learners.remove.clicked.connect(dialogs.remove)
        dialogs.leaving.connect(self.leave)
        dialogs.changed.connect(page.refresh)
        dialogs.forgotten.connect(self._start_over)

    def _show(self, lesson: Lesson, step: int, *, keep_run: bool = False) -> None:
        self.wants_lab.emit(title_of(lesson))
        self.steps.begin(lesson, step, keep_run=keep_run)

    @Slot(str, bool)
    def _begin_added(self, name: str, replaced: bool) -> None:
        lesson = self.catalogue.get(name)
        assert lesson is not None
        if replaced:
            self.learners.reset(name)
        self._show(lesson, 0 if replaced else self.learners.progress(name).step)

    @Slot(object)
    def _leave_removed(self, folder: Path) -> None:
        if self.lesson is not None and self.lesson.folder == folder:
            self.leave()

    @Slot()
    def _start_over(self) -> None:
        self.page.refresh()
        if self.lesson is not None:
            self.steps.begin(self.lesson, 0)
