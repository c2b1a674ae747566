"""Lessons on paper and the workshop kit, as the menu offers them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFileDialog, QProgressDialog

from gradlab.errors import InputError
from gradlab.language import LANGUAGES, current, tr, trn
from gradlab.lessons.handout import handout
from gradlab.lessons.kit import kit, write
from gradlab.lessons.lesson import Lesson
from gradlab.window.services.dialogs import ask_where, warn
from gradlab.window.services.pdf import write_pdf

if TYPE_CHECKING:
    from gradlab.window.shell.main_window import MainWindow

FOLDER = "gradlab-kit"


def save_handout(window: MainWindow, lesson: Lesson) -> None:
    """Ask for a file, and write a lesson as pages to be printed and filled in."""
    kinds = tr("Pages to print") + " (*.pdf)"
    path = ask_where(window, tr("Save hand-out"), f"{lesson.id}.pdf", kinds)
    if path is None:
        return
    try:
        write_pdf(handout(lesson, current()), lesson.folder, path)
    except OSError as error:
        warn(window, tr("The file could not be written."), f"{path}: {error.strerror}")


def save_kit(window: MainWindow) -> KitWriter | None:
    """Ask for a folder, and write the workshop kit into a new folder in it, while the window goes on."""
    parent = QFileDialog.getExistingDirectory(window, tr("Where is the workshop kit to be?"))
    return KitWriter(window, Path(parent) / FOLDER) if parent else None


class KitWriter(QProgressDialog):
    """Writes the kit file by file, shows how far it is, and can be cancelled."""

    def __init__(self, window: MainWindow, folder: Path) -> None:
        super().__init__(window)
        self._window = window
        self._folder = folder
        items = list(kit(folder, list(LANGUAGES), write_pdf))
        self._paths = write(items)
        self.setWindowTitle(tr("Workshop kit"))
        self.setLabelText(
            tr("Writing lessons, experiments and hand-outs into {folder}").format(folder=folder)
        )
        self.setRange(0, len(items))
        self.setMinimumDuration(0)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAutoClose(False)
        self.setAutoReset(False)
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._go_on)
        self.canceled.connect(self._timer.stop)
        self.show()
        self._timer.start()

    def _go_on(self) -> None:
        """Write the next file; the window answers in between."""
        try:
            next(self._paths)
        except StopIteration:
            self._end()
        except InputError as error:
            self._timer.stop()
            self.close()
            warn(self._window, tr("The workshop kit could not be written."), str(error))
        else:
            self.setValue(self.value() + 1)

    def _end(self) -> None:
        self._timer.stop()
        count = self.maximum()
        words = trn("{count} file is in {folder}", "{count} files are in {folder}", count)
        self.setLabelText(words.format(count=count, folder=self._folder))
        self.setCancelButtonText(tr("Close"))
