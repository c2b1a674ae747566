"""The menu bar, and what its entries do that no page does."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from gradlab.folders import runs_folder
from gradlab.language import tr, trc
from gradlab.window.lessons.menu import LessonActions
from gradlab.window.services.dialogs import warn
from gradlab.window.services.explain import Explainer
from gradlab.window.services.settings_store import SettingsStore
from gradlab.window.shell.experiments import Experiments
from gradlab.window.shell.pages import Pages
from gradlab.window.shell.view_menu import ViewMenu, numbered
from gradlab.window.theme.style import Appearance
from gradlab.window.widgets.menu_entry import add_entry

if TYPE_CHECKING:
    from gradlab.window.lab.page import LabPage


class MenuBar(QMenuBar):
    """The menus of the window, in the language spoken when they are made.

    Attributes:
        wants_picture: a picture of the window is wanted; ``wants_tour``: the tour; ``wants_glossary``: its panel.
        view: the menu View, which emits the language that was chosen.
        menus: by name: file, lessons, run, view, language, help, help_on.
    """

    wants_picture = Signal()
    wants_tour = Signal()
    wants_glossary = Signal()

    def __init__(
        self,
        pages: Pages,
        experiments: Experiments,
        appearance: Appearance,
        store: SettingsStore,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self.setAccessibleName(tr("Menus"))
        self._pages = pages
        self._window = window
        self.view = ViewMenu(appearance, store, window, self)
        self.menus = {
            "file": self.addMenu(tr("&File")),
            "lessons": self.addMenu(tr("&Lessons")),
            "run": self.addMenu(trc("menu", "&Run")),
            "view": self.view,
            "language": self.view.languages,
            "help": QMenu(tr("&Help"), self),
        }
        self.addMenu(self.view)
        self.addMenu(self.menus["help"])
        self._fill_file_menu(self.menus["file"], experiments)
        self._lessons = LessonActions(self.menus["lessons"], lambda: pages.lessons)
        self._fill_help_menu(self.menus["help"])

    def take_lab(self, lab: LabPage) -> None:
        """Offer what the lab can do; it is built later than the menus."""
        self.menus["run"].addActions([*lab.commands.all(), lab.strip.action])
        find = partial(_find_setting, lab)
        self.view.take_panels(lab.panels.view_actions(), self._pages.reset_layout, find)
        for dock, keys in zip(lab.panels.docks.values(), numbered("Alt+"), strict=False):
            words = tr("Says what this panel shows and how to read it.")
            add_entry(self.menus["help_on"], dock.panel.title, words, dock.explain, keys)

    def follow(self, *, in_lab: bool, in_lesson: bool) -> None:
        """Offer what makes sense on the page in front."""
        self._lessons.follow(in_lesson=in_lesson)
        # On the welcome page the shortcuts must not act on a run that is out of sight.
        for menu in (self.menus["run"], self.menus["help_on"]):
            menu.setEnabled(in_lab)
        self._save.setEnabled(in_lab)
        self.view.follow(in_lab=in_lab)
        self._performance.setEnabled(in_lab)

    def _fill_file_menu(self, menu: QMenu, experiments: Experiments) -> None:
        keys = QKeySequence.StandardKey
        words = tr("Opens the lab with the settings that it had last.")
        add_entry(menu, tr("&Free lab"), words, experiments.return_to_lab, "Ctrl+L")
        words = tr("Begins anew with the usual settings.")
        add_entry(menu, tr("&New experiment"), words, experiments.new, keys.New)
        words = tr("Opens an experiment that was saved as a file, or a table of your own.")
        add_entry(menu, tr("&Open…"), words, experiments.ask_and_open, keys.Open)
        words = tr("Opens pictures of your own: a folder that holds one folder per class.")
        add_entry(menu, tr("Open pic&tures…"), words, experiments.ask_and_open_pictures, "Ctrl+Shift+T")
        words = tr("Opens a lesson that somebody wrote, from its folder.")
        add_entry(menu, tr("Open &lesson…"), words, self._ask_for_lesson, "Ctrl+Shift+O")
        words = tr("Writes all settings into a file, to open or to share it later.")
        self._save = add_entry(menu, tr("&Save experiment as…"), words, experiments.save_as, "Ctrl+Shift+S")
        words = tr("Saves the window as it looks now as a picture.")
        add_entry(menu, tr("Save &picture of the window…"), words, self.wants_picture.emit, "Ctrl+Shift+I")
        menu.addSeparator()
        words = tr("Opens the folder with the numbers and weights of your runs.")
        add_entry(menu, tr("Show my &runs"), words, self._show_runs, "Ctrl+Shift+M")
        words = tr("Shows the first page again, with experiments to choose from.")
        add_entry(menu, tr("&Welcome page"), words, self._pages.show_welcome, "Alt+Home")
        menu.addSeparator()
        words = tr("Ends the training and the program.")
        add_entry(menu, tr("&Quit"), words, self._window.close, "Ctrl+Q")

    def _fill_help_menu(self, menu: QMenu) -> None:
        explainer = Explainer(self._window)
        explainer.setParent(menu)  # goes when the menus go
        menu.addActions([explainer.click, explainer.focused])
        self.menus["help_on"] = menu.addMenu(tr("Explain a &panel"))
        words = tr("Opens the panel that says what the words mean.")
        add_entry(menu, tr("&Glossary"), words, self.wants_glossary.emit, "Ctrl+G")
        words = tr("Shows in two minutes what is where in the window.")
        add_entry(menu, tr("T&our"), words, self.wants_tour.emit, "Ctrl+T")
        words = tr("Shows in a small window how long drawing takes, and what the measurements cost.")
        self._performance = add_entry(menu, tr("Per&formance"), words, self._show_performance, "F12")
        words = tr("Which version this is, and what it runs on.")
        add_entry(menu, tr("&About GradLab"), words, self._about, "Ctrl+F1")

    def _ask_for_lesson(self) -> None:
        self._pages.lessons.files.ask_and_open()

    def _show_runs(self) -> None:
        folder = runs_folder()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            warn(self._window, tr("Runs cannot be kept on this computer."), f"{folder}: {error.strerror}")
            return
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            words = tr("The runs are in {folder}").format(folder=folder)
            warn(self._window, tr("No file manager could be started."), words)

    def _show_performance(self) -> None:
        from gradlab.window.lab.performance import PerformanceWindow

        lab = self._pages.lab
        window = lab.findChild(PerformanceWindow) or PerformanceWindow(lab)
        window.show()
        window.raise_()

    def _about(self) -> None:
        from gradlab.window.shell.about import AboutDialog

        AboutDialog(self._window).open()


def _find_setting(lab: LabPage) -> None:
    lab.panels.show_panel("experiment")
    lab.form.find_setting()
