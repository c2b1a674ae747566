"""A question with its answers; each explains what is right or wrong about it, once that is to be said."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from gradlab.language import tr
from gradlab.lessons.text import Answer, Question
from gradlab.window.lessons.text_view import plain_words, rich_label
from gradlab.window.theme import icons
from gradlab.window.widgets.boxes import fill
from gradlab.window.widgets.icon_label import IconLabel
from gradlab.window.widgets.widgets import WordsButton, label, restyle

OPEN = ("ph.circle", "text.muted")
KEPT = ("ph.record-fill", "accent.normal")
RIGHT = ("ph.check-circle-fill", "status.right")
WRONG = ("ph.x-circle", "status.warning")


class QuestionBox(QFrame):
    """A question that can be answered as often as one likes.

    Attributes:
        answered: emitted with the number of an answer that was chosen, from 0.
        name: under which its answers are kept.
    """

    answered = Signal(int)

    def __init__(self, name: str, caption: str, question: Question, order: Sequence[int]) -> None:
        """Ask a question; ``order`` is that of its answers from top to bottom, by their numbers."""
        super().__init__()
        self.setObjectName("question")
        self.name = name
        text = plain_words(question.text)
        self.setAccessibleName(f"{caption}: {text}")
        self.answers = [AnswerRow(answer) for answer in question.answers]
        asked = label(caption, "caption"), rich_label(question.text, "questionText")
        rows = [self.answers[number] for number in order]
        self.kept = label(tr("Your prediction is kept. Run it, and see whether it holds."), "hint", wrap=True)
        fill(QVBoxLayout(self), *asked, *rows, self.kept, spacing=8, margins=(12, 10, 12, 12))
        self.show_chosen(())
        for number, row in enumerate(self.answers):
            row.button.setAccessibleDescription(text)
            row.button.clicked.connect(lambda _=False, number=number: self.answered.emit(number))

    def show_chosen(self, chosen: Sequence[int], *, judged: bool = True) -> None:
        """Show the given answers; ``chosen`` is in order, the latest last.

        ``judged``: with what is right or wrong about them. Else only the latest one is marked: there is still
        something to find out.
        """
        self.kept.setVisible(bool(chosen) and not judged)
        for number, row in enumerate(self.answers):
            latest = list(chosen[-1:]) == [number]
            row.show_chosen(number in chosen if judged else latest, latest=latest, judged=judged)


class AnswerRow(QWidget):
    """An answer to click on, with its explanation below once it was chosen."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self._answer = answer
        self.button = WordsButton("answer")
        self.button.setAccessibleName(plain_words(answer.text))
        self._mark = IconLabel()
        self._mark.setFixedSize(24, 24)
        self._verdict = label("", "verdict")
        self.explanation = rich_label(answer.explanation, "explanation")
        mark, text = (self._mark, 0, Qt.AlignmentFlag.AlignTop), rich_label(answer.text, "answerText")
        fill(QHBoxLayout(self.button), mark, (text, 1), spacing=8, margins=(8, 6, 10, 6))
        self.button.let_clicks_through()
        self._below = QWidget()
        fill(QVBoxLayout(self._below), self._verdict, self.explanation, spacing=2, margins=(40, 4, 8, 4))
        fill(QVBoxLayout(self), self.button, self._below, spacing=0)
        self.show_chosen(False, latest=False, judged=True)

    def show_chosen(self, chosen: bool, *, latest: bool, judged: bool) -> None:
        """Show whether it was chosen and, if so and ``judged``, whether it is right."""
        right = self._answer.right
        verdict = tr("Right") if right else tr("Not quite")
        mark = (RIGHT if right else WRONG) if judged else KEPT
        self._mark.show_icon(icons.icon(*(mark if chosen else OPEN)))
        self._verdict.setText(verdict)
        self._verdict.setVisible(not right)  # the explanation itself says what is right
        self._below.setVisible(chosen and judged)
        self.button.setProperty("chosen", latest)
        restyle(self.button)
        if chosen:
            told = f"{verdict}. {plain_words(self._answer.explanation)}"
            self.button.setAccessibleDescription(told if judged else tr("Chosen"))
