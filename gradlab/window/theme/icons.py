"""Icons drawn from a font, in the theme's colours.

The font, Phosphor, lies whole in ``resources/fonts``, with the list of its glyphs: any of them can be used.
"""

import json
from functools import cache

from PySide6.QtCore import QObject, QRect, QSize, Qt
from PySide6.QtGui import QAction, QColor, QFont, QFontDatabase, QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractButton, QLabel

from gradlab.resources import resource
from gradlab.window.theme.tokens import Theme

FONT = "phosphor-1.3.0.ttf"
CHARACTERS = "phosphor-charmap-1.3.0.json"  # the code of each glyph, in hexadecimal digits, by its name
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


@cache
def _family() -> str:
    number = QFontDatabase.addApplicationFont(str(resource("fonts", "phosphor", FONT)))
    return QFontDatabase.applicationFontFamilies(number)[0]


@cache
def _characters() -> dict[str, str]:
    found: dict[str, str] = json.loads(resource("fonts", "phosphor", CHARACTERS).read_text(encoding="utf-8"))
    return found
