"""Lessons from outside: added from files and folders, and removed again."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from gradlab.errors import InputError
from gradlab.language import tr
from gradlab.lessons.catalogue import AlreadyThereError, Catalogue
from gradlab.lessons.files import SUFFIX
from gradlab.window.lessons.text_view import plain_words
from gradlab.window.services.dialogs import ask_which, confirm, warn


class LessonFiles(QObject):
    """Asks for lessons, and adds them to the catalogue or takes them out.

    Attributes:
        added: emitted with the id of a lesson that was added, and whether it replaced another.
        removing: emitted with a lesson's folder before it is removed; ``removed`` afterwards.
    """

    added = Signal(str, bool)
    removing = Signal(object)
    removed = Signal()

    def __init__(self, catalogue: Catalogue, window: QWidget, parent: QObject) -> None:
        super().__init__(parent)
        self._catalogue = catalogue
        self._window = window

    def open(self, path: Path, *, replace: bool = False) -> None:
        """Add a lesson to the catalogue; explain what is wrong if the path holds none."""
        try:
            lesson = self._catalogue.add(path, replace=replace)
        except AlreadyThereError as error:
            title = plain_words(error.title)
            words = tr("There is the lesson “{title}” already. Replace it?").format(title=title)
            confirm(self._window, words, tr("Replace"), lambda: self.open(path, replace=True))
        except InputError as error:
            warn(self._window, tr("This lesson cannot be opened."), str(error))
        else:
            self.added.emit(lesson.id, replace)

    @Slot()
    def ask_and_open(self) -> None:
        """Ask for a lesson's file and add the lesson."""
        kinds = tr("Lessons") + f" (*{SUFFIX} lesson.toml)"
        if path := ask_which(self._window, tr("Open a lesson"), kinds):
            self.open(path)

    @Slot(object)
    def ask_to_remove(self, folder: Path) -> None:
        """Remove a lesson from this computer, after asking."""
        words = tr("Remove this lesson from this computer?")
        confirm(self._window, words, tr("Remove"), lambda: self._remove(folder))

    def _remove(self, folder: Path) -> None:
        self.removing.emit(folder)
        self._catalogue.discard(folder)
        self.removed.emit()
