"""Dialogs that choose, add, rename and remove learners, and forget what they did."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from gradlab.language import tr
from gradlab.lessons.progress import Learners
from gradlab.window.services.dialogs import ask_name, attempt, confirm


class LearnerDialogs(QObject):
    """Asks what it needs to know, and changes the learners.

    Attributes:
        leaving: emitted before another learner takes over; each has a place of their own in every lesson.
        changed: emitted after the learners have changed.
        forgotten: emitted after answers and progress were reset.
    """

    leaving = Signal()
    changed = Signal()
    forgotten = Signal()

    def __init__(self, learners: Learners, window: QWidget, parent: QObject) -> None:
        super().__init__(parent)
        self._learners = learners
        self._window = window

    @Slot(str)
    def choose(self, name: str) -> None:
        """Make this learner the current one."""
        self._replace(lambda: self._learners.choose(name))

    @Slot()
    def add(self) -> None:
        """Ask for a name, and add a learner."""
        if name := ask_name(self._window, tr("Add a learner")):
            self._replace(lambda: self._learners.add(name))

    @Slot()
    def rename(self) -> None:
        """Ask for another name of the current learner."""
        if name := ask_name(self._window, tr("Rename the learner"), self._learners.current.name):
            attempt(self._window, lambda: self._learners.rename(name))
            self.changed.emit()

    @Slot()
    def remove(self) -> None:
        """Remove the current learner, after asking."""
        words = tr("Remove {learner}, with all answers and all progress?")
        self._confirm(words, tr("Remove"), lambda: self._replace(self._learners.remove))

    def reset_lesson(self, lesson: str) -> None:
        """Let the current learner start a lesson over, after asking."""
        words = tr("Forget the answers and the progress of {learner} in this lesson?")
        self._confirm(words, tr("Reset"), lambda: self._forget(lesson))

    def reset_all(self) -> None:
        """Let the current learner start all lessons over, after asking."""
        words = tr("Forget all answers and all progress of {learner}?")
        self._confirm(words, tr("Reset"), lambda: self._forget(""))

    def _confirm(self, words: str, deed: str, do: Callable[[], object]) -> None:
        confirm(self._window, words.format(learner=self._learners.current.name), deed, do)

    def _replace(self, change: Callable[[], object]) -> None:
        self.leaving.emit()
        attempt(self._window, change)
        self.changed.emit()

    def _forget(self, lesson: str) -> None:
        self._learners.reset(lesson)
        self.forgotten.emit()
