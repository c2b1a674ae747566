"""Icons drawn from a font, in the theme's colours.

The font and the names of its glyphs come with QtAwesome. Importing QtAwesome itself takes as long as everything
else that the window needs before people can see it.
"""

import json
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QObject, QRect, QSize, Qt
from PySide6.QtGui import QAction, QColor, QFont, QFontDatabase, QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractButton, QLabel

from gradlab.window.theme.tokens import Theme

FONT = "phosphor-1.3.0.ttf"
CHARACTERS = "phosphor-charmap-1.3.0.json"
FAMILY = "ph"  # every glyph's name begins with it
SHARE = 0.875  # of the icon's height: a font leaves room above and below
_PROPERTY = "glyph"
Target = QAbstractButton | QAction | QLabel


def icon(glyph: str, theme: Theme, token: str = "text.normal") -> QIcon:
    """Return the icon called ``glyph``, such as ``ph.flask``, in the colour of a token.

    Raises:
        KeyError: if the font has none of this name.
    """
    character = chr(int(_characters()[glyph.removeprefix(f"{FAMILY}.")], 16))
    return QIcon(GlyphEngine(character, theme.color(token), theme.color("text.disabled")))


def mark(target: Target, glyph: str, token: str = "text.normal") -> None:
    """Say which icon a button, an action or a label carries; ``paint`` draws it."""
    target.setProperty(_PROPERTY, f"{glyph} {token}")


def paint(root: QObject, theme: Theme) -> None:
    """Draw the marked icons of ``root`` and everything below it in the theme's colours."""
    for target in [root, *root.findChildren(QObject)]:
        marked = target.property(_PROPERTY)
        if not marked:
            continue
        glyph, token = marked.split()
        drawn = icon(glyph, theme, token)
        if isinstance(target, QLabel):
            target.setPixmap(drawn.pixmap(24, 24))
        elif isinstance(target, QAbstractButton | QAction):
            target.setIcon(drawn)


class GlyphEngine(QIconEngine):
    """Draws one character of the font, in any size and as sharp as the screen."""

    def __init__(self, character: str, color: QColor, disabled: QColor) -> None:
        super().__init__()
        self._character = character
        self._color = color
        self._disabled = disabled

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Draw the character into a rectangle."""
        font = QFont(_family())
        font.setPixelSize(max(1, round(rect.height() * SHARE)))
        painter.save()
        painter.setFont(font)
        painter.setPen(self._disabled if mode is QIcon.Mode.Disabled else self._color)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self._character)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Return the character on nothing."""
        drawn = QPixmap(size)
        drawn.fill(Qt.GlobalColor.transparent)
        painter = QPainter(drawn)
        self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        painter.end()
        return drawn

    def clone(self) -> QIconEngine:
        """Return an engine that draws the same."""
        return GlyphEngine(self._character, self._color, self._disabled)


def _fonts() -> Path:
    frozen = getattr(sys, "_MEIPASS", None)
    if frozen:  # the spec puts them there
        return Path(frozen, "qtawesome", "fonts")
    found = find_spec("qtawesome")
    assert found is not None
    assert found.submodule_search_locations
    return Path(found.submodule_search_locations[0], "fonts")


@cache
def _family() -> str:
    number = QFontDatabase.addApplicationFont(str(_fonts() / FONT))
    return QFontDatabase.applicationFontFamilies(number)[0]


@cache
def _characters() -> dict[str, str]:
    """Return the code of each glyph, in hexadecimal digits, by its name."""
    found: dict[str, str] = json.loads((_fonts() / CHARACTERS).read_text(encoding="utf-8"))
    return found
