"""The window: the welcome page, the lab, and the menus around them.

The welcome page needs next to nothing; what the lab needs is imported where it is used, when people see something.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSize, QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow, QMenu, QStackedWidget

from gradlab.errors import InputError
from gradlab.language import current, mark, shown_name, tr
from gradlab.resources import resource
from gradlab.window.services.dialogs import ask_where, ask_which, warn
from gradlab.window.services.file_drop import FileDrop
from gradlab.window.services.settings_store import SettingsStore
from gradlab.window.shell.menus import MenuBar
from gradlab.window.shell.panels_ahead import MakePanels, PanelsAhead
from gradlab.window.shell.speech import SETTING, speak
from gradlab.window.shell.welcome import WelcomePage, question
from gradlab.window.theme.style import Appearance
from gradlab.window.training.trainer import Trainer

if TYPE_CHECKING:
    from gradlab.experiment.schema import Experiment
    from gradlab.window.lab.page import LabMemory, LabPage
    from gradlab.window.lessons.lesson_controller import LessonCentre
    from gradlab.window.lessons.step_controller import Place
    from gradlab.window.services.export import Exporter
    from gradlab.window.shell.tour import Tour

# Deep enough that leaving out the zeroing can be seen to ruin it.
START = "1-digits.toml"
TOUR_OFFERED = "tour offered"  # once, to newcomers; the menu Help has it for good
FREE_LAB = mark("Free lab")
SMALLEST, USUAL = QSize(960, 640), QSize(1280, 800)
LESSON_PLAN, LESSON_SUFFIX = "lesson.toml", ".gradlesson"
TITLE_BAR = QSize(0, 32)  # the system's own, which it adds to the window's height
FILE_FILTER = mark("Experiments (*.toml);;All files (*)")


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
        self._panels = PanelsAhead(self._make_panels)
        if "lessons" in self.__dict__:
            self.lessons.deleteLater()
            del self.lessons
        self._pages = QStackedWidget()
        self.setCentralWidget(self._pages)
        self.welcome = WelcomePage(self._pages)
        self._pages.addWidget(self.welcome)
        self._pages.show()  # now, not in the next turn: panels are to know whether they are in sight
        self._menu_bar = MenuBar(self, self._appearance, self._store)
        self.setMenuBar(self._menu_bar)
        self._connect()

    @property
    def menus(self) -> dict[str, QMenu]:
        """The menus by name; see ``MenuBar``."""
        return self._menu_bar.menus

    @cached_property
    def exporter(self) -> Exporter:
        """Saves what panels show."""
        from gradlab.window.services.export import Exporter

        return Exporter(self._store, self)

    @cached_property
    def lessons(self) -> LessonCentre:
        """Everything about lessons, read when it is first needed."""
        from gradlab.window.lessons.lesson_controller import LessonCentre

        centre = LessonCentre(self)
        self._pages.addWidget(centre.page)
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

    def preparations(self) -> Iterator[Callable[[], object]]:
        """Yield what builds the lab, in pieces: the window can answer between them."""
        while self._lab is None and not self._panels.are_made:
            yield self._panels.make_one
        yield self.prepare

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
            warn(self, tr("This experiment cannot be opened."), str(error))
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
        name = experiment.name or tr("experiment")
        suggestion = f"{name}.toml".replace("/", "-")
        path = ask_where(self, tr("Save experiment as"), suggestion, tr(FILE_FILTER))
        if path is None:
            return
        try:
            path.write_text(files.dumps(experiment), encoding="utf-8")
        except OSError as error:
            warn(self, tr("The experiment could not be saved."), f"{path}: {error.strerror}")
            return
        self._store.add_recent(path)
        self._title = path.stem
        self._follow_page()

    def ask_and_open(self) -> None:
        """Ask for a file and open it."""
        if path := ask_which(self, tr("Open an experiment"), tr(FILE_FILTER)):
            self.open_file(path)

    def ask_for_lesson(self) -> None:
        """Ask for a lesson's file and open it."""
        self.lessons.ask_for_file()

    def start_tour(self) -> None:
        """Show newcomers around."""
        from gradlab.window.shell.tour import Tour

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

    def reset_layout(self) -> None:
        """Put the panels back where they were at first, or where the step of a lesson wants them."""
        if self.place is None or not self.lessons.arrange():
            self.lab.bench.reset_layout()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember size and layout. The application ends the training."""
        self._store.put("geometry", bytes(self.saveGeometry().toBase64().data()).decode())
        if self._lab is not None:
            self._store.put("layout", self._lab.bench.save_layout())
        super().closeEvent(event)

    def _make_lab(self) -> LabPage:
        from gradlab.window.lab.page import LabPage

        lab = LabPage(self._trainer, self._panels.all(), self._pages)
        layout = self._store.get("layout")
        if isinstance(layout, str):
            lab.bench.restore_layout(layout)
        self._pages.addWidget(lab)
        self._menu_bar.take_lab(lab)
        lab.bench.export_wanted.connect(self.exporter.export)
        lab.bench.desk.lesson_wanted.connect(self._open_lesson)
        return lab

    def _connect(self) -> None:
        self.welcome.wants_lessons.connect(self.show_lessons)
        self.welcome.wants_lab.connect(self.open_lab)
        self.welcome.wants_open.connect(self.ask_and_open)
        self.welcome.wants_file.connect(self.open_file)
        self.welcome.wants_language.connect(self.choose_language)
        self.welcome.answers_offer.connect(self._take_answer)
        self.welcome.offer.setVisible(not self._store.get(TOUR_OFFERED))

    def _open_lesson(self, lesson: str) -> None:
        self.lessons.open(lesson)

    def _show_lab(self) -> None:
        self._pages.setCurrentWidget(self.lab)
        self.lab.setFocus()
        self._follow_page()

    def _leave_lesson(self) -> None:
        if self.place is not None:
            self.lessons.leave()
            self.place = self._before_lesson = None

    def _follow_page(self) -> None:
        in_lab = self._lab is not None and self._pages.currentWidget() is self._lab
        self._menu_bar.follow(in_lab=in_lab, in_lesson=in_lab and self.place is not None)
        if self._lab is not None:
            for action in self._lab.bench.view_actions():
                action.setEnabled(in_lab)
        self.setWindowTitle(f"{shown_name(self._title)} – GradLab" if in_lab else "GradLab")


def _our_folders() -> tuple[Path, ...]:
    """The folders of files that come with the lab: they have cards, and need no place among the recent."""
    return (resource("experiments"),)
