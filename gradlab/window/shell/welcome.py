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
from gradlab.window.widgets.boxes import fill
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
        self.lessons.setToolTip(tr("Follow step by step: what to look at, and what to think about."))
        self.free_lab.setToolTip(tr("Choose data, model and settings yourself, and watch."))
        self.open.setToolTip(
            tr("Open an experiment file, or a table of your own (CSV or Excel). You can also drop it here.")
        )
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
        parts = self._hero(), 16, self._buttons(), self.offer, 24, self._columns()
        fill(QVBoxLayout(body), (None, 2), *parts, (None, 3), spacing=0, margins=(32, 20, 32, 16))

    def _hero(self) -> QHBoxLayout:
        logo = QLabel()
        logo.setPixmap(QIcon(str(resource("icons", "gradlab.svg"))).pixmap(QSize(80, 80)))
        promise = label(tr(PROMISE), "promise", wrap=True)
        words = fill(QVBoxLayout(), label("GradLab", "display"), promise, spacing=0)
        return fill(QHBoxLayout(), logo, (words, 1), spacing=20)

    def _buttons(self) -> QHBoxLayout:
        buttons = self.lessons, self.free_lab, self.open
        for button in buttons:
            button.setProperty("large", True)
            button.setIconSize(QSize(20, 20))
        name = label(CHOOSE, "muted")
        name.setBuddy(self.language)
        return fill(QHBoxLayout(), *buttons, None, name, self.language, spacing=12)

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
        words = label(tr("New here? In two minutes you have seen it all."), "lead", wrap=True)
        box = QFrame()
        box.setObjectName("message")
        box.setProperty("level", "info")
        fill(QHBoxLayout(box), (words, 1), self.yes, self.no, spacing=12, margins=(16, 8, 12, 8))
        fill(QVBoxLayout(self), box, margins=(0, 16, 0, 0))
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
        title = label(shown_name(experiment.name), "cardTitle", wrap=True)
        question = label(tr(experiment.question), "cardText", wrap=True)
        # Side by side, so that three rows of cards fit on a small screen.
        top = fill(QHBoxLayout(), glyph, (title, 1), spacing=12)
        fill(QVBoxLayout(self), top, question, None, spacing=6, margins=(16, 14, 16, 14))
        self.let_clicks_through()


class RecentList(QFrame):
    """The recently used files.

    Attributes:
        chosen: emitted with the path of one.
    """

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("recent")
        self.setFixedWidth(272)
        self.buttons: list[QPushButton] = []
        self._empty = label(tr("Experiments that you open or save appear here."), "muted", wrap=True)
        self._empty.setContentsMargins(8, 8, 8, 8)
        self._column = fill(QVBoxLayout(self), self._empty, None, spacing=2, margins=(8, 8, 8, 8))

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
