"""Lessons on paper, as Markdown: to print and fill in, or with the answers for the instructor."""

from collections.abc import Callable, Iterator
from textwrap import indent

from gradlab.language import catalog, mark
from gradlab.lessons.lesson import Lesson
from gradlab.lessons.text import Question, StepText

WORDS = {
    "predict": mark("Predict first"),
    "observe": mark("What to see"),
    "check": mark("Check yourself"),
    "truth": mark("The truth in one sentence"),
    "name": mark("Name:"),
    "key": mark("For the instructor: with the answers"),
    "minutes": mark("About {minutes} minutes"),
}
BLANK = "\\_" * 34
Say = Callable[[str], str]


def handout(lesson: Lesson, language: str, *, key: bool = False) -> str:
    """Return a lesson as Markdown; with ``key`` the right answers are ticked, and every answer is explained.

    Raises:
        KeyError: if the program does not speak the language.
    """
    say: Say = lambda word: catalog(language).gettext(WORDS[word])  # noqa: E731 (three lines would hide it)
    return "\n\n".join(_paragraphs(lesson, language, key, say)) + "\n"


def _paragraphs(lesson: Lesson, language: str, key: bool, say: Say) -> Iterator[str]:
    text = lesson.text_in(language)
    yield f"# {text.title}"
    yield f"**{say('key')}**" if key else f"{say('name')} {BLANK}"
    yield say("minutes").format(minutes=lesson.plan.minutes)
    yield text.summary
    for number, step in enumerate(text.steps, 1):
        yield f"## {number}. {step.title}"
        yield from _step(step, key, say)
    yield f"## {say('truth')}"
    yield text.truth


def _step(step: StepText, key: bool, say: Say) -> Iterator[str]:
    yield step.body
    if step.predict:
        yield from _question(say("predict"), step.predict, key)
    if step.observations:
        yield f"### {say('observe')}"
        yield "\n".join(f"- [ ] {observation}" for observation in step.observations)
    for question in step.checks:
        yield from _question(say("check"), question, key)


def _question(heading: str, question: Question, key: bool) -> Iterator[str]:
    yield f"### {heading}"
    yield question.text
    for answer in question.answers:
        yield f"- [{'x' if key and answer.right else ' '}] {answer.text}"
        if key:
            yield indent(answer.explanation, "  ")
