"""The page that opens first."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gradlab.experiment.opening import opening_comment
from gradlab.language import LANGUAGES, current, mark, shown_name, tr
from gradlab.resources import resource
from gradlab.window.shell.speech import CHOOSE
from gradlab.window.theme import icons
from gradlab.window.widgets.icon_label import IconLabel
from gradlab.window.widgets.widgets import QuietComboBox, WordsButton, label, push_button, show_page

PROMISE = mark(
    "See what one training step really does: what is in the gradient buffer, and when it is emptied."
)
CARDS_PER_ROW = 3
SOURCE_GLYPHS = {
    "moons": "ph.moon-stars",
    "circles": "ph.target",
    "line": "ph.chart-line",
    "digits": "ph.pencil-line",
    "maze": "ph.path",
}
DEFAULT_GLYPH = "ph.flask"


@dataclass(frozen=True)
class FirstExperiment:
    """An experiment file that comes with the lab.

    Attributes:
        question: the comment lines at the beginning of the file.
        glyph: an icon for what is special about it: its gradients, or else its data.
    """

    path: Path
    name: str
    question: str
    glyph: str

    @classmethod
    def read(cls, path: Path) -> "FirstExperiment":
        """Read what a card shows; the experiment itself is validated only when it is opened."""
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        return cls(path, document["name"], question(path), _glyph(document))


def first_experiments() -> list[FirstExperiment]:
    """Return the experiments that come with the lab, sorted by file name."""
    return [FirstExperiment.read(path) for path in sorted(resource("experiments").glob("*.toml"))]


def _glyph(document: dict[str, Any]) -> str:
    if document.get("variants"):
        return "ph.flag-banner"
    gradients = document.get("gradients", {})
    if gradients.get("zero", "every_update") != "every_update":
        return "ph.stack"
    if gradients.get("accumulate", 1) > 1:
        return "ph.squares-four"
    return SOURCE_GLYPHS.get(document["data"]["source"], DEFAULT_GLYPH)


def question(path: Path) -> str:
    """Return the comment at the top of an experiment file: what there is to see, and how."""
    return tr(opening_comment(path.read_text(encoding="utf-8-sig")))


class WelcomePage(QWidget):
    """Lessons, Free lab, Open…, recent files, and experiments to begin with.

    Attributes:
        wants_lessons, wants_lab, wants_open: a button was pressed; ``wants_file`` comes with the path of an
            experiment, ``wants_language`` with a key of LANGUAGES.
        answers_offer: emitted with whether the tour was accepted.
        offer: offers newcomers the tour.
    """

    wants_lessons = Signal()
    wants_lab = Signal()
    wants_open = Signal()
    wants_file = Signal(object)
    wants_language = Signal(str)
    answers_offer = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.lessons = push_button(tr("Lessons"), "primary", "ph.student-fill")
        self.free_lab = push_button(tr("Free lab"), "", "ph.flask-fill")
        self.open = push_button(tr("Open…"), "", "ph.folder-open")
        self.cards = [Card(experiment) for experiment in first_experiments()]
        self.recent = RecentList()
        self.language = self._make_language()
        self.offer = TourOffer()
        self._lay_out()
        self.lessons.setToolTip(tr("Be led, step by step: what to look at, and what to think about."))
        self.free_lab.setToolTip(tr("Choose data, model and settings yourself, and watch."))
        self.open.setToolTip(tr("Open an experiment file (.toml)."))
        self.lessons.clicked.connect(self.wants_lessons)
        self.free_lab.clicked.connect(self.wants_lab)
        self.open.clicked.connect(self.wants_open)
        self.recent.chosen.connect(self.wants_file)
        self.offer.answered.connect(self.answers_offer)
        for card in self.cards:
            card.chosen.connect(self.wants_file)

    def _make_language(self) -> QComboBox:
        chooser = QuietComboBox()
        chooser.setAccessibleName(CHOOSE)
        for language, name in LANGUAGES.items():
            chooser.addItem(name, language)
        chooser.setCurrentIndex(chooser.findData(current()))
        chooser.currentIndexChanged.connect(lambda: self.wants_language.emit(chooser.currentData()))
        return chooser

    def show_recent(self, paths: Sequence[Path]) -> None:
        """List the recently used files."""
        self.recent.show_paths(paths)

    def _lay_out(self) -> None:
        body = QWidget()
        show_page(body, self)
        column = QVBoxLayout(body)
        column.setContentsMargins(32, 20, 32, 16)
        column.setSpacing(0)
        column.addStretch(2)
        column.addLayout(self._hero())
        column.addSpacing(16)
        column.addLayout(self._buttons())
        column.addWidget(self.offer)
        column.addSpacing(24)
        column.addLayout(self._columns())
        column.addStretch(3)

    def _hero(self) -> QHBoxLayout:
        logo = QLabel()
        logo.setPixmap(QIcon(str(resource("icons", "gradlab.svg"))).pixmap(QSize(80, 80)))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(label("GradLab", "display"))
        words.addWidget(label(tr(PROMISE), "promise", wrap=True))
        row = QHBoxLayout()
        row.setSpacing(20)
        row.addWidget(logo)
        row.addLayout(words, 1)
        return row

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(12)
        for button in (self.lessons, self.free_lab, self.open):
            button.setProperty("large", True)
            button.setIconSize(QSize(20, 20))
            row.addWidget(button)
        row.addStretch(1)
        name = label(CHOOSE, "muted")
        name.setBuddy(self.language)
        row.addWidget(name)
        row.addWidget(self.language)
        return row

    def _columns(self) -> QGridLayout:
        cards = QGridLayout()
        cards.setSpacing(12)
        for number, card in enumerate(self.cards):
            cards.addWidget(card, number // CARDS_PER_ROW, number % CARDS_PER_ROW)
        for column in range(CARDS_PER_ROW):
            cards.setColumnStretch(column, 1)
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(12)
        grid.addWidget(label(tr("First experiments"), "heading"), 0, 0)
        grid.addWidget(label(tr("Recent"), "heading"), 0, 1)
        grid.addLayout(cards, 1, 0)
        grid.addWidget(self.recent, 1, 1)
        grid.setColumnStretch(0, 1)
        return grid


class TourOffer(QFrame):
    """Offers newcomers the tour.

    Attributes:
        answered: emitted with whether it was accepted; the offer is then hidden.
    """

    answered = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("offer")
        self.yes = push_button(tr("Take the tour"))
        self.no = push_button(tr("No, thanks"), "flat")
        row = QHBoxLayout()
        row.setContentsMargins(16, 8, 12, 8)
        row.setSpacing(12)
        row.addWidget(label(tr("New here? In two minutes you have seen it all."), "lead", wrap=True), 1)
        row.addWidget(self.yes)
        row.addWidget(self.no)
        box = QFrame()
        box.setObjectName("message")
        box.setProperty("level", "info")
        box.setLayout(row)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 16, 0, 0)
        column.addWidget(box)
        for button, wanted in ((self.yes, True), (self.no, False)):
            button.clicked.connect(self.hide)
            button.clicked.connect(lambda _=False, wanted=wanted: self.answered.emit(wanted))


class Card(WordsButton):
    """A first experiment: its name and the question that it answers.

    Attributes:
        chosen: emitted with its path.
        experiment: what it shows.
    """

    chosen = Signal(object)

    def __init__(self, experiment: FirstExperiment) -> None:
        super().__init__("card")
        self.experiment = experiment
        self.setAccessibleName(shown_name(experiment.name))
        self.setAccessibleDescription(tr(experiment.question))
        self.clicked.connect(lambda: self.chosen.emit(experiment.path))
        glyph = IconLabel("cardIcon")
        glyph.setFixedSize(40, 40)
        glyph.setAlignment(Qt.AlignmentFlag.AlignCenter)
        glyph.show_icon(icons.icon(experiment.glyph, "accent.normal"))
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(6)
        # Side by side, so that three rows of cards fit on a small screen.
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(glyph)
        top.addWidget(label(shown_name(experiment.name), "cardTitle", wrap=True), 1)
        column.addLayout(top)
        column.addWidget(label(tr(experiment.question), "cardText", wrap=True))
        column.addStretch(1)
        self.let_clicks_through()


class RecentList(QFrame):
    """The recently used files.

    Attributes:
        chosen: emitted with the path of one.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("recent")
        self.setFixedWidth(272)
        self.buttons: list[QPushButton] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(8, 8, 8, 8)
        self._column.setSpacing(2)
        self._empty = label(tr("Experiments that you open or save appear here."), "muted", wrap=True)
        self._empty.setContentsMargins(8, 8, 8, 8)
        self._column.addWidget(self._empty)
        self._column.addStretch(1)

    def show_paths(self, paths: Sequence[Path]) -> None:
        """List these files in this order."""
        for button in self.buttons:
            self._column.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = [self._button(path) for path in paths]
        for place, button in enumerate(self.buttons):
            self._column.insertWidget(place, button)
        self._empty.setVisible(not paths)

    def _button(self, path: Path) -> QPushButton:
        button = push_button(path.stem, "flat")
        button.setToolTip(str(path))
        button.setAccessibleDescription(str(path))
        button.clicked.connect(lambda: self.chosen.emit(path))
        return button
