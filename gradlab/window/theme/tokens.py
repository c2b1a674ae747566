"""The tokens of a theme: one file for the colours of widgets and plots alike."""

import tomllib
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtGui import QColor

from gradlab.resources import resource


@dataclass(frozen=True)
class Theme:
    """One theme's tokens.

    Attributes:
        name: its file's name: ``light`` or ``dark``.
        tokens: section → token → colour (or list of colours).
    """

    name: str
    tokens: dict[str, dict[str, Any]]
    _made: dict[str, QColor] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def load(cls, name: str) -> "Theme":
        """Read ``resources/themes/<name>.toml``."""
        text = resource("themes", f"{name}.toml").read_text(encoding="utf-8")
        tokens = tomllib.loads(text)
        tokens.pop("name")
        return cls(name, tokens)

    def color(self, token: str) -> QColor:
        """Return the colour of ``section.token``, e.g. ``series.train``; raises KeyError.

        A list takes an index, ``classes.colors.3``, which wraps around at its end.
        """
        made = self._made.get(token)
        if made is None:
            made = self._made[token] = self._read(token)
        return QColor(made)  # a copy: colours can be changed

    def _read(self, token: str) -> QColor:
        section, name, *number = token.split(".")
        found = self.tokens[section][name]
        return QColor(found[int(number[0]) % len(found)] if number else found)

    def colors(self, token: str) -> list[QColor]:
        """Return the list of colours of ``section.token``, e.g. ``classes.colors``."""
        section, _, name = token.partition(".")
        return [QColor(value) for value in self.tokens[section][name]]

    def class_color(self, number: int) -> QColor:
        """Return the colour of a class, which is the same everywhere."""
        colors = self.tokens["classes"]["colors"]
        return QColor(colors[number % len(colors)])
