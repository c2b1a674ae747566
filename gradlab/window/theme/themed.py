"""Widgets that keep colours, and replace them when the theme changes."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent

from gradlab.window import theme
from gradlab.window.theme.tokens import Theme

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget
else:
    QWidget = object  # a second Qt class among its bases would confuse PySide


class Themed(QWidget):
    """What a widget class inherits, before its Qt class, if it keeps colours of the theme."""

    _worn: Theme | None = None

    def wear(self) -> None:
        """Apply the theme in force: at the end of ``__init__``, and at each change of theme."""
        self._worn = theme.current()
        self.dress()

    def dress(self) -> None:
        """Replace every colour that the widget keeps."""

    def changeEvent(self, event: QEvent) -> None:
        """Apply another theme. Style sheets and parents change the palette as well."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._worn not in (None, theme.current()):
            self.wear()
