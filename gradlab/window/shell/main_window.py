"""The window: its pages, the menus around them, and what it remembers."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSize, QTimer, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow, QMenu, QWidget

from gradlab.language import current, shown_name
from gradlab.window.lab.table_import.file_kinds import TABLE_SUFFIXES
from gradlab.window.services.file_drop import FileDrop
from gradlab.window.services.settings_store import SettingsStore
from gradlab.window.shell.experiments import LESSON_SUFFIX, Experiments
from gradlab.window.shell.menus import MenuBar
from gradlab.window.shell.pages import Pages
from gradlab.window.shell.panels_ahead import MakePanels
from gradlab.window.shell.speech import SETTING, speak
from gradlab.window.theme.style import Appearance
from gradlab.window.training.trainer import Trainer
from gradlab.window.widgets import reading_order

if TYPE_CHECKING:
    from gradlab.window.lab.page import LabPage
    from gradlab.window.services.export import Exporter, Kind
    from gradlab.window.shell.tour import Tour

TOUR_OFFERED = "tour offered"  # once, to newcomers; the menu Help always has it
SMALLEST, USUAL = QSize(960, 640), QSize(1280, 800)
TITLE_BAR = QSize(0, 32)  # the system's own, which it adds to the window's height


class MainWindow(QMainWindow):
    """Welcome page, lessons and lab in one window.

    Attributes:
        pages: what is in it, with the lab and the lessons.
        experiments: opens and saves them.
        tour: the tour while it goes on, else None.
    """

    def __init__(
        self, appearance: Appearance, store: SettingsStore, trainer: Trainer, make_panels: MakePanels
    ) -> None:
        super().__init__()
        self._appearance = appearance
        self._store = store
        self.tour: Tour | None = None
        screen = self.screen().availableSize() - TITLE_BAR  # a small one at 200 % has less room than we like
        self.setMinimumSize(SMALLEST.boundedTo(screen))
        self.resize(USUAL.boundedTo(screen))
        self.pages = Pages(trainer, make_panels, store, self)
        self.experiments = Experiments(self.pages, store, self)
        self.setCentralWidget(self.pages)
        self.pages.show()  # now, not in the next turn: panels must know whether they are in sight
        self.pages.turned.connect(self._follow_page)
        self.pages.late_lab.built.connect(self._take_lab)
        self._fill()
        FileDrop(self, (".toml", LESSON_SUFFIX, *TABLE_SUFFIXES)).dropped.connect(self.experiments.open_file)
        geometry = store.get("geometry")
        if isinstance(geometry, str):
            self.restoreGeometry(QByteArray.fromBase64(geometry.encode()))
        self.pages.show_welcome()

    @property
    def lab(self) -> LabPage:
        """The lab; building it takes a moment."""
        return self.pages.lab

    @property
    def menus(self) -> dict[str, QMenu]:
        """The menus by name; see ``MenuBar``."""
        return self._menu_bar.menus

    def choose_language(self, wanted: str) -> None:
        """Speak another language: everything in the window is made again, around a run that goes on."""
        self._store.put(SETTING, wanted)
        if wanted != current():
            # Later: the menu or list in which it was chosen goes away with everything else.
            QTimer.singleShot(0, self, partial(self._change_language, wanted))

    def start_tour(self) -> None:
        """Show newcomers around."""
        from gradlab.window.shell.tour import Tour

        self._store.put(TOUR_OFFERED, True)
        self.pages.welcome.offer.hide()
        if self.tour is None:
            self.tour = Tour(self.pages, self.experiments)
            self.tour.over.connect(self._forget_tour)
            self.tour.begin()

    def show_glossary(self) -> None:
        """Show what the words mean."""
        if not self.lab.begun:
            self.experiments.return_to_lab()
        self.pages.show_lab()
        self.lab.panels.show_panel("glossary")

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Go through the window with the Tab key as people read it."""
        return reading_order.step(self, forward=forward)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember size and layout. The application ends the training."""
        self._store.put("geometry", bytes(self.saveGeometry().toBase64().data()).decode())
        self.pages.late_lab.keep_layout()
        super().closeEvent(event)

    def _fill(self) -> None:
        """Make the menus and the welcome page, in the language spoken now."""
        self._menu_bar = bar = MenuBar(self.pages, self.experiments, self._appearance, self._store, self)
        self.setMenuBar(bar)
        bar.wants_picture.connect(self._save_picture)
        bar.wants_tour.connect(self.start_tour)
        bar.wants_glossary.connect(self.show_glossary)
        bar.view.wants_language.connect(self.choose_language)
        self.pages.fill()
        welcome = self.pages.welcome
        welcome.wants_lessons.connect(self.pages.show_lessons)
        welcome.wants_lab.connect(self.experiments.return_to_lab)
        welcome.wants_open.connect(self.experiments.ask_and_open)
        welcome.wants_file.connect(self.experiments.open_file)
        welcome.wants_language.connect(self.choose_language)
        welcome.answers_offer.connect(self._take_answer)
        welcome.offer.setVisible(not self._store.get(TOUR_OFFERED))

    def _change_language(self, wanted: str) -> None:
        if self.tour is not None:
            self.tour.end()
        self.setUpdatesEnabled(False)
        before = self.pages.leave()
        speak(wanted)
        self._fill()
        self.pages.go_on_with(before)
        self.setUpdatesEnabled(True)

    @Slot(object)
    def _take_lab(self, lab: LabPage) -> None:
        self._menu_bar.take_lab(lab)
        lab.panels.export_wanted.connect(self._export)
        self._follow_page()  # it may be built while another page is in front

    @Slot()
    def _follow_page(self) -> None:
        in_lab = self.pages.in_lab
        self._menu_bar.follow(in_lab=in_lab, in_lesson=in_lab and self.pages.place is not None)
        if self.pages.late_lab.is_built:
            for action in self.lab.panels.view_actions():
                action.setEnabled(in_lab)
        self.setWindowTitle(f"{shown_name(self.pages.title)} – GradLab" if in_lab else "GradLab")

    @Slot(bool)
    def _take_answer(self, wanted: bool) -> None:
        self._store.put(TOUR_OFFERED, True)
        if wanted:
            self.start_tour()

    @Slot()
    def _forget_tour(self) -> None:
        self.tour = None

    @cached_property
    def _exporter(self) -> Exporter:
        from gradlab.window.services.export import Exporter

        return Exporter(self._store, self)

    def _export(self, target: QWidget, kind: Kind) -> None:
        self._exporter.export(target, kind)

    @Slot()
    def _save_picture(self) -> None:
        self._export(self, "png")
