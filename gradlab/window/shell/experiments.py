"""Experiments on their way into the lab and out of it: new ones, files, and what a lesson pushed aside."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from gradlab.errors import InputError
from gradlab.folders import write_whole
from gradlab.language import mark, tr
from gradlab.resources import resource
from gradlab.window.lab.table_import.file_kinds import endings, is_table, table_filter
from gradlab.window.services.dialogs import ask_where, ask_which, warn
from gradlab.window.services.settings_store import SettingsStore
from gradlab.window.shell.pages import Pages
from gradlab.window.shell.welcome import question

if TYPE_CHECKING:
    from gradlab.experiment.schema import Experiment

# Deep enough for everyone to see that leaving out the zeroing ruins it.
START = "1-digits.toml"
FREE_LAB = mark("Free lab")
LESSON_PLAN, LESSON_SUFFIX = "lesson.toml", ".gradlesson"
FILE_FILTER = mark("Experiments (*.toml);;All files (*)")
OPENED = mark("Experiments and tables ({endings})")


class Experiments(QObject):
    """Opens and saves experiments."""

    def __init__(self, pages: Pages, store: SettingsStore, window: QWidget) -> None:
        super().__init__(window)
        self._pages = pages
        self._store = store
        self._window = window
        self._lab_is_lent = False  # to a lesson
        self._before_lesson: tuple[Experiment, str] | None = None
        pages.lesson_wants_lab.connect(self._lend_lab)

    def return_to_lab(self) -> None:
        """Show the free lab as it was left; the first time, with the experiment that everyone starts with."""
        if self._lab_is_lent and self._before_lesson is not None:
            self.open(*self._before_lesson)
        elif not self._lab_is_lent and self._pages.lab.begun:
            self._pages.show_lab()
        else:
            self.new()

    def new(self) -> None:
        """Open the experiment that everyone starts with."""
        from gradlab.experiment import files

        start = files.load(resource("experiments", START))
        self.open(start.with_value("name", FREE_LAB), FREE_LAB)

    def open(self, experiment: Experiment, title: str, hint: str = "") -> None:
        """Show and load an experiment in the lab; ``hint`` stands above the panels until it is dismissed."""
        if self._lab_is_lent:
            self._pages.lessons.leave()
            self._lab_is_lent, self._before_lesson = False, None
        self._pages.name_lab(title)
        self._pages.show_lab()
        self._pages.lab.open(experiment, hint)

    def open_file(self, path: Path) -> None:
        """Open an experiment, a table, a folder of pictures, or a lesson; explain what is wrong with it."""
        if path.suffix.lower() == LESSON_SUFFIX or path.name == LESSON_PLAN or (path / LESSON_PLAN).is_file():
            self._pages.lessons.files.open(path)
        elif path.is_dir() or is_table(path):
            self._open_own(path)
        else:
            self._open_experiment_file(path)

    def ask_and_open(self) -> None:
        """Ask for a file and open it."""
        all_kinds = tr(OPENED).format(endings=f"*.toml {endings()}")
        kinds = ";;".join((all_kinds, table_filter()))
        if path := ask_which(self._window, tr("Open an experiment or a table"), kinds):
            self.open_file(path)

    def ask_and_open_pictures(self) -> None:
        """Ask for a folder of pictures and open it."""
        title = tr("Choose a folder with one folder of pictures per class")
        if folder := QFileDialog.getExistingDirectory(self._window, title):
            self._open_own(Path(folder))

    def save_as(self) -> None:
        """Ask for a file and write the experiment to it."""
        from gradlab.experiment import files

        experiment = self._pages.lab.experiment
        name = experiment.name or tr("experiment")
        suggestion = f"{name}.toml".replace("/", "-")
        path = ask_where(self._window, tr("Save experiment as"), suggestion, tr(FILE_FILTER))
        if path is None:
            return
        try:
            write_whole(path, files.dumps(experiment))
        except OSError as error:
            warn(self._window, tr("The experiment could not be saved."), f"{path}: {error.strerror}")
            return
        self._store.add_recent(path)
        self._pages.name_lab(path.stem)

    def _open_experiment_file(self, path: Path) -> None:
        from gradlab.experiment import files

        try:
            experiment = files.load(path)
        except InputError as error:
            warn(self._window, tr("This experiment cannot be opened."), str(error))
            return
        if path.parent != resource("experiments"):  # those have cards on the welcome page
            self._store.add_recent(path)
        self.open(experiment, experiment.name, question(path))

    def _open_own(self, path: Path) -> None:
        """Let people look at a table or at pictures; the lab shows them once they are used."""
        from gradlab.window.lab.own_data import OwnData

        ends_lesson = tr("The lesson ends when they are used. What you did in it is kept.")
        consequence = ends_lesson if self._pages.place else ""
        own = OwnData(self._window)
        own.chosen.connect(partial(self._take_own, path))
        own.open(path, _usual(), consequence).finished.connect(own.deleteLater)

    def _take_own(self, path: Path, experiment: Experiment) -> None:
        if path.is_file():
            self._store.add_recent(path)
        self.open(experiment, experiment.name)

    @Slot(str)
    def _lend_lab(self, title: str) -> None:
        """Show the lab for a lesson; what was in the free lab comes back after it."""
        if not self._lab_is_lent and self._pages.lab.begun:
            self._before_lesson = (self._pages.lab.experiment, self._pages.title)
        self._lab_is_lent = True
        self._pages.name_lab(title)
        self._pages.show_lab()


def _usual() -> Experiment:
    """Return the settings with which own data begin."""
    from gradlab.experiment.schema import Experiment

    return Experiment()
