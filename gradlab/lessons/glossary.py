"""The terms of the field, explained: ``resources/glossary``, with a text for each language."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from gradlab.experiment.sections.base import Section
from gradlab.language import ENGLISH
from gradlab.lessons.plan import PanelName
from gradlab.resources import resource

_HEADING = re.compile(r"^## +(.+)$", re.MULTILINE)


class TermFacts(Section):
    """The facts about a term besides its text.

    Attributes:
        code: its name in PyTorch, the same in every language; empty if it has none.
        panels: the panels that show it; ``lessons``: the ids of those that teach it.
    """

    id: str
    code: str = ""
    panels: tuple[PanelName, ...] = Field((), strict=False)
    lessons: tuple[str, ...] = Field((), strict=False)


class GlossaryFile(Section):
    """The file glossary.toml."""

    terms: tuple[TermFacts, ...] = Field(strict=False)


@dataclass(frozen=True)
class Term:
    """A term in one language; ``text`` is Markdown."""

    place: TermFacts
    title: str
    text: str

    def is_about(self, words: str) -> bool:
        """Return whether it contains all of these words, ignoring case."""
        everything = f"{self.title} {self.text} {self.place.code}".casefold()
        return all(word in everything for word in words.casefold().split())


def terms(language: str) -> list[Term]:
    """Return all terms in a language, or in English if it has no text; each after those that it builds on."""
    folder = resource("glossary")
    places = GlossaryFile.model_validate(
        tomllib.loads((folder / "glossary.toml").read_text(encoding="utf-8"))
    ).terms
    told = _sections(_text(folder, (language, ENGLISH)))
    return [Term(place, title, text) for place, (title, text) in zip(places, told, strict=True)]


def _text(folder: Path, languages: Iterable[str]) -> str:
    paths = [folder / f"text.{language}.md" for language in languages]
    return next(path for path in paths if path.exists()).read_text(encoding="utf-8")


def _sections(text: str) -> list[tuple[str, str]]:
    _, *parts = _HEADING.split(text)
    return [(title.strip(), body.strip()) for title, body in zip(parts[::2], parts[1::2], strict=True)]
