"""A label that shows an icon, in the colours of the theme in force."""

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QLabel

from gradlab.window.theme.themed import Themed


class IconLabel(Themed, QLabel):
    """Shows one of ``theme.icons``; nothing at first."""

    def __init__(self, name: str = "", size: int = 24) -> None:
        """Look as the style sheet says for ``name``; ``size`` is the icon's, in pixels."""
        super().__init__()
        self.setObjectName(name)
        self._icon = QIcon()
        self._size = size
        self.wear()

    def show_icon(self, icon: QIcon) -> None:
        """Show an icon instead."""
        self._icon = icon
        self.dress()

    def dress(self) -> None:
        """Draw the icon again: a label keeps its picture."""
        if not self._icon.isNull():
            self.setPixmap(self._icon.pixmap(self._size, self._size))
