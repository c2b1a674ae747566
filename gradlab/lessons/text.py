"""Reads the text of a lesson in one language: Markdown with a few agreed headings.

``# Title`` and a summary, then one ``## Section`` per step, and ``## truth`` at the end. Inside a section
``### predict``, ``### observe`` and ``### check`` begin a question, the list of what to observe, and a question
for self-assessment. These four words stay English in every language.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from gradlab.errors import InputError
from gradlab.language import tr

PICTURES = (".png", ".jpg", ".jpeg")
_HEADING = re.compile(r"(#{1,3}) +(.+)")
_ANSWER = re.compile(r"[-*] \[([ xX])\] +(.+)")
_ITEM = re.compile(r"[-*] +(.+)")
# A "<" in front of these begins a tag, a comment or a link in every dialect of Markdown.
_HTML = re.compile(r"<[A-Za-z/!?]")
# A link definition, also one in a quote, in a list or over two lines.
_DEFINITION = re.compile(r"\[[^\[\]]+\]:")
_TARGET = re.compile(r"\]\(\s*([^)\s]*)")
_LOCAL = re.compile(rf"lesson:[a-z0-9-]+|[\w-]+(/[\w-]+)*({'|'.join(map(re.escape, PICTURES))})")


@dataclass(frozen=True)
class Answer:
    """One of the answers to choose from, with the explanation for those who choose it."""

    text: str
    right: bool
    explanation: str


@dataclass(frozen=True)
class Question:
    """A question with several answers, one of them right."""

    text: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class StepText:
    """The text of one step, all of it Markdown.

    Attributes:
        predict: the question before the run; its explanations are for afterwards.
        observations: what to observe, in the order of the conditions in lesson.toml.
        checks: questions for self-assessment.
    """

    title: str
    body: str
    predict: Question | None
    observations: tuple[str, ...]
    checks: tuple[Question, ...]


@dataclass(frozen=True)
class Text:
    """A lesson in one language.

    Attributes:
        summary: what it is about, in a sentence or two.
        truth: what to remember, in one sentence.
    """

    title: str
    summary: str
    steps: tuple[StepText, ...]
    truth: str


@dataclass(frozen=True)
class Block:
    """A heading and the lines below it.

    Attributes:
        line: the number of the heading's line in the file; ``level`` of the heading, 1 to 3.
    """

    line: int
    level: int
    heading: str
    lines: list[str]

    @property
    def body(self) -> str:
        """The lines as one text."""
        return "\n".join(self.lines).strip()


def read(text: str, where: str) -> Text:
    """Read the text of a lesson; ``where`` begins every error line.

    Raises:
        InputError: if its structure is wrong, or if it holds HTML or anything from outside.
    """
    _refuse_foreign(text, where)
    first, *others = _blocks(text, where)
    sections = [list(group) for _, group in groupby(others, key=_Sections())]
    *steps, last = sections or [[first]]
    if last[0].heading.lower() != "truth":
        raise InputError(
            f"{where}: " + tr("the last section is missing; allowed: ## truth, and one sentence below it")
        )
    return Text(first.heading, first.body, tuple(_step(section, where) for section in steps), last[0].body)


def pictures(text: str) -> list[str]:
    """Return the picture files that a text shows."""
    return [target for target in _TARGET.findall(text) if not target.startswith("lesson:")]


def _refuse_foreign(text: str, where: str) -> None:
    for foreign in (_HTML, _DEFINITION):
        if found := foreign.search(text):
            number = text.count("\n", 0, found.start()) + 1
            line = text.splitlines()[number - 1]
            raise InputError(
                f"{where}: "
                + tr(
                    "line {number}: {text}: HTML and link definitions are not shown; allowed: plain Markdown "
                    "(with a space behind every <)"
                ).format(number=number, text=line.strip()[:60])
            )
    for target in _TARGET.finditer(text):
        if not _LOCAL.fullmatch(target[1]):
            number = text.count("\n", 0, target.start()) + 1
            raise InputError(
                f"{where}: "
                + tr(
                    "line {number}: {target}; allowed: the name of a picture in the lesson's folder "
                    "({pictures}), or lesson: and the id of another lesson"
                ).format(
                    number=number, target=target[1] or tr("a link to nothing"), pictures=", ".join(PICTURES)
                )
            )


def _blocks(text: str, where: str) -> list[Block]:
    """Split the text at its headings, except inside blocks of code."""
    blocks: list[Block] = []
    in_code = False
    for number, line in enumerate(text.splitlines(), 1):
        in_code ^= line.lstrip().startswith("```")
        heading = None if in_code else _HEADING.fullmatch(line)
        if heading:
            blocks.append(Block(number, len(heading[1]), heading[2].strip(), []))
        elif blocks:
            blocks[-1].lines.append(line)
        elif line.strip():
            break
    if not blocks or blocks[0].level != 1:
        raise InputError(f"{where}: " + tr("line 1: allowed at the top: # and the title of the lesson"))
    for block in blocks[1:]:
        if block.level == 1:
            raise InputError(
                f"{where}: "
                + tr("line {line}: allowed: # once, for the title of the lesson").format(line=block.line)
            )
    return blocks


class _Sections:
    """Numbers the sections: a heading with ## begins the next one."""

    def __init__(self) -> None:
        self._number = 0

    def __call__(self, block: Block) -> int:
        self._number += block.level < 3
        return self._number


