"""Icons drawn from a font, in the theme's colours.

The font, Phosphor, lies whole in ``resources/fonts``, with the list of its glyphs: any of them can be used.
"""

import json
from functools import cache

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontDatabase, QIcon, QIconEngine, QPainter, QPixmap

from gradlab.resources import resource
from gradlab.window import theme

FONT = "phosphor-1.3.0.ttf"
CHARACTERS = "phosphor-charmap-1.3.0.json"  # the code of each glyph, in hexadecimal digits, by its name
FAMILY = "ph"  # every glyph's name begins with it
SHARE = 0.875  # of the icon's height: a font leaves room above and below


def icon(glyph: str, token: str = "text.normal") -> QIcon:
    """Return the icon called ``glyph``, such as ``ph.flask``; it has the colour of a token in the theme in force.

    Raises:
        KeyError: if the font has none of this name.
    """
    character = chr(int(_characters()[glyph.removeprefix(f"{FAMILY}.")], 16))
    return QIcon(GlyphEngine(character, token))


def square(token: str) -> QIcon:
    """Return an icon that is nothing but the colour of a token in the theme in force."""
    return QIcon(SquareEngine(token))


class GlyphEngine(QIconEngine):
    """Draws one character of the font, in any size and as sharp as the screen."""

    def __init__(self, character: str, token: str) -> None:
        super().__init__()
        self._character = character
        self._token = token

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Draw the character into a rectangle."""
        font = QFont(_family())
        font.setPixelSize(max(1, round(rect.height() * SHARE)))
        painter.save()
        painter.setFont(font)
        painter.setPen(theme.color("text.disabled" if mode is QIcon.Mode.Disabled else self._token))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self._character)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Return the character on nothing."""
        drawn = QPixmap(size)
        if drawn.isNull():  # a button that has no room yet
            return drawn
        drawn.fill(Qt.GlobalColor.transparent)
        painter = QPainter(drawn)
        self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        painter.end()
        return drawn

    def clone(self) -> QIconEngine:
        """Return an engine that draws the same."""
        return GlyphEngine(self._character, self._token)


class SquareEngine(QIconEngine):
    """Fills a square with the colour of a token."""

    def __init__(self, token: str) -> None:
        super().__init__()
        self._token = token

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Fill a rectangle."""
        painter.fillRect(rect, theme.color(self._token))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Return a filled picture."""
        drawn = QPixmap(size)
        drawn.fill(theme.color(self._token))
        return drawn

    def clone(self) -> QIconEngine:
        """Return an engine that draws the same."""
        return SquareEngine(self._token)


@cache
def _family() -> str:
    number = QFontDatabase.addApplicationFont(str(resource("fonts", "phosphor", FONT)))
    return QFontDatabase.applicationFontFamilies(number)[0]


@cache
def _characters() -> dict[str, str]:
    found: dict[str, str] = json.loads(resource("fonts", "phosphor", CHARACTERS).read_text(encoding="utf-8"))
    return found
