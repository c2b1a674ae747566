"""Saves answers, answer keys and hand-outs where people choose."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from gradlab.folders import write_whole
from gradlab.language import current, tr
from gradlab.lessons.answers import key, sheet, write_sheet
from gradlab.lessons.handout_text import handout
from gradlab.lessons.lesson import Lesson
from gradlab.lessons.progress import Learners
from gradlab.window.services.dialogs import ask_where, attempt, warn
from gradlab.window.services.pdf import write_pdf


def save_answers(window: QWidget, learners: Learners, lessons: Sequence[Lesson]) -> None:
    """Ask for a file, and write the answers of all learners to it as a table."""
    kinds = tr("Tables") + " (*.csv)"
    if path := ask_where(window, tr("Export answers"), "answers.csv", kinds):
        rows = sheet(learners.all, lessons, current())
        attempt(window, lambda: write_sheet(path, rows))


def save_key(window: QWidget, lessons: Sequence[Lesson]) -> None:
    """Ask for a file, and write the questions of these lessons with their right answers to it."""
    suggestion = f"key-{lessons[0].id}.md" if len(lessons) == 1 else "key.md"
    kinds = tr("Text") + " (*.md *.txt)"
    if path := ask_where(window, tr("Save answer key"), suggestion, kinds):
        attempt(window, lambda: write_whole(path, key(lessons, current())))


def save_handout(window: QWidget, lesson: Lesson) -> None:
    """Ask for a file, and write a lesson as pages to print and fill in."""
    kinds = tr("Pages to print") + " (*.pdf)"
    path = ask_where(window, tr("Save hand-out"), f"{lesson.id}.pdf", kinds)
    if path is None:
        return
    try:
        write_pdf(handout(lesson, current()), lesson.folder, path)
    except OSError as error:
        warn(window, tr("The file could not be written."), f"{path}: {error.strerror}")
