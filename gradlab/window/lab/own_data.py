"""The way of people's own tables and pictures into an experiment."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from gradlab.experiment import files
from gradlab.experiment.schema import Experiment
from gradlab.language import tr
from gradlab.window.lab.table_import.choices import TABLE, on_pictures, on_table
from gradlab.window.lab.table_import.file_kinds import table_filter
from gradlab.window.services.dialogs import ask_which

if TYPE_CHECKING:
    from gradlab.window.lab.table_import.import_page import ImportPage


class OwnData(QObject):
    """Asks for a file or a folder, and lets people look at it before it is used.

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

    def open(self, path: Path, experiment: Experiment, consequence: str = "") -> ImportPage:
        """Look at a table or a folder of pictures, for an experiment in place of its data; see ``look``."""
        on_data = on_pictures if path.is_dir() else on_table
        return self.look(on_data(experiment, path), consequence)

    def look(self, experiment: Experiment, consequence: str = "") -> ImportPage:
        """Look at the own data of an experiment; return the page that shows them.

        ``consequence`` says what else using them brings.
        """
        from gradlab.window.lab.table_import.dialog import TableImport
        from gradlab.window.lab.table_import.pictures import PicturesImport

        kind = TableImport if experiment.data.source == TABLE else PicturesImport
        page = kind(experiment, self._page, consequence=consequence)
        page.used.connect(self.chosen)
        page.open()
        return page

    def _ask(self, source: str, experiment: Experiment) -> None:
        before = Path(experiment.data.path)
        if experiment.data.path and (before.is_file() if source == TABLE else before.is_dir()):
            self.look(files.change(experiment, "data.source", source))  # what was there before
        elif (path := self._asked(source)) is not None:
            self.open(path, experiment)

    def _asked(self, source: str) -> Path | None:
        if source == TABLE:
            return ask_which(self._page, tr("Choose a table"), table_filter())
        title = tr("Choose a folder with one folder of pictures per class")
        folder = QFileDialog.getExistingDirectory(self._page, title)
        return Path(folder) if folder else None
