"""How far people came in the lessons: a file of this computer with a profile for each learner, no accounts."""

import logging
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, Field, ValidationError

from gradlab.errors import InputError
from gradlab.folders import settings_folder, write_whole
from gradlab.language import tr
from gradlab.lessons.lesson import Lesson
from gradlab.lessons.text import Question, StepText

FILE = "learners.json"
LONGEST_NAME = 60
PREDICT = "predict"
log = logging.getLogger(__name__)


class Given(BaseModel):
    """An answer that was given.

    Attributes:
        step, answer: counted from 0; ``question`` as in :func:`questions`.
        at: when, as ISO 8601 with the time zone.
    """

    step: int
    question: str
    answer: int
    right: bool
    at: str


class LessonProgress(BaseModel):
    """A learner's way through one lesson.

    Attributes:
        step: where they are, from 0; the number of steps stands for the page at the end.
        seen: for each step which of its observations were seen.
        given: every answer, in the order in which they were given.
        finished: whether they have been at the end.
    """

    step: int = 0
    seen: dict[int, list[bool]] = Field(default_factory=dict)
    given: list[Given] = Field(default_factory=list)
    finished: bool = False

    def chosen(self, step: int, question: str) -> list[int]:
        """Return the answers that were given to a question, each once, the latest one last."""
        numbers = [each.answer for each in self.given if (each.step, each.question) == (step, question)]
        return list(dict.fromkeys(reversed(numbers)))[::-1]

    def is_right(self, step: int, question: str) -> bool:
        """Say whether the right answer to a question was given, sooner or later."""
        return any(each.right for each in self.given if (each.step, each.question) == (step, question))


class Learner(BaseModel):
    """One person, or one group at one computer; ``lessons`` by the lessons' ids."""

    name: str
    lessons: dict[str, LessonProgress] = Field(default_factory=dict)


class _File(BaseModel):
    format: int = 1
    current: str = ""
    learners: list[Learner] = Field(min_length=1)


class Learners:
    """The learners of this computer, and the one who learns now. Each change is written at once.

    A damaged file is put aside, and everybody starts afresh; one that cannot be written is only remembered.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or settings_folder() / FILE
        self._file = self._read()

    @property
    def all(self) -> list[Learner]:
        """Every learner, in the order in which they were added."""
        return self._file.learners

    @property
    def current(self) -> Learner:
        """Who learns now."""
        return next((each for each in self.all if each.name == self._file.current), self.all[0])

    def progress(self, lesson: str) -> LessonProgress:
        """Return how far the current learner came in a lesson."""
        return self.current.lessons.get(lesson, LessonProgress())

    def choose(self, name: str) -> None:
        """Let the learner of this name go on."""
        self._file.current = name
        self._write()

    def add(self, name: str) -> None:
        """Add a learner, who is then the current one.

        Raises:
            InputError: for a name that is empty, too long, or taken.
        """
        name = self._checked(name)
        self.all.append(Learner(name=name))
        self.choose(name)

    def rename(self, name: str) -> None:
        """Give the current learner another name; raises InputError as ``add`` does."""
        current = self.current
        if name.strip() != current.name:
            current.name = self._checked(name)
            self.choose(current.name)

    def remove(self) -> None:
        """Forget the current learner, and all that they did; there is always one."""
        self._file.learners = [each for each in self.all if each is not self.current] or [_somebody()]
        self.choose(self.all[0].name)

    def go_to(self, lesson: str, step: int) -> None:
        """Note where the current learner is."""
        self._begun(lesson).step = step
        self._write()

    def see(self, lesson: str, step: int, seen: list[bool]) -> None:
        """Note which observations of a step were seen."""
        self._begun(lesson).seen[step] = list(seen)
        self._write()

    def answer(self, lesson: str, step: int, question: str, answer: int, *, right: bool) -> None:
        """Note an answer; the one that was given last is not noted twice."""
        progress = self._begun(lesson)
        if progress.chosen(step, question)[-1:] != [answer]:
            now = datetime.now().astimezone().isoformat(timespec="seconds")
            progress.given.append(Given(step=step, question=question, answer=answer, right=right, at=now))
            self._write()

    def finish(self, lesson: str) -> None:
        """Note that the current learner has been at the end of a lesson."""
        self._begun(lesson).finished = True
        self._write()

    def reset(self, lesson: str = "") -> None:
        """Let the current learner begin a lesson anew; without one, all of them."""
        if lesson:
            self.current.lessons.pop(lesson, None)
        else:
            self.current.lessons.clear()
        self._write()

    def _begun(self, lesson: str) -> LessonProgress:
        return self.current.lessons.setdefault(lesson, LessonProgress())

    def _checked(self, name: str) -> str:
        name = " ".join(name.split())
        if not 0 < len(name) <= LONGEST_NAME:
            raise InputError(
                tr("The name is empty or too long; allowed: 1 to {most} letters.").format(most=LONGEST_NAME)
            )
        if any(each.name.casefold() == name.casefold() for each in self.all):
            raise InputError(
                tr("There is a learner “{name}” already; allowed: another name.").format(name=name)
            )
        return name

    def _read(self) -> _File:
        try:
            return _File.model_validate_json(self._path.read_bytes())
        except FileNotFoundError:
            pass
        except OSError as error:
            log.warning("%s is not readable, starting afresh: %s", self._path, error)
        except ValidationError as error:
            log.warning("%s is damaged, starting afresh: %s", self._path, error)
            self._put_aside()
        return _File(learners=[_somebody()])

    def _put_aside(self) -> None:
        """Keep the damaged file under a name of its own: somebody may be able to repair it."""
        aside = self._path.with_name(f"{self._path.stem}-damaged-{datetime.now():%Y%m%d-%H%M%S-%f}.json")
        try:
            self._path.replace(aside)
        except OSError as error:
            log.warning("%s cannot be put aside: %s", self._path, error)

    def _write(self) -> None:
        try:
            write_whole(self._path, self._file.model_dump_json(indent=1))
        except OSError as error:
            log.warning("%s cannot be written: %s", self._path, error)


def _somebody() -> Learner:
    return Learner(name=tr("Learner 1"))


def questions(step: StepText) -> dict[str, Question]:
    """Return the questions of a step by the names under which answers are kept."""
    predict = {PREDICT: step.predict} if step.predict else {}
    return predict | {f"check {number}": question for number, question in enumerate(step.checks, 1)}


def open_steps(lesson: Lesson, progress: LessonProgress) -> Iterator[int]:
    """Yield the steps, from 0, in which something was not seen yet, or not answered.

    A prediction need not be right; a question to check oneself is done when the right answer was found.
    """
    text = next(iter(lesson.texts.values()))  # the questions are the same in every language
    for number, (step, told) in enumerate(zip(lesson.steps, text.steps, strict=True)):
        seen = progress.seen.get(number, [])
        unanswered = [
            name
            for name in questions(told)
            if not (progress.chosen(number, name) if name == PREDICT else progress.is_right(number, name))
        ]
        if sum(seen) < len(step.plan.observe) or unanswered:
            yield number
