"""Finds words in the texts of a language that do not mean there what they are meant to say; see ``terms.toml``."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from babel.messages.pofile import read_po

TERMS = Path(__file__).with_name("terms.toml")


def unwanted(root: Path) -> Iterator[str]:
    """Yield a line for each word of the list that stands in a lesson, in the glossary or in a catalog."""
    for language, terms in tomllib.loads(TERMS.read_text(encoding="utf-8")).items():
        patterns = {_pattern(word): better for word, better in terms.items()}
        for place, text in _texts(root / "resources", language):
            for pattern, better in patterns.items():
                if found := pattern.search(text):
                    yield f"{place}: “{found[0]}”; better: {better}"


def _pattern(word: str) -> re.Pattern[str]:
    # A space of any width, as before a per cent sign.
    return re.compile(re.escape(word).replace(re.escape("{d}"), r"\d").replace(r"\ ", r"\s"))


def _texts(resources: Path, language: str) -> Iterator[tuple[str, str]]:
    """Yield the lines of the lessons and of the glossary, and the translations, each with its place."""
    for path in sorted(resources.glob(f"*/**/text.{language}.md")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            yield f"{path.relative_to(resources.parent).as_posix()}:{number}", line
    for path in sorted((resources / "translations" / language).glob("LC_MESSAGES/*.po")):
        with path.open("rb") as file:
            for message in read_po(file):
                forms = (message.string,) if isinstance(message.string, str) else message.string or ()
                for form in forms:
                    yield f"{path.relative_to(resources.parent).as_posix()}:{message.lineno}", form
