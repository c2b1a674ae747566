"""The window: the welcome page, the lab, and the menus around them.

The welcome page needs next to nothing; what the lab needs is imported where it is used, when people see something.
"""

from __future__ import annotations

import logging
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSize, Qt, QTimer, QUrl
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QCloseEvent,
    QDesktopServices,
    QKeySequence,
)
from PySide6.QtWidgets import QFileDialog, QMainWindow, QMenu, QMenuBar, QMessageBox, QStackedWidget

from gradlab.errors import InputError
from gradlab.folders import runs_folder
from gradlab.language import LANGUAGES, current, mark, shown_name, tr, trc
from gradlab.resources import resource
from gradlab.window.explain import Explainer
from gradlab.window.file_drop import FileDrop
from gradlab.window.lessons.menu import LessonActions
from gradlab.window.settings_store import SettingsStore
from gradlab.window.speech import CHOOSE, SETTING, speak
from gradlab.window.theme.style import Appearance, ThemeChoice
from gradlab.window.trainer import MakePanels, Trainer
from gradlab.window.welcome import WelcomePage, question

if TYPE_CHECKING:
    from gradlab.experiment.schema import Experiment
    from gradlab.window.export import Exporter
    from gradlab.window.lab import LabMemory, LabPage
    from gradlab.window.lessons.centre import LessonCentre
    from gradlab.window.lessons.guide import Place
    from gradlab.window.tour import Tour

# Deep enough that leaving out the zeroing can be seen to ruin it.
START = "1-digits.toml"
TOUR_OFFERED = "tour offered"  # once, to newcomers; the menu Help has it for good
FREE_LAB = mark("Free lab")
SMALLEST, USUAL = QSize(960, 640), QSize(1280, 800)
LESSON_PLAN, LESSON_SUFFIX = "lesson.toml", ".gradlesson"
TITLE_BAR = QSize(0, 32)  # the system's own, which it adds to the window's height
FILE_FILTER = mark("Experiments (*.toml);;All files (*)")
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
log = logging.getLogger(__name__)


