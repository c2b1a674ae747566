"""Icons drawn from a font, in the theme's colours."""

from functools import cache

import qtawesome
from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import QAbstractButton, QLabel
from qtawesome.iconic_font import IconicFont

from gradlab.window.theme.tokens import Theme

FAMILY = "ph"  # every glyph's name begins with it
_PROPERTY = "glyph"
Target = QAbstractButton | QAction | QLabel


def icon(glyph: str, theme: Theme, token: str = "text.normal") -> QIcon:
    """Return the icon called ``glyph`` (a QtAwesome name) in the colour of a token."""
    drawn: QIcon = _font().icon(glyph, color=theme.color(token), color_disabled=theme.color("text.disabled"))
    return drawn


@cache
def _font() -> IconicFont:
    """Load the one font that our icons are from: all that QtAwesome brings take a while."""
    return IconicFont(*(font for font in qtawesome._BUNDLED_FONTS if font[0] == FAMILY))


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
