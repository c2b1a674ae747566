"""For teachers: learners' answers as a table, and the right answers as text."""

import csv
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from gradlab.errors import InputError
from gradlab.language import tr
from gradlab.lessons.handout_text import handout
from gradlab.lessons.lesson import Lesson
from gradlab.lessons.progress import Given, Learner, questions

COLUMNS = ("profile", "lesson", "step", "question", "answer", "right", "date")
_MARKS = re.compile(r"[*`]")
_FORMULA = ("=", "+", "-", "@")  # a spreadsheet takes a cell that begins with one for a formula


def sheet(learners: Sequence[Learner], lessons: Sequence[Lesson], language: str) -> Iterator[tuple[str, ...]]:
    """Yield a row of :data:`COLUMNS` for each answer of each learner, in the order given."""
    known = {lesson.id: lesson for lesson in lessons}
    for learner in learners:
        for id_, progress in learner.lessons.items():
            lesson = known.get(id_)
            for given in progress.given:
                question, answer = _words(lesson, given, language)
                yield (
                    _harmless(learner.name),
                    id_,
                    str(given.step + 1),
                    _harmless(question),
                    _harmless(answer),
                    "yes" if given.right else "no",
                    given.at,
                )


def write_sheet(path: Path, rows: Iterator[tuple[str, ...]]) -> None:
    """Write the answer sheet as a CSV file for spreadsheets.

    Raises:
        InputError: if the file cannot be written.
    """
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([COLUMNS, *rows])
    except OSError as error:
        raise InputError(
            f"{path}: " + tr("cannot be written: {reason}").format(reason=error.strerror)
        ) from None


def key(lessons: Sequence[Lesson], language: str) -> str:
    """Return lessons with the right answers and all explanations, as Markdown."""
    return "\n".join(handout(lesson, language, key=True) for lesson in lessons)


def _words(lesson: Lesson | None, given: Given, language: str) -> tuple[str, str]:
    """Return question and answer in words; their names if the lesson has changed or is gone."""
    steps = lesson.text_in(language).steps if lesson else ()
    asked = questions(steps[given.step]).get(given.question) if given.step < len(steps) else None
    if asked is None or given.answer >= len(asked.answers):
        return given.question, str(given.answer + 1)
    return _plain(asked.text), _plain(asked.answers[given.answer].text)


def _plain(markdown: str) -> str:
    return " ".join(_MARKS.sub("", markdown).split())


def _harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
