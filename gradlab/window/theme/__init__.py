"""The theme in force, and its colours by name.

What asks for a colour while it paints needs nothing else; widgets that keep colours are ``themed.Themed``.
"""

from PySide6.QtGui import QColor

from gradlab.window.theme.tokens import Theme

_in_force: list[Theme] = []


def current() -> Theme:
    """Return the theme in force; the light one until another is chosen."""
    if not _in_force:
        _in_force.append(Theme.load("light"))
    return _in_force[0]


def use(theme: Theme) -> None:
    """Put a theme in force. Widgets take it with their next palette change."""
    _in_force[:] = [theme]


def color(token: str) -> QColor:
    """Return a colour of the theme in force; see ``Theme.color``."""
    return current().color(token)


def colors(token: str) -> list[QColor]:
    """Return a list of colours of the theme in force; see ``Theme.colors``."""
    return current().colors(token)


def class_color(number: int) -> QColor:
    """Return the colour of a class in the theme in force; see ``Theme.class_color``."""
    return current().class_color(number)
