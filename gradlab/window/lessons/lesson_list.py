"""The list of lessons: what there is, and how far the current learner has come."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from gradlab.language import current, tr, trc
from gradlab.lessons.catalogue import Catalogue
from gradlab.lessons.lesson import Lesson
from gradlab.lessons.plan import GROUPS
from gradlab.lessons.progress import Learners, LessonProgress, open_steps
from gradlab.window.lessons.learner_bar import LearnerBar
from gradlab.window.lessons.text_view import plain_words, rich_label
from gradlab.window.theme import icons
from gradlab.window.widgets.boxes import fill
from gradlab.window.widgets.icon_label import IconLabel
from gradlab.window.widgets.widgets import WordsButton, label, push_button, show_page

CARDS_PER_ROW = 2


@dataclass(frozen=True)
class Standing:
    """How far a learner has come in a lesson, in words and as a sign."""

    words: str
    glyph: str
    token: str

    @classmethod
    def of(cls, lesson: Lesson, progress: LessonProgress) -> "Standing":
        """Return where a learner stands in a lesson."""
        steps = len(lesson.steps)
        if progress.finished:
            left = any(True for _ in open_steps(lesson, progress))
            words = tr("Done, with something left open") if left else trc("lesson", "Done")
            return cls(words, "ph.check-circle" if left else "ph.check-circle-fill", "status.right")
        if progress.step or progress.given or any(map(any, progress.seen.values())):
            words = tr("Step {number} of {count}").format(number=progress.step + 1, count=steps)
            return cls(words, "ph.circle-half", "accent.normal")
        return cls(tr("Not begun"), "ph.circle", "text.muted")


class LessonsPage(QWidget):
    """All lessons, in groups, with the one to go on with; ``refresh`` fills it.

    Attributes:
        wants_lesson: emitted with the id of a lesson.
        wants_removed: emitted with the folder of a lesson that people brought along.
        welcome, go_on, open: buttons for the welcome page, the suggested lesson and a lesson's file.
        learners: the current learner, and buttons to change that.
        cards: by the lessons' ids; ``removers``: by the folders of lessons that can be removed.
    """

    wants_lesson = Signal(str)
    wants_removed = Signal(object)

    def __init__(self, catalogue: Catalogue, learners: Learners) -> None:
        super().__init__()
        self.setObjectName("page")
        self._catalogue = catalogue
        self._learners = learners
        self.cards: dict[str, LessonCard] = {}
        self.removers: dict[Path, QWidget] = {}
        self._suggested = ""
        self.welcome = push_button(tr("Welcome page"), "flat", "ph.caret-left-bold")
        self.learners = LearnerBar()
        self.go_on = push_button("", "primary", "ph.play-fill")
        self.go_on.clicked.connect(lambda: self.wants_lesson.emit(self._suggested))
        self.open = push_button(tr("Open lesson…"), "", "ph.folder-open")
        self._body = QWidget()
        self._column = self._lay_out()

    def refresh(self) -> None:
        """Show the lessons there are now, and how far the current learner has come."""
        self.learners.show_learners(self._learners)
        self._show_suggested()
        body = self._make_body()
        self._column.replaceWidget(self._body, body)
        self._body.hide()
        self._body.deleteLater()  # later: what was pressed may be in it
        self._body = body

    def _lay_out(self) -> QVBoxLayout:
        page = QWidget()
        for button in (self.go_on, self.open):
            button.setProperty("large", True)
            button.setIconSize(QSize(20, 20))
        top = fill(QHBoxLayout(), self.welcome, None, self.learners, spacing=8)
        title = label(tr("Lessons"), "display")
        middle = fill(QHBoxLayout(), title, None, self.go_on, self.open, spacing=12)
        column = fill(QVBoxLayout(page), top, middle, self._body, None, spacing=12, margins=(32, 12, 32, 16))
        show_page(page, self)
        return column

    def _show_suggested(self) -> None:
        lesson = suggested(self._catalogue.lessons, self._learners)
        self._suggested = lesson.id
        begun = lesson.id in self._learners.current.lessons
        words = tr("Continue: {title}") if begun else tr("Begin: {title}")
        self.go_on.setText(_short(words.format(title=title_of(lesson))))
        self.go_on.setAccessibleName(self.go_on.text())

    def _make_body(self) -> QWidget:
        body = QWidget()
        column = fill(QVBoxLayout(body), spacing=10)
        self.cards, self.removers = {}, {}
        for group, title in GROUPS.items():
            lessons = [each for each in self._catalogue.lessons if self._catalogue.group_of(each) == group]
            broken = self._catalogue.broken if group == "own" else {}
            if lessons or broken:
                column.addWidget(label(tr(title), "heading"))
                column.addLayout(self._cards_of(lessons))
            for folder, reason in broken.items():
                words = tr("{name} cannot be read: {reason}").format(name=folder.name, reason=reason)
                column.addWidget(label(words, "muted", wrap=True))
                column.addWidget(self._remover(folder, folder.name))
        return body

    def _cards_of(self, lessons: Sequence[Lesson]) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(10)
        for place, lesson in enumerate(lessons):
            standing = Standing.of(lesson, self._learners.progress(lesson.id))
            card = LessonCard(lesson, standing, is_next=lesson.id == self._suggested)
            card.clicked.connect(lambda _=False, lesson=lesson: self.wants_lesson.emit(lesson.id))
            self.cards[lesson.id] = card
            cell = QVBoxLayout()
            cell.addWidget(card)
            if self._catalogue.is_own(lesson):
                cell.addWidget(self._remover(lesson.folder, title_of(lesson)))
            grid.addLayout(cell, place // CARDS_PER_ROW, place % CARDS_PER_ROW)
        for column in range(CARDS_PER_ROW):
            grid.setColumnStretch(column, 1)
        return grid

    def _remover(self, folder: Path, title: str) -> QWidget:
        button = push_button(tr("Remove"), "flat", "ph.trash")
        button.setAccessibleName(tr("Remove {title}").format(title=title))
        button.clicked.connect(lambda: self.wants_removed.emit(folder))
        self.removers[folder] = button
        return button


class LessonCard(WordsButton):
    """A lesson: title, what it is about, how long it takes, and how far the learner has come."""

    def __init__(self, lesson: Lesson, standing: Standing, *, is_next: bool) -> None:
        super().__init__("card")
        told = lesson.text_in(current())
        minutes = tr("{minutes} min").format(minutes=lesson.plan.minutes)
        self.setProperty("next", is_next)
        self.setAccessibleName(plain_words(told.title))
        self.setAccessibleDescription(f"{standing.words}. {minutes}. {plain_words(told.summary)}")
        sign = IconLabel("sign")
        sign.setFixedSize(24, 24)
        sign.show_icon(icons.icon(standing.glyph, standing.token))
        at_top = Qt.AlignmentFlag.AlignTop
        title, time = rich_label(told.title, "cardTitle"), label(minutes, "muted")
        top = fill(QHBoxLayout(), (sign, 0, at_top), (title, 1), (time, 0, at_top), spacing=10)
        summary, words = rich_label(told.summary, "cardText"), label(standing.words, "muted")
        fill(QVBoxLayout(self), top, summary, words, None, spacing=4, margins=(14, 10, 14, 10))
        self.let_clicks_through()


def suggested(lessons: Sequence[Lesson], learners: Learners) -> Lesson:
    """Return the lesson to go on with: the first under way, else the first not done, else the first."""
    progress = {lesson.id: learners.progress(lesson.id) for lesson in lessons}
    under_way = [
        each for each in lessons if each.id in learners.current.lessons and not progress[each.id].finished
    ]
    fresh = [each for each in lessons if not progress[each.id].finished]
    return [*under_way, *fresh, *lessons][0]


def title_of(lesson: Lesson) -> str:
    """Return a lesson's title in the current language."""
    return plain_words(lesson.text_in(current()).title)


def _short(words: str, most: int = 60) -> str:
    return words if len(words) <= most else f"{words[: most - 1]}…"
