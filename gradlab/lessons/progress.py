"""Learners' progress in the lessons: a file on this computer with a profile per learner, without accounts."""

import logging
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, Field, ValidationError

from gradlab.errors import InputError
from gradlab.folders import alone_with, settings_folder, write_whole
from gradlab.language import tr
from gradlab.lessons.lesson import Lesson
from gradlab.lessons.text import Question, StepText

FILE = "learners.json"
LONGEST_NAME = 60
PREDICT = "predict"
log = logging.getLogger(__name__)


class Given(BaseModel):
    """A learner's answer to a question.

    Attributes:
        step, answer: numbers from 0; ``question``: a name from :func:`questions`.
        at: the time, as ISO 8601 with the time zone.
    """

    step: int
    question: str
    answer: int
    right: bool
    at: str


class LessonProgress(BaseModel):
    """A learner's progress in one lesson.

    Attributes:
        step: the current step, from 0; the number of steps stands for the page at the end.
        seen: which observations of each step were seen.
        given: every answer, in the order given.
        finished: whether the page at the end was reached.
    """

    step: int = 0
    seen: dict[int, list[bool]] = Field(default_factory=dict)
    given: list[Given] = Field(default_factory=list)
    finished: bool = False

    def chosen(self, step: int, question: str) -> list[int]:
        """Return the answers given to a question, each once, the latest last."""
        numbers = [each.answer for each in self.given if (each.step, each.question) == (step, question)]
        return list(dict.fromkeys(reversed(numbers)))[::-1]

    def is_right(self, step: int, question: str) -> bool:
        """Return whether the right answer to a question was ever given."""
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
    """The learners on this computer, one of them the current one; each change is written at once.

    Several windows share the file: a change is made to what stands in it at that moment. Which learner is the
    current one is each window's own; the next start begins with the one chosen last. A damaged file is set aside,
    and all learners start afresh; if the file cannot be written, progress is kept in memory only.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or settings_folder() / FILE
        self._file = self._read()
        self._name = self._file.current
        self._is_written = True

    @property
    def all(self) -> list[Learner]:
        """Every learner, in the order added."""
        return self._file.learners

    @property
    def current(self) -> Learner:
        """The current learner."""
        return next((each for each in self.all if each.name == self._name), self.all[0])

    def progress(self, lesson: str) -> LessonProgress:
        """Return the current learner's progress in a lesson."""
        return self.current.lessons.get(lesson, LessonProgress())

    def choose(self, name: str) -> None:
        """Make the learner with this name the current one."""
        with self._changing():
            self._name = name

    def add(self, name: str) -> None:
        """Add a learner, and make them the current one.

        Raises:
            InputError: for a name that is empty, too long, or taken.
        """
        with self._changing():
            self._name = _checked(name, self.all)
            self.all.append(Learner(name=self._name))

    def rename(self, name: str) -> None:
        """Rename the current learner; raises InputError as ``add`` does."""
        if name.strip() == self.current.name:
            return
        with self._changing():
            current = self.current
            current.name = self._name = _checked(name, [each for each in self.all if each is not current])

    def remove(self) -> None:
        """Remove the current learner and their progress; if none is left, a new one is added."""
        with self._changing():
            current = self.current
            self._file.learners = [each for each in self.all if each is not current] or [_first_learner()]
            self._name = self.all[0].name

    def go_to(self, lesson: str, step: int) -> None:
        """Record the current learner's step."""
        with self._changing():
            self._begun(lesson).step = step

    def see(self, lesson: str, step: int, seen: list[bool]) -> None:
        """Record which observations of a step were seen."""
        with self._changing():
            self._begun(lesson).seen[step] = list(seen)

    def answer(self, lesson: str, step: int, question: str, answer: int, *, right: bool) -> None:
        """Record an answer, unless it repeats the last one."""
        if self.progress(lesson).chosen(step, question)[-1:] == [answer]:
            return
        now = datetime.now().astimezone().isoformat(timespec="seconds")
        with self._changing():
            given = Given(step=step, question=question, answer=answer, right=right, at=now)
            self._begun(lesson).given.append(given)

    def finish(self, lesson: str) -> None:
        """Record that the current learner reached the end of a lesson."""
        with self._changing():
            self._begun(lesson).finished = True

    def reset(self, lesson: str = "") -> None:
        """Reset the current learner's progress in a lesson; without one, in all of them."""
        with self._changing():
            if lesson:
                self.current.lessons.pop(lesson, None)
            else:
                self.current.lessons.clear()

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Read the file again, let it be changed, and write it; no other window does so meanwhile."""
        with alone_with(self._path):
            if self._is_written and self._path.exists():
                self._file = self._read()
            yield
            self._file.current = self._name
            self._write()

    def _begun(self, lesson: str) -> LessonProgress:
        return self.current.lessons.setdefault(lesson, LessonProgress())

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
        return _File(learners=[_first_learner()])

    def _put_aside(self) -> None:
        """Keep the damaged file under another name, so that it can be repaired."""
        aside = self._path.with_name(f"{self._path.stem}-damaged-{datetime.now():%Y%m%d-%H%M%S-%f}.json")
        try:
            self._path.replace(aside)
        except OSError as error:
            log.warning("%s cannot be put aside: %s", self._path, error)

    def _write(self) -> None:
        try:
            write_whole(self._path, self._file.model_dump_json(indent=1))
            self._is_written = True
        except OSError as error:
            self._is_written = False
            log.warning("%s cannot be written: %s", self._path, error)


def _first_learner() -> Learner:
    return Learner(name=tr("Learner 1"))


def questions(step: StepText) -> dict[str, Question]:
    """Return the questions of a step by the names that answers are stored under."""
    predict = {PREDICT: step.predict} if step.predict else {}
    return predict | {f"check {number}": question for number, question in enumerate(step.checks, 1)}


def order_of(question: Question, *place: object) -> list[int]:
    """Return the order in which to show the answers, by their numbers: another one at each ``place``.

    ``place`` is the learner, the lesson, the step and the question's name. So nobody learns that the second answer
    is the right one, neighbours do not see the same order, and it is the same whenever one comes back.
    """
    order = list(range(len(question.answers)))
    random.Random("/".join(map(str, place))).shuffle(order)
    return order


def open_steps(lesson: Lesson, progress: LessonProgress) -> Iterator[int]:
    """Yield the steps, from 0, in which something is not yet observed or not yet answered.

    A prediction need not be right; a check is done once the right answer was given.
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


def _checked(name: str, others: list[Learner]) -> str:
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise InputError(
            tr("The name is empty or too long; allowed: 1 to {most} letters.").format(most=LONGEST_NAME)
        )
    if any(each.name.casefold() == name.casefold() for each in others):
        raise InputError(tr("There is a learner “{name}” already; allowed: another name.").format(name=name))
    return name
