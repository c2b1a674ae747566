"""The menus around the pages of the window, and what they do that no page does."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QAction, QActionGroup, QDesktopServices, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar

from gradlab.folders import runs_folder
from gradlab.language import LANGUAGES, current, mark, tr, trc
from gradlab.window.lessons.menu import LessonActions
from gradlab.window.services.dialogs import warn
from gradlab.window.services.explain import Explainer
from gradlab.window.services.settings_store import SettingsStore
from gradlab.window.shell.speech import CHOOSE
from gradlab.window.theme.style import Appearance, ThemeChoice

if TYPE_CHECKING:
    from gradlab.window.lab.page import LabPage
    from gradlab.window.shell.main_window import MainWindow

THEMES: dict[ThemeChoice, str] = {"light": mark("&Light"), "dark": mark("&Dark"), "system": mark("&System")}
# What each entry of a menu does; the entries of panels and of a run say it themselves.
MENU_HELP = {
    "&Free lab": mark("Opens the lab with the settings that it had last."),
    "&New experiment": mark("Begins anew with the usual settings."),
    "&Open…": mark("Opens an experiment that was saved as a file."),
    "&Save experiment as…": mark("Writes all settings into a file, to open or to share it later."),
    "Save &picture of the window…": mark("Saves the window as it looks now as a picture."),
    "Show my &runs": mark("Opens the folder with the numbers and weights of your runs."),
    "&Welcome page": mark("Shows the first page again, with experiments to choose from."),
    "&Quit": mark("Ends the training and the program."),
    "&Full screen": mark("Uses all of the screen, or gives it back."),
    "&Reset layout": mark("Puts all panels back where they were at first."),
    "Open &lesson…": mark("Opens a lesson that somebody wrote, from its folder."),
    "&All lessons": mark("Shows the path of lessons, and what this learner has done of it."),
    "&Open lesson…": mark("Opens a lesson that somebody wrote, from its folder."),
    "&Next step": mark("Goes on in the lesson."),
    "&Previous step": mark("Goes back in the lesson."),
    "&Reset progress of this lesson…": mark("Lets this learner begin the lesson anew. You are asked first."),
    "Reset &all progress of this learner…": mark(
        "Lets this learner begin all lessons anew. You are asked first."
    ),
    "&Export answers…": mark("Writes what this learner answered into a file, to hand in."),
    "Save answer &key of this lesson…": mark(
        "Writes the questions of this lesson with their answers, for teachers."
    ),
    "Save answer key of all &lessons…": mark(
        "Writes the questions of all lessons with their answers, for teachers."
    ),
    "Save &hand-out of this lesson…": mark("Writes this lesson as pages to print and to fill in."),
    "&Workshop kit…": mark("Writes all lessons, experiments and hand-outs into a folder, for a stick."),
    "&Glossary": mark("Opens the panel that says what the words mean."),
    "&Tour": mark("Shows in two minutes what is where in the window."),
    "&About GradLab": mark("Which version this is, and what it runs on."),
    "&System": mark("Light or dark, as the other programs are."),
    "&Light": mark("Dark words on light panels."),
    "&Dark": mark("Light words on dark panels."),
}


class MenuBar(QMenuBar):
    """The menus of the window, in the language that is spoken when they are made.

    Attributes:
        menus: by name: file, lessons, run, view, language, help, help_on.
    """

    def __init__(self, window: MainWindow, appearance: Appearance, store: SettingsStore) -> None:
        super().__init__()
        self.setAccessibleName(tr("Menus"))
        self._window = window
        self._appearance = appearance
        self._store = store
        titles = {
            "file": tr("&File"),
            "lessons": tr("&Lessons"),
            "run": trc("menu", "&Run"),
            "view": trc("menu", "&View"),
            "help": tr("&Help"),
        }
        self.menus = {name: self.addMenu(title) for name, title in titles.items()}
        self._fill_file_menu(self.menus["file"])
        self._fill_view_menu(self.menus["view"])
        self._lessons = LessonActions(window, self.menus["lessons"])
        self._fill_help_menu(self.menus["help"])

    def take_lab(self, lab: LabPage) -> None:
        """Offer what can be done with the lab, which is built later than the menus."""
        self.menus["run"].addActions(list(lab.commands.all()))
        view = self.menus["view"]
        first = view.actions()[0]
        view.insertActions(first, lab.bench.view_actions())
        reset = QAction(tr("&Reset layout"), lab)
        reset.triggered.connect(self._window.reset_layout)
        view.insertSeparator(first)
        view.insertAction(first, reset)
        view.insertSeparator(first)
        for dock in lab.bench.docks.values():
            entry = self.menus["help_on"].addAction(dock.panel.title, dock.explain)
            entry.setStatusTip(tr("Says what this panel shows and how to read it."))

    def follow(self, *, in_lab: bool, in_lesson: bool) -> None:
        """Offer what can be done on the page that is shown."""
        self._lessons.follow(in_lesson=in_lesson)
        # On the welcome page the run's shortcuts must not act on a run that nobody sees.
        for menu in (self.menus["run"], self.menus["help_on"]):
            menu.setEnabled(in_lab)
        self._save.setEnabled(in_lab)

    def _fill_file_menu(self, menu: QMenu) -> None:
        keys, window = QKeySequence.StandardKey, self._window
        menu.addAction(tr("&Free lab"), QKeySequence("Ctrl+L"), window.open_lab)
        menu.addAction(tr("&New experiment"), keys.New, window.new_experiment)
        menu.addAction(tr("&Open…"), keys.Open, window.ask_and_open)
        menu.addAction(tr("Open &lesson…"), window.ask_for_lesson)
        self._save = menu.addAction(tr("&Save experiment as…"), QKeySequence("Ctrl+Shift+S"), window.save_as)
        menu.addAction(tr("Save &picture of the window…"), self._save_picture)
        menu.addSeparator()
        menu.addAction(tr("Show my &runs"), self._show_runs)
        menu.addAction(tr("&Welcome page"), window.show_welcome)
        menu.addSeparator()
        menu.addAction(tr("&Quit"), QKeySequence("Ctrl+Q"), window.close)

    def _fill_view_menu(self, menu: QMenu) -> None:
        self._fill_theme_menu(menu.addMenu(tr("&Theme")))
        self.menus["language"] = menu.addMenu(CHOOSE)
        self._fill_language_menu(self.menus["language"])
        large = menu.addAction(tr("&Projector"), QKeySequence("Ctrl+Shift+P"))
        large.setStatusTip(tr("Larger text everywhere, for a projector."))
        large.setCheckable(True)
        large.setChecked(self._appearance.is_large)
        large.toggled.connect(self._choose_size)
        full = menu.addAction(tr("&Full screen"), QKeySequence("F11"), self._toggle_full_screen)
        full.setCheckable(True)

    def _fill_theme_menu(self, menu: QMenu) -> None:
        group = QActionGroup(menu)
        for choice, text in THEMES.items():
            action = menu.addAction(tr(text), partial(self._choose_theme, choice))
            action.setCheckable(True)
            action.setChecked(choice == self._appearance.choice)
            group.addAction(action)

    def _fill_language_menu(self, menu: QMenu) -> None:
        group = QActionGroup(menu)
        for language, name in LANGUAGES.items():
            action = menu.addAction(name, partial(self._window.choose_language, language))
            action.setCheckable(True)
            action.setChecked(language == current())
            action.setStatusTip(tr("Shows the window in this language. A run goes on meanwhile."))
            group.addAction(action)

    def _fill_help_menu(self, menu: QMenu) -> None:
        explainer = Explainer(self._window, {tr(text): tr(help) for text, help in MENU_HELP.items()})
        explainer.setParent(menu)  # goes when the menus go
        menu.addActions([explainer.click, explainer.focused])
        self.menus["help_on"] = menu.addMenu(tr("Explain a &panel"))
        menu.addAction(tr("&Glossary"), self._window.show_glossary)
        menu.addAction(tr("&Tour"), self._window.start_tour)
        menu.addAction(tr("&About GradLab"), self._about)

    def _save_picture(self) -> None:
        self._window.exporter.export(self._window, "png")

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

    def _choose_theme(self, choice: ThemeChoice) -> None:
        self._appearance.choose(choice)
        self._store.put("theme", choice)

    def _choose_size(self, large: bool) -> None:
        self._appearance.enlarge(large)
        self._store.put("projector", large)

    def _toggle_full_screen(self) -> None:
        if self._window.isFullScreen():
            self._window.showNormal()
        else:
            self._window.showFullScreen()

    def _about(self) -> None:
        from gradlab.window.shell.about import AboutDialog

        AboutDialog(self._window).open()
