"""The way of people's own tables and pictures into an experiment."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from gradlab.experiment import files
from gradlab.experiment.schema import Experiment
from gradlab.language import tr
from gradlab.window.lab.table_import.choices import SOURCE, on_pictures, on_table
from gradlab.window.lab.table_import.file_kinds import table_filter
from gradlab.window.services.dialogs import ask_which

if TYPE_CHECKING:
    from gradlab.window.lab.table_import.dialog import TableImport


class OwnData(QObject):
    """Asks for a file or a folder, and lets people look at a table before it is used.

    Attributes:
        chosen: emitted with the Experiment, once everything is chosen; never where it is cancelled.
    """

    chosen = Signal(object)

    def __init__(self, page: QWidget) -> None:
        super().__init__(page)
        self._page = page

    def ask(self, source: str, experiment: Experiment) -> None:
        """Ask for the file or the folder of a source, for an experiment in place of its data.

        Later: the list in which the source was chosen closes first.
        """
        QTimer.singleShot(0, self, lambda: self._ask(source, experiment))

    def open_table(self, path: Path, experiment: Experiment, consequence: str = "") -> TableImport:
        """Look at another table, for an experiment; ``consequence`` says what else using it brings."""
        return self.look(on_table(experiment, path), consequence)

    def look(self, experiment: Experiment, consequence: str = "") -> TableImport:
        """Look at the table of an experiment; return the page that shows it."""
        from gradlab.window.lab.table_import.dialog import TableImport

        page = TableImport(experiment, self._page, consequence=consequence)
        page.used.connect(self.chosen)
        page.open()
        return page

    def _ask(self, source: str, experiment: Experiment) -> None:
        if source != SOURCE:
            self._ask_for_folder(experiment)
        elif Path(experiment.data.path).is_file():  # the table that was there before
            self.look(files.change(experiment, "data.source", source))
        elif path := ask_which(self._page, tr("Choose a table"), table_filter()):
            self.open_table(path, experiment)

    def _ask_for_folder(self, experiment: Experiment) -> None:
        title = tr("Choose a folder with one folder of pictures per class")
        if folder := QFileDialog.getExistingDirectory(self._page, title):
            self.chosen.emit(on_pictures(experiment, Path(folder)))