class MainWindow(QMainWindow):
    """Welcome page and lab in one window. The lab is built when it is first needed, or by ``prepare``.

    Attributes:
        welcome: the page that opens first.
        tour: the tour that is being taken, None while there is none.
        place: the step of a lesson that is in the lab; None where the lab is free. A window that is built anew
            around the same run goes on there with ``lessons.go_on_with``.
    """

    def __init__(
        self, appearance: Appearance, store: SettingsStore, trainer: Trainer, make_panels: MakePanels
    ) -> None:
        super().__init__()
        self._appearance = appearance
        self._store = store
        self._trainer = trainer
        self._make_panels = make_panels
        self._title = ""
        self.tour: Tour | None = None
        self._before_lesson: tuple[Experiment, str] | None = None
        self.place: Place | None = None
        screen = self.screen().availableSize() - TITLE_BAR  # a small one at 200 % has less room than we like
        self.setMinimumSize(SMALLEST.boundedTo(screen))
        self.resize(USUAL.boundedTo(screen))
        self._fill()
        FileDrop(self, (".toml", LESSON_SUFFIX)).dropped.connect(self.open_file)
        geometry = store.get("geometry")
        if isinstance(geometry, str):
            self.restoreGeometry(QByteArray.fromBase64(geometry.encode()))
        self.show_welcome()

    def _fill(self) -> None:
        """Make everything in the window, in the language that is spoken; what was there before goes away."""
        self._lab: LabPage | None = None
        if "lessons" in self.__dict__:
            self.lessons.deleteLater()
            del self.lessons
        self.welcome = WelcomePage(self._appearance.theme)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.welcome)
        self.setCentralWidget(self._pages)
        self._pages.show()  # now, not in the next turn: panels are to know whether they are in sight
        self.setMenuBar(QMenuBar())
        self.menus: dict[str, QMenu] = {}
        self._make_menus()
        self._connect()

    @cached_property
    def exporter(self) -> Exporter:
        """Saves what panels show."""
        from gradlab.window.export import Exporter

        return Exporter(self._store, self)

    @cached_property
    def lessons(self) -> LessonCentre:
        """Everything about lessons, read when it is first needed."""
        from gradlab.window.lessons.centre import LessonCentre

        centre = LessonCentre(self, self._appearance.theme)
        self._pages.addWidget(centre.page)
        self._appearance.changed.connect(centre.apply_theme)
        return centre

    @property
    def lab(self) -> LabPage:
        """The lab, built on first use: plots take a moment to load."""
        if self._lab is None:
            self._lab = self._make_lab()
        return self._lab

    @property
    def is_prepared(self) -> bool:
        """Whether the lab is built."""
        return self._lab is not None

    def prepare(self) -> None:
        """Build the lab, so that opening it is immediate."""
        _ = self.lab

    def show_welcome(self) -> None:
        """Go to the welcome page; a run is held meanwhile."""
        if self._lab is not None:
            self._lab.pause()
        self.welcome.show_recent(self._store.recent())
        self._pages.setCurrentWidget(self.welcome)
        self.welcome.lessons.setFocus()
        self._follow_page()

    def show_lessons(self) -> None:
        """Go to the list of lessons; a run is held meanwhile."""
        if self._lab is not None:
            self._lab.pause()
        page = self.lessons.page
        page.refresh()
        self._pages.setCurrentWidget(page)
        page.go_on.setFocus()
        self._follow_page()

    def show_lab(self, title: str) -> None:
        """Go to the lab, for a lesson of this title; what was in the free lab comes back after it."""
        if self.place is None and self.lab.begun:
            self._before_lesson = (self.lab.experiment, self._title)
        self._title = title
        self._show_lab()

    def note_place(self, place: Place) -> None:
        """Remember where in which lesson people are."""
        self.place = place
        self._follow_page()

    def open_lab(self) -> None:
        """Go to the lab as it was left; the first time, to the experiment that everybody starts with."""
        if self.place is not None and self._before_lesson is not None:
            self.open_experiment(*self._before_lesson)
        elif self.place is None and self.lab.begun:
            self._show_lab()
        else:
            self.new_experiment()

    def new_experiment(self) -> None:
        """Start afresh with the experiment that everybody starts with."""
        from gradlab.experiment import files

        start = files.load(resource("experiments", START))
        self.open_experiment(start.with_value("name", FREE_LAB), FREE_LAB)

    def open_file(self, path: Path) -> None:
        """Open an experiment file, a lesson's file or its folder; say what is wrong where it is none of them."""
        if path.suffix.lower() == LESSON_SUFFIX or path.name == LESSON_PLAN or path.is_dir():
            self.lessons.open_file(path)
        else:
            self._open_experiment_file(path)

    def _open_experiment_file(self, path: Path) -> None:
        from gradlab.experiment import files

        try:
            experiment = files.load(path)
        except InputError as error:
            self.warn(tr("This experiment cannot be opened."), str(error))
            return
        if path.parent not in _our_folders():
            self._store.add_recent(path)
        self.open_experiment(experiment, experiment.name, question(path))

    def open_experiment(self, experiment: Experiment, title: str, hint: str = "") -> None:
        """Show and load an experiment in the lab; ``hint`` stands above the panels until it is dismissed."""
        self._leave_lesson()
        self._title = title
        self._show_lab()
        self.lab.open(experiment, hint)

    def choose_language(self, wanted: str) -> None:
        """Speak another language: everything in the window is made anew, around a run that goes on."""
        self._store.put(SETTING, wanted)
        if wanted != current():
            # Later: the menu or list in which it was chosen goes away with everything else.
            QTimer.singleShot(0, self, partial(self._change_language, wanted))

    def _change_language(self, wanted: str) -> None:
        if self.tour is not None:
            self.tour.end()
        page = self._pages.currentWidget()
        in_lab, on_welcome = page is self._lab, page is self.welcome
        memory = self._lab.leave() if self._lab is not None else None
        self.setUpdatesEnabled(False)
        speak(wanted)
        self._fill()
        if memory is not None:
            self._resume(memory, in_lab)
        if on_welcome:
            self.show_welcome()
            self.welcome.language.setFocus()
        elif not in_lab:
            self.show_lessons()
        self.setUpdatesEnabled(True)

    def _resume(self, memory: LabMemory, in_lab: bool) -> None:
        """Go on in a new lab where the one before was left."""
        self.lab.hold_watching()
        if in_lab:
            self._show_lab()
        if self.place is not None:
            self.lessons.go_on_with(self.place)
        self.lab.go_on_with(memory)
        if self.place is not None:
            self.lessons.arrange()  # the lesson knows better than the lab what stands where

    def save_as(self) -> None:
        """Ask for a file and write the experiment to it."""
        from gradlab.experiment import files

        experiment = self.lab.experiment
        suggestion = f"{experiment.name or tr('experiment')}.toml".replace("/", "-")
        name, _ = QFileDialog.getSaveFileName(self, tr("Save experiment as"), suggestion, tr(FILE_FILTER))
        if not name:
            return
        path = Path(name) if Path(name).suffix else Path(name).with_suffix(".toml")
        try:
            path.write_text(files.dumps(experiment), encoding="utf-8")
        except OSError as error:
            self.warn(tr("The experiment could not be saved."), f"{path}: {error.strerror}")
            return
        self._store.add_recent(path)
        self._title = path.stem
        self._follow_page()

    def start_tour(self) -> None:
        """Show newcomers around."""
        from gradlab.window.tour import Tour

        self._store.put(TOUR_OFFERED, True)
        self.welcome.offer.hide()
        if self.tour is None:
            self.tour = Tour(self)
            self.tour.over.connect(self._forget_tour)
            self.tour.begin()

    def _take_answer(self, wanted: bool) -> None:
        self._store.put(TOUR_OFFERED, True)
        if wanted:
            self.start_tour()

    def _forget_tour(self) -> None:
        self.tour = None

    def show_glossary(self) -> None:
        """Show what the words mean."""
        if not self.lab.begun:
            self.open_lab()
        self._show_lab()
        self.lab.bench.show_panel("glossary")

    def _save_picture(self) -> None:
        self.exporter.export(self, "png")

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember size and layout. The application ends the training."""
        self._store.put("geometry", bytes(self.saveGeometry().toBase64().data()).decode())
        if self._lab is not None:
            self._store.put("layout", self._lab.bench.save_layout())
        super().closeEvent(event)

    def _make_lab(self) -> LabPage:
        from gradlab.window.lab import LabPage

        lab = LabPage(self._appearance.theme, self._trainer, self._make_panels, self._pages)
        layout = self._store.get("layout")
        if isinstance(layout, str):
            lab.bench.restore_layout(layout)
        self._pages.addWidget(lab)
        self.menus["run"].addActions(list(lab.commands.all()))
        view = self.menus["view"]
        first = view.actions()[0]
        view.insertActions(first, lab.bench.view_actions())
        reset = QAction(tr("&Reset layout"), lab)
        reset.triggered.connect(self._reset_layout)
        view.insertSeparator(first)
        view.insertAction(first, reset)
        view.insertSeparator(first)
        for dock in lab.bench.docks.values():
            entry = self.menus["help_on"].addAction(dock.panel.title, dock.explain)
            entry.setStatusTip(tr("Says what this panel shows and how to read it."))
        lab.bench.export_wanted.connect(self.exporter.export)
        lab.bench.desk.lesson_wanted.connect(self._open_lesson)
        self._appearance.changed.connect(lab.apply_theme)
        return lab

    def _make_menus(self) -> None:
        self.menuBar().setAccessibleName(tr("Menus"))
        titles = {
            "file": tr("&File"),
            "lessons": tr("&Lessons"),
            "run": trc("menu", "&Run"),
            "view": trc("menu", "&View"),
            "help": tr("&Help"),
        }
        for name, title in titles.items():
            self.menus[name] = self.menuBar().addMenu(title)
        self._make_file_menu(self.menus["file"])
        self._make_view_menu(self.menus["view"])
        self._lesson_actions = LessonActions(self, self.menus["lessons"])
        explainer = Explainer(self, {tr(text): tr(help) for text, help in MENU_HELP.items()})
        explainer.setParent(self.menus["help"])  # goes when the menus go
        self.menus["help"].addActions([explainer.click, explainer.focused])
        self.menus["help_on"] = self.menus["help"].addMenu(tr("Explain a &panel"))
        self.menus["help"].addAction(tr("&Glossary"), self.show_glossary)
        self.menus["help"].addAction(tr("&Tour"), self.start_tour)
        self.menus["help"].addAction(tr("&About GradLab"), self._about)

    def _make_file_menu(self, menu: QMenu) -> None:
        keys = QKeySequence.StandardKey
        menu.addAction(tr("&Free lab"), QKeySequence("Ctrl+L"), self.open_lab)
        menu.addAction(tr("&New experiment"), keys.New, self.new_experiment)
        menu.addAction(tr("&Open…"), keys.Open, self._ask_and_open)
        menu.addAction(tr("Open &lesson…"), self._ask_for_lesson)
        self._save = menu.addAction(tr("&Save experiment as…"), QKeySequence("Ctrl+Shift+S"), self.save_as)
        menu.addAction(tr("Save &picture of the window…"), self._save_picture)
        menu.addSeparator()
        menu.addAction(tr("Show my &runs"), self._show_runs)
        menu.addAction(tr("&Welcome page"), self.show_welcome)
        menu.addSeparator()
        menu.addAction(tr("&Quit"), QKeySequence("Ctrl+Q"), self.close)

    def _make_view_menu(self, menu: QMenu) -> None:
        themes = menu.addMenu(tr("&Theme"))
        group = QActionGroup(themes)
        for choice, text in THEMES.items():
            action = themes.addAction(tr(text), partial(self._choose_theme, choice))
            action.setCheckable(True)
            action.setChecked(choice == self._appearance.choice)
            group.addAction(action)
        self._make_language_menu(menu.addMenu(CHOOSE))
        large = menu.addAction(tr("&Projector"), QKeySequence("Ctrl+Shift+P"))
        large.setStatusTip(tr("Larger text everywhere, for a projector."))
        large.setCheckable(True)
        large.setChecked(self._appearance.is_large)
        large.toggled.connect(self._choose_size)
        full = menu.addAction(tr("&Full screen"), QKeySequence("F11"), self._toggle_full_screen)
        full.setCheckable(True)

    def _make_language_menu(self, menu: QMenu) -> None:
        group = QActionGroup(menu)
        for language, name in LANGUAGES.items():
            action = menu.addAction(name, partial(self.choose_language, language))
            action.setStatusTip(tr("Shows everything in this language. A run that is going on goes on."))
            action.setCheckable(True)
            action.setChecked(language == current())
            action.setStatusTip(tr("Shows the window in this language. A run goes on meanwhile."))
            group.addAction(action)
        self.menus["language"] = menu

    def _connect(self) -> None:
        self.welcome.wants_lessons.connect(self.show_lessons)
        self.welcome.wants_lab.connect(self.open_lab)
        self.welcome.wants_open.connect(self._ask_and_open)
        self.welcome.wants_file.connect(self.open_file)
        self.welcome.wants_language.connect(self.choose_language)
        self.welcome.answers_offer.connect(self._take_answer)
        self.welcome.offer.setVisible(not self._store.get(TOUR_OFFERED))
        self._appearance.changed.connect(self.welcome.apply_theme)

    def _show_lab(self) -> None:
        self._pages.setCurrentWidget(self.lab)
        self.lab.setFocus()
        self._follow_page()

    def _leave_lesson(self) -> None:
        if self.place is not None:
            self.lessons.leave()
            self.place = self._before_lesson = None

    def _reset_layout(self) -> None:
        if self.place is None or not self.lessons.arrange():
            self.lab.bench.reset_layout()

    def _follow_page(self) -> None:
        in_lab = self._lab is not None and self._pages.currentWidget() is self._lab
        self._lesson_actions.follow(in_lesson=in_lab and self.place is not None)
        # On the welcome page the run's shortcuts must not act on a run that nobody sees.
        for menu in (self.menus["run"], self.menus["help_on"]):
            menu.setEnabled(in_lab)
        self._save.setEnabled(in_lab)
        if self._lab is not None:
            for action in self._lab.bench.view_actions():
                action.setEnabled(in_lab)
        self.setWindowTitle(f"{shown_name(self._title)} – GradLab" if in_lab else "GradLab")

    def _ask_and_open(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, tr("Open an experiment"), "", tr(FILE_FILTER))
        if name:
            self.open_file(Path(name))

    def _open_lesson(self, lesson: str) -> None:
        self.lessons.open(lesson)

    def _ask_for_lesson(self) -> None:
        self.lessons.ask_for_file()

    def _show_runs(self) -> None:
        folder = runs_folder()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            self.warn(tr("Runs cannot be kept on this computer."), f"{folder}: {error.strerror}")
            return
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            self.warn(
                tr("No file manager could be started."), tr("The runs are in {folder}").format(folder=folder)
            )

    def _choose_theme(self, choice: ThemeChoice) -> None:
        self._appearance.choose(choice)
        self._store.put("theme", choice)

    def _choose_size(self, large: bool) -> None:
        self._appearance.enlarge(large)
        self._store.put("projector", large)

    def _toggle_full_screen(self) -> None:
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()

    def warn(self, text: str, details: str) -> None:
        """Say what is wrong, with the details below."""
        box = QMessageBox(QMessageBox.Icon.Warning, "GradLab", text, parent=self)
        box.setInformativeText(details)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()

    def _about(self) -> None:
        from gradlab.window.about import AboutDialog

        AboutDialog(self).open()


def _our_folders() -> tuple[Path, ...]:
    """The folders of files that come with the lab: they have cards, and need no place among the recent."""
    return (resource("experiments"),)
