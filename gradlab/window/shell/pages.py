"""The pages of the window: welcome, lessons and lab, each made when it is first shown.

What a page needs is imported where the page is made: the window opens before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QWidget

from gradlab.window.services.settings_store import SettingsStore
from gradlab.window.shell.late_lab import LateLab
from gradlab.window.shell.panels_ahead import MakePanels
from gradlab.window.shell.welcome import WelcomePage
from gradlab.window.training.trainer import Trainer

if TYPE_CHECKING:
    from gradlab.window.lab.memory import LabMemory
    from gradlab.window.lab.page import LabPage
    from gradlab.window.lessons.lesson_controller import LessonController
    from gradlab.window.lessons.step_controller import LessonPlace


@dataclass(frozen=True)
class PagesMemory:
    """What the pages in one language hand on to those in the next.

    Attributes:
        shown: the page in front.
        place: the step of the lesson in the lab, if there is one.
    """

    shown: Literal["welcome", "lessons", "lab"]
    lab: LabMemory | None
    place: LessonPlace | None


class Pages(QStackedWidget):
    """Shows one page at a time.

    Pages translate their texts when they are made. For another language ``leave`` takes them all down, ``fill``
    makes new ones, and ``go_on_with`` continues where the old ones were.

    Attributes:
        turned: another page is in front, or the lab shows something else.
        lesson_wants_lab: emitted with the title of a lesson that is about to be shown in the lab.
        late_lab: builds the lab.
        title: what the lab shows.
        welcome: the page that opens first.
    """

    turned = Signal()
    lesson_wants_lab = Signal(str)

    def __init__(
        self, trainer: Trainer, make_panels: MakePanels, store: SettingsStore, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._lessons: LessonController | None = None
        self.late_lab = LateLab(trainer, make_panels, store, self)
        self.late_lab.built.connect(self._connect_lab)
        self.title = ""
        self.welcome: WelcomePage

    def fill(self) -> None:
        """Make the welcome page; the others follow when they are needed."""
        self.welcome = WelcomePage(self)
        self.addWidget(self.welcome)

    @property
    def lab(self) -> LabPage:
        """The lab; building it takes a moment."""
        return self.late_lab.page

    @property
    def lessons(self) -> LessonController:
        """Everything about lessons, read on first use."""
        if self._lessons is None:
            self._lessons = self._make_lessons()
        return self._lessons

    @property
    def place(self) -> LessonPlace | None:
        """The step of the lesson in the lab; None while the lab is free."""
        return self._lessons.place if self._lessons is not None else None

    @property
    def in_lab(self) -> bool:
        """Whether the lab is in front."""
        return self.late_lab.is_built and self.currentWidget() is self.lab

    def show_welcome(self) -> None:
        """Turn to the welcome page; a run pauses meanwhile."""
        self.late_lab.pause()
        self.welcome.show_recent(self._store.recent())
        self.setCurrentWidget(self.welcome)
        self.welcome.lessons.setFocus()
        self.turned.emit()

    def show_lessons(self) -> None:
        """Turn to the list of lessons; a run pauses meanwhile."""
        self.late_lab.pause()
        page = self.lessons.page
        page.refresh()
        self.setCurrentWidget(page)
        page.go_on.setFocus()
        self.turned.emit()

    def show_lab(self) -> None:
        """Turn to the lab as it is."""
        self.setCurrentWidget(self.lab)
        self.lab.setFocus()
        self.turned.emit()

    def name_lab(self, title: str) -> None:
        """Say what the lab shows."""
        self.title = title
        self.turned.emit()

    def reset_layout(self) -> None:
        """Put the panels back where they were at first, or where the step of a lesson wants them."""
        if self.place is None:
            self.lab.panels.reset_layout()
        else:
            self.lessons.steps.arrange()

    def leave(self) -> PagesMemory:
        """Remove all pages; return what others need to go on in their place."""
        shown: Literal["welcome", "lessons", "lab"] = "welcome"
        if self.currentWidget() is not self.welcome:
            shown = "lab" if self.in_lab else "lessons"
        place = self.place
        # The lab first: if it came to the front once more, it would look for frames again.
        memory = PagesMemory(shown, self.late_lab.leave(), place)
        if self._lessons is not None:
            self._take_down(self._lessons.page)
            self._lessons.deleteLater()
            self._lessons = None
        self._take_down(self.welcome)
        return memory

    def go_on_with(self, memory: PagesMemory) -> None:
        """Show what the pages before showed, around the same run."""
        if memory.lab is not None:
            self._go_on_in_lab(memory, memory.lab)
        if memory.shown == "welcome":
            self.show_welcome()
            self.welcome.language.setFocus()
        elif memory.shown == "lessons":
            self.show_lessons()

    def _go_on_in_lab(self, memory: PagesMemory, lab: LabMemory) -> None:
        from gradlab.window.lab.memory import go_on_with, hold_watching

        hold_watching(self.lab)
        if memory.shown == "lab":
            self.show_lab()
        if memory.place is not None:
            self.lessons.go_on_with(memory.place)
        go_on_with(self.lab, lab)
        if self.place is not None:
            self.lessons.steps.arrange()  # the lesson knows better than the lab which panel stands where

    def _connect_lab(self, lab: LabPage) -> None:
        lab.panels.bus.lesson_wanted.connect(self._open_lesson)
        lab.renamed.connect(self.name_lab)

    @Slot(str)
    def _open_lesson(self, lesson: str) -> None:
        name, _, step = lesson.partition("/")
        self.lessons.open(name, int(step) - 1 if step.isdecimal() else None)

    def _take_down(self, page: QWidget) -> None:
        self.removeWidget(page)
        page.hide()
        page.deleteLater()

    def _make_lessons(self) -> LessonController:
        from gradlab.window.lessons.lesson_controller import LessonController

        made = LessonController(lambda: self.lab, self)
        self.addWidget(made.page)
        made.wants_list.connect(self.show_lessons)
        made.wants_welcome.connect(self.show_welcome)
        made.wants_lab.connect(self.lesson_wants_lab)
        made.moved.connect(self.turned)
        return made
