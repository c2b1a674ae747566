"""The workshop kit: a folder with everything that an instructor takes along."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFileDialog, QProgressDialog, QWidget

from gradlab.errors import InputError
from gradlab.language import LANGUAGES, tr, trn
from gradlab.lessons.workshop_kit import kit, write
from gradlab.window.services.dialogs import warn
from gradlab.window.services.pdf import write_pdf

FOLDER = "gradlab-kit"


def save_kit(window: QWidget) -> KitWriter | None:
    """Ask for a folder, and write the kit into a new folder inside it, file by file; None if cancelled."""
    parent = QFileDialog.getExistingDirectory(window, tr("Where is the workshop kit to be?"))
    return KitWriter(window, Path(parent) / FOLDER) if parent else None


class KitWriter(QProgressDialog):
    """Writes the kit file by file and shows how far it is; it can be cancelled."""

    def __init__(self, window: QWidget, folder: Path) -> None:
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
