"""The message above the panels."""

from PySide6.QtWidgets import QFrame, QHBoxLayout

from gradlab.instruments.records import Notice
from gradlab.language import tr
from gradlab.window.theme import icons
from gradlab.window.widgets.boxes import fill
from gradlab.window.widgets.icon_label import IconLabel
from gradlab.window.widgets.widgets import dismiss_button, label, restyle

NOTICE_GLYPHS = {
    "info": ("ph.info", "status.info"),
    "warning": ("ph.warning", "status.warning"),
    "error": ("ph.warning-circle", "status.error"),
}


class MessageBar(QFrame):
    """Shows what concerns the run as a whole.

    Attributes:
        notice: what is shown; None while the bar is hidden.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("message")
        self.notice: Notice | None = None
        self._icon = IconLabel()
        self.text = label("", "messageText", wrap=True)
        close = dismiss_button(self.clear)
        fill(QHBoxLayout(self), self._icon, (self.text, 1), close, spacing=8, margins=(12, 6, 6, 6))
        self.hide()

    def show_notice(self, notice: Notice) -> None:
        """Show a notice."""
        self._icon.show_icon(icons.icon(*NOTICE_GLYPHS[notice.level]))
        self.notice = notice
        self.text.setText(tr(notice.text))
        self.setProperty("level", notice.level)
        restyle(self)
        self.show()

    def clear(self) -> None:
        """Remove the message and hide the bar."""
        self.notice = None
        self.text.clear()
        self.hide()
