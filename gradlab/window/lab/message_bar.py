"""The message above the panels."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout

from gradlab.instruments.records import Notice
from gradlab.language import tr
from gradlab.window.theme import icons
from gradlab.window.widgets.boxes import fill
from gradlab.window.widgets.icon_label import IconLabel
from gradlab.window.widgets.widgets import dismiss_button, label, push_button, restyle

NOTICE_GLYPHS = {
    "info": ("ph.info", "status.info"),
    "warning": ("ph.warning", "status.warning"),
    "error": ("ph.warning-circle", "status.error"),
}


class MessageBar(QFrame):
    """Shows what concerns the run as a whole, and leads to the place where something can be done about it.

    Attributes:
        led: emitted with the key of the setting to which the button leads.
        notice: what is shown; None while the bar is hidden.
        way: the button; hidden where it would lead nowhere.
    """

    led = Signal(str)

    def __init__(self, way_to: Callable[[str], str] = lambda key: "") -> None:
        """``way_to`` returns the words on the button that leads to a key; empty where there is no way."""
        super().__init__()
        self.setObjectName("message")
        self.notice: Notice | None = None
        self._way_to = way_to
        self._icon = IconLabel()
        self.text = label("", "messageText", wrap=True)
        self.way = push_button("")
        self.way.setProperty("small", "true")
        self.way.setToolTip(tr("Goes to the place where this can be changed."))
        self.way.clicked.connect(self._lead)
        close = dismiss_button(self.clear)
        parts = self._icon, (self.text, 1), self.way, close
        fill(QHBoxLayout(self), *parts, spacing=8, margins=(12, 6, 6, 6))
        self.hide()

    def show_notice(self, notice: Notice) -> None:
        """Show a notice."""
        self._icon.show_icon(icons.icon(*NOTICE_GLYPHS[notice.level]))
        self.notice = notice
        self.text.setText(tr(notice.text))
        self.setProperty("level", notice.level)
        words = self._way_to(notice.key)
        self.way.setText(words)
        self.way.setAccessibleName(words)
        self.way.setVisible(bool(words))
        restyle(self)
        self.show()

    def clear(self) -> None:
        """Remove the message and hide the bar."""
        self.notice = None
        self.text.clear()
        self.hide()

    def _lead(self) -> None:
        if self.notice is not None:
            self.led.emit(self.notice.key)
