"""The path through the lessons: what there is, and how far one came."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from gradlab.language import current, tr, trc
from gradlab.lessons.catalogue import Catalogue
from gradlab.lessons.lesson import Lesson
from gradlab.lessons.plan import GROUPS
from gradlab.lessons.progress import Learners, Walk, open_steps
from gradlab.window.lessons.text_view import plain_words, rich_label
from gradlab.window.theme import icons
from gradlab.window.widgets.icon_label import IconLabel
from gradlab.window.widgets.widgets import QuietComboBox, WordsButton, label, push_button, show_page

CARDS_PER_ROW = 2


@dataclass(frozen=True)
class Standing:
    """How far somebody came in a lesson, in words and as a sign."""

    words: str
    glyph: str
    token: str

    @classmethod
    def of(cls, lesson: Lesson, walk: Walk) -> "Standing":
        """Say how far a walk has come."""
        steps = len(lesson.steps)
        if walk.finished:
            left = any(True for _ in open_steps(lesson, walk))
            words = tr("Done, with something left open") if left else trc("lesson", "Done")
            return cls(words, "ph.check-circle" if left else "ph.check-circle-fill", "status.right")
        if walk.step or walk.given or any(map(any, walk.seen.values())):
            words = tr("Step {number} of {count}").format(number=walk.step + 1, count=steps)
            return cls(words, "ph.circle-half", "accent.normal")
        return cls(tr("Not begun"), "ph.circle", "text.muted")


class LessonsPage(QWidget):
    """All lessons, in groups, with the one to go on with; ``refresh`` fills it.

    Attributes:
        wants_lesson: emitted with the id of a lesson.
        wants_open, wants_welcome: a button was pressed.
        wants_removed: emitted with the folder of one of people's own lessons.
        learner_chosen: emitted with a name; ``wants_add``, ``wants_rename``, ``wants_remove`` concern learners.
        cards: by the lessons' ids.
    """

    wants_lesson = Signal(str)
    wants_open = Signal()
    wants_welcome = Signal()
    wants_removed = Signal(object)
    learner_chosen = Signal(str)
    wants_add = Signal()
    wants_rename = Signal()
    wants_remove = Signal()

    def __init__(self, catalogue: Catalogue, learners: Learners) -> None:
        super().__init__()
        self.setObjectName("page")
        self._catalogue = catalogue
        self._learners = learners
        self.cards: dict[str, LessonCard] = {}
        self.removers: dict[Path, QWidget] = {}
        self.welcome = push_button(tr("Welcome page"), "flat", "ph.caret-left-bold")
        self.go_on = push_button("", "primary", "ph.play-fill")
        self.open = push_button(tr("Open lesson…"), "", "ph.folder-open")
        self.learner = QuietComboBox()
        self.add = push_button(tr("Add…"))
        self.rename = push_button(tr("Rename…"))
        self.remove = push_button(tr("Remove…"))
        self._suggested = ""
        self._body = QWidget()
        self._lay_out()
        self._connect()

    def refresh(self) -> None:
        """Show what there is now, and how far the current learner came."""
        self._show_learners()
        self._show_suggested()
        body = self._make_body()
        self._column.replaceWidget(self._body, body)
        self._body.hide()
        self._body.deleteLater()  # later: what was pressed may be in it
        self._body = body

    def _connect(self) -> None:
        self.welcome.clicked.connect(self.wants_welcome)
        self.go_on.clicked.connect(lambda: self.wants_lesson.emit(self._suggested))
        self.open.clicked.connect(self.wants_open)
        self.learner.textActivated.connect(self.learner_chosen)
        self.add.clicked.connect(self.wants_add)
        self.rename.clicked.connect(self.wants_rename)
        self.remove.clicked.connect(self.wants_remove)

    def _lay_out(self) -> None:
        page = QWidget()
        self._column = QVBoxLayout(page)
        self._column.setContentsMargins(32, 12, 32, 16)
        self._column.setSpacing(12)
        self._column.addLayout(self._top())
        self._column.addLayout(self._buttons())
        self._column.addWidget(self._body)
        self._column.addStretch(1)
        show_page(page, self)

    def _top(self) -> QHBoxLayout:
        name = label(tr("Learner:"), "muted")
        name.setBuddy(self.learner)
        self.learner.setAccessibleName(tr("Learner"))
        self.learner.setToolTip(tr("Whose progress is shown and kept, on this computer only."))
        self.learner.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.welcome)
        row.addStretch(1)
        for part in (name, self.learner, self.add, self.rename, self.remove):
            row.addWidget(part)
        return row

    def _buttons(self) -> QHBoxLayout:
        for button in (self.go_on, self.open):
            button.setProperty("large", True)
            button.setIconSize(QSize(20, 20))
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(label(tr("Lessons"), "display"))
        row.addStretch(1)
        row.addWidget(self.go_on)
        row.addWidget(self.open)
        return row

    def _show_learners(self) -> None:
        self.learner.clear()
        self.learner.addItems([learner.name for learner in self._learners.all])
        self.learner.setCurrentText(self._learners.current.name)

    def _show_suggested(self) -> None:
        lesson = suggested(self._catalogue.lessons, self._learners)
        self._suggested = lesson.id
        begun = lesson.id in self._learners.current.lessons
        words = tr("Continue: {title}") if begun else tr("Begin: {title}")
        self.go_on.setText(_short(words.format(title=_title(lesson))))
        self.go_on.setAccessibleName(self.go_on.text())

    def _make_body(self) -> QWidget:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
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
            standing = Standing.of(lesson, self._learners.walk(lesson.id))
            card = LessonCard(lesson, standing, is_next=lesson.id == self._suggested)
            card.clicked.connect(lambda _=False, lesson=lesson: self.wants_lesson.emit(lesson.id))
            self.cards[lesson.id] = card
            cell = QVBoxLayout()
            cell.addWidget(card)
            if self._catalogue.is_own(lesson):
                cell.addWidget(self._remover(lesson.folder, _title(lesson)))
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
    """A lesson: title, what it is about, how long it takes, and how far one came."""

    def __init__(self, lesson: Lesson, standing: Standing, *, is_next: bool) -> None:
        super().__init__("card")
        told = lesson.told_in(current())
        minutes = tr("{minutes} min").format(minutes=lesson.plan.minutes)
        self.setProperty("next", is_next)
        self.setAccessibleName(plain_words(told.title))
        self.setAccessibleDescription(f"{standing.words}. {minutes}. {plain_words(told.summary)}")
        sign = IconLabel("sign")
        sign.setFixedSize(24, 24)
        sign.show_icon(icons.icon(standing.glyph, standing.token))
        top = QHBoxLayout()
        top.setSpacing(10)
        top.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        top.addWidget(rich_label(told.title, "cardTitle"), 1)
        top.addWidget(label(minutes, "muted"), 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 14, 10)
        column.setSpacing(4)
        column.addLayout(top)
        column.addWidget(rich_label(told.summary, "cardText"))
        column.addWidget(label(standing.words, "muted"))
        column.addStretch(1)
        self.let_clicks_through()


def suggested(lessons: Sequence[Lesson], learners: Learners) -> Lesson:
    """Return the lesson to go on with: one that is under way, else the first that is not done, else the first."""
    walks = {lesson.id: learners.walk(lesson.id) for lesson in lessons}
    under_way = [
        each for each in lessons if each.id in learners.current.lessons and not walks[each.id].finished
    ]
    fresh = [each for each in lessons if not walks[each.id].finished]
    return [*under_way, *fresh, *lessons][0]


def _title(lesson: Lesson) -> str:
    return plain_words(lesson.told_in(current()).title)


def _short(words: str, most: int = 60) -> str:
    return words if len(words) <= most else f"{words[: most - 1]}…"
