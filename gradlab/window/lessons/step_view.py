"""The views of a step of a lesson, and of its end."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from gradlab.language import tr, trn
from gradlab.lessons.progress import PREDICT, questions
from gradlab.lessons.text import Question, StepText
from gradlab.window.lessons.checklist import ObservationList
from gradlab.window.lessons.question_box import QuestionBox
from gradlab.window.lessons.text_view import TextView, plain_words, rich_label
from gradlab.window.widgets.boxes import fill
from gradlab.window.widgets.widgets import label, push_button


class StepView(QWidget):
    """One step: its text, the prediction, what there is to see, and questions to check oneself.

    Attributes:
        answered: emitted with the name of a question and the number of the answer that was chosen.
        wants_lesson: emitted with the id of another lesson.
        questions: by name.
        observations: None where there is nothing to observe.
    """

    answered = Signal(str, int)
    wants_lesson = Signal(str)

    def __init__(
        self,
        told: StepText,
        folder: Path,
        run: QAction,
        kind: str,
        order: Callable[[str, Question], Sequence[int]],
    ) -> None:
        """Show a step; ``order`` returns that of the answers to a question with this name."""
        super().__init__()
        self.text = TextView()
        self.text.wants_lesson.connect(self.wants_lesson)
        self.text.setAccessibleName(plain_words(told.title))
        self.questions = {
            name: QuestionBox(
                name,
                tr("Predict first") if name == PREDICT else tr("Check yourself"),
                question,
                order(name, question),
            )
            for name, question in questions(told).items()
        }
        self.observations = ObservationList(told.observations, run, kind) if told.observations else None
        predict = [box for name, box in self.questions.items() if name == PREDICT]
        observe = [self.observations] if self.observations else []
        self._checks = [box for name, box in self.questions.items() if name != PREDICT]
        title = rich_label(told.title, "stepTitle")
        fill(QVBoxLayout(self), title, self.text, *predict, *observe, *self._checks, None, spacing=12)
        for name, box in self.questions.items():
            box.answered.connect(lambda number, name=name: self.answered.emit(name, number))
        self.text.show_text(told.body, folder)

    def show_answers(self, chosen: Mapping[str, Sequence[int]], *, seen: bool) -> None:
        """Show the given answers by question; the run is offered once there is a prediction.

        ``seen``: there is nothing left to find out. Before, a prediction is not judged and nothing else is asked.
        """
        for name, box in self.questions.items():
            box.show_chosen(chosen.get(name, ()), judged=seen or name != PREDICT)
        for box in self._checks:
            box.setVisible(seen or bool(chosen.get(box.name)))
        if self.observations is not None:
            self.observations.offer(PREDICT not in self.questions or bool(chosen.get(PREDICT)))

    def show_seen(self, seen: Sequence[bool]) -> None:
        """Tick off what was seen."""
        if self.observations is not None:
            self.observations.show_seen(seen)


class EndView(QWidget):
    """The end of a lesson: what to remember, what was left open, and where to go on.

    Attributes:
        wants_step: emitted with the number of a step to go back to, from 0.
        wants_next: the next lesson is wanted; ``wants_path``: the list of lessons.
    """

    wants_step = Signal(int)
    wants_next = Signal()
    wants_path = Signal()

    def __init__(self, truth: str, following: str, open_steps: Sequence[tuple[int, str]]) -> None:
        """Show the end of a lesson.

        Args:
            truth: what to remember, in one sentence.
            following: the title of the next lesson; empty for the last one.
            open_steps: number and title of each step where something was left open.
        """
        super().__init__()
        column = fill(
            QVBoxLayout(self), label(tr("What stays"), "stepTitle", wrap=True), _framed(truth), spacing=12
        )
        self.back = self._list_open(column, open_steps)
        if following:
            words = tr("Next lesson: {title}").format(title=plain_words(following))
            column.addWidget(label(words, "muted", wrap=True))
        self.following = push_button(tr("Next lesson"), "primary", "ph.caret-right-bold")
        self.following.setVisible(bool(following))
        self.following.clicked.connect(self.wants_next)
        self.path = push_button(tr("All lessons"), "", "ph.list-bullets")
        self.path.clicked.connect(self.wants_path)
        column.addWidget(self.following)
        column.addWidget(self.path)
        column.addStretch(1)

    def _list_open(self, column: QVBoxLayout, steps: Sequence[tuple[int, str]]) -> list[QWidget]:
        if not steps:
            column.addWidget(label(tr("You have seen and answered everything. Well done!"), "", wrap=True))
            return []
        words = trn(
            "In one step something is still open. You can go back to it:",
            "In {count} steps something is still open. You can go back to them:",
            len(steps),
        )
        column.addWidget(label(words.format(count=len(steps)), "", wrap=True))
        buttons: list[QWidget] = []
        for number, title in steps:
            words = tr("Step {number}: {title}").format(number=number + 1, title=plain_words(title))
            button = push_button(words, "flat", "ph.circle-dashed")
            button.clicked.connect(lambda _=False, number=number: self.wants_step.emit(number))
            column.addWidget(button)
            buttons.append(button)
        return buttons


def _framed(truth: str) -> QFrame:
    frame = QFrame()
    frame.setObjectName("truth")
    fill(QVBoxLayout(frame), rich_label(truth, "truthText"), margins=(16, 14, 16, 14))
    return frame
