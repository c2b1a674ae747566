"""Words in people's tables that mean something to GradLab: gaps, units, names of columns."""

import tomllib
from functools import cache

from gradlab.resources import resource


@cache
def known(kind: str) -> tuple[str, ...]:
    """Return the words of one kind, a key of ``resources/tables/words.toml``."""
    words: tuple[str, ...] = tuple(_all()[kind])
    return words


@cache
def _all() -> dict[str, list[str]]:
    return tomllib.loads(resource("tables", "words.toml").read_text("utf-8"))
