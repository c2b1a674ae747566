"""The import page of pictures: the classes with their numbers of pictures, and what was left out."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog, QHeaderView, QLayout, QVBoxLayout, QWidget
from typing_extensions import override

from gradlab.datasets.picture_folders import PictureFolders, find_pictures
from gradlab.experiment.schema import Experiment
from gradlab.experiment.sections.data import Data
from gradlab.language import tr, trn
from gradlab.tables.remarks import Remark
from gradlab.window.lab.table_import.choices import on_pictures
from gradlab.window.lab.table_import.columns_table import CellsView
from gradlab.window.lab.table_import.import_page import ImportPage
from gradlab.window.language.numbers import number
from gradlab.window.widgets.boxes import fill
from gradlab.window.widgets.record_table import RecordTable
from gradlab.window.widgets.widgets import label


def look_at_pictures(data: Data) -> PictureFolders:
    """Look for the pictures of ``data.path``; raises InputError."""
    return find_pictures(Path(data.path))


class ClassesModel(RecordTable):
    """A row per class: its name, and how many pictures it has."""

    def __init__(self, parent: QObject | None = None) -> None:
        self.classes: list[tuple[str, int]] = []
        super().__init__({Qt.ItemDataRole.DisplayRole: self._text}, parent)

    def show_classes(self, found: PictureFolders | None) -> None:
        """Show the classes that were found."""
        with self.resetting():
            classes = found.classes if found else {}
            self.classes = [(name, len(files)) for name, files in classes.items()]

    @override
    def size(self) -> tuple[int, int]:
        return len(self.classes), 2

    @override
    def heading(self, section: int, orientation: Qt.Orientation, role: Qt.ItemDataRole) -> Any:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation == Qt.Orientation.Vertical:
            return str(section + 1)
        return (tr("Class"), tr("Pictures"))[section]

    def _text(self, row: int, column: int) -> str:
        name, count = self.classes[row]
        return number(count) if column else name


class PicturesImport(ImportPage):
    """Shows which classes a folder of pictures has.

    Attributes:
        classes: their table.
    """

    def __init__(
        self, experiment: Experiment, parent: QWidget | None = None, *, consequence: str = ""
    ) -> None:
        """Look at the folder of ``experiment``; ``consequence`` says what else using it brings."""
        super().__init__(experiment, look_at_pictures, parent, consequence)
        self.setWindowTitle(tr("Own pictures"))

    @override
    def make_parts(self) -> QLayout:
        self.other.setText(tr("Other folder…"))
        self.other.setAccessibleName(tr("Other folder…"))
        self.other.setToolTip(tr("Look at another folder instead."))
        self.use.setText(tr("Use these pictures"))
        self.use.setAccessibleName(tr("Use these pictures"))
        self.how.setText(tr("Every folder in it is a class, called like the folder."))
        self.nothing.setText(tr("No pictures to learn from were found here."))
        self._model = ClassesModel(self)
        self.classes = CellsView(self._model, tr("Classes"))
        self.classes.setToolTip(tr("The classes that were found, and how many pictures each has."))
        self.classes.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        what = label(tr("What was found, and what to do"), "section")
        parts = self.how, (self.classes, 1), (self.nothing, 1), what, self.remarks
        return fill(QVBoxLayout(), *parts, spacing=4)

    @override
    def show_found(self, found: object) -> str:
        pictures = found if isinstance(found, PictureFolders) else None
        self.classes.setVisible(pictures is not None)
        self._model.show_classes(pictures)
        if pictures is None:
            return ""
        count = sum(count for _, count in self._model.classes)
        classes = trn("{count} class", "{count} classes", len(pictures.classes))
        many = trn("{count} picture", "{count} pictures", count).format(count=number(count))
        return f"{classes.format(count=len(pictures.classes))} · {many}"

    @override
    def remarks_of(self, found: object) -> tuple[Remark, ...]:
        return found.notices if isinstance(found, PictureFolders) else ()

    @override
    def choose_other(self) -> Experiment | None:
        title = tr("Choose a folder with one folder of pictures per class")
        folder = QFileDialog.getExistingDirectory(self, title, self.experiment.data.path)
        return on_pictures(self.experiment, Path(folder)) if folder else None