def _step(blocks: list[Block], where: str) -> StepText:
    first, *parts = blocks
    if first.level != 2:
        raise InputError(
            f"{where}: "
            + tr("line {line}: allowed: ## and the title of a step, before any ###").format(line=first.line)
        )
    found: dict[str, list[Block]] = {"predict": [], "observe": [], "check": []}
    for part in parts:
        if part.heading.lower() not in found:
            raise InputError(
                f"{where}: "
                + tr("line {line}: ### {heading}; allowed: one of {allowed} (in English)").format(
                    line=part.line, heading=part.heading, allowed=", ".join(found)
                )
            )
        found[part.heading.lower()].append(part)
    for name in ("predict", "observe"):
        if len(found[name]) > 1:
            raise InputError(
                f"{where}: "
                + tr("line {line}: allowed: ### {name} once in a step").format(
                    line=found[name][1].line, name=name
                )
            )
    predict = [_question(part, where) for part in found["predict"]]
    return StepText(
        title=first.heading,
        body=first.body,
        predict=predict[0] if predict else None,
        observations=tuple(item for part in found["observe"] for item in _items(part, where)),
        checks=tuple(_question(part, where) for part in found["check"]),
    )


def _question(block: Block, where: str) -> Question:
    """Read a question with its answers below: ``- [x]`` marks the right one, indented lines explain."""
    intro: list[str] = []
    answers: list[tuple[str, bool, list[str]]] = []
    for number, line in _numbered(block):
        if answer := _ANSWER.fullmatch(line):
            answers.append((answer[2], answer[1] != " ", []))
        elif not answers:
            intro.append(line)
        elif line.startswith("  ") or not line:
            answers[-1][2].append(line.strip())
        else:
            raise InputError(
                f"{where}: "
                + tr(
                    "line {number}: {text}; allowed: - [ ] or - [x] and an answer on one line, or its "
                    "explanation, indented by two spaces"
                ).format(number=number, text=line[:60])
            )
    question = Question(
        "\n".join(intro).strip(),
        tuple(Answer(answer, right, "\n".join(lines).strip()) for answer, right, lines in answers),
    )
    place = tr("line {line}: ### {heading}").format(line=block.line, heading=block.heading)
    _check(question, f"{where}: {place}")
    return question


def _check(question: Question, where: str) -> None:
    if not question.text:
        raise InputError(f"{where}: " + tr("the question is missing; allowed: a question, then its answers"))
    if len(question.answers) < 2 or sum(answer.right for answer in question.answers) != 1:
        raise InputError(
            f"{where}: " + tr("allowed: two answers or more, of which one is marked as right with - [x]")
        )
    for answer in question.answers:
        if not answer.explanation:
            raise InputError(
                f"{where}: "
                + tr(
                    'the answer "{answer}" has no explanation; allowed: one below it, indented by two spaces'
                ).format(answer=answer.text[:40])
            )


def _items(block: Block, where: str) -> list[str]:
    items: list[str] = []
    for number, line in _numbered(block):
        if item := _ITEM.fullmatch(line):
            items.append(item[1])
        elif items and line.startswith("  "):
            items[-1] += f" {line.strip()}"
        elif line:
            raise InputError(
                f"{where}: "
                + tr(
                    "line {number}: {text}; allowed: a list of what is to be seen, each item after -"
                ).format(number=number, text=line[:60])
            )
    return items


def _numbered(block: Block) -> Iterator[tuple[int, str]]:
    return ((number, line.rstrip()) for number, line in enumerate(block.lines, block.line + 1))
