"""Exceptions that nothing caught: they are shown, and the program goes on."""

import logging
import traceback
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QMessageBox, QWidget

from gradlab.errors import InputError
from gradlab.language import tr
from gradlab.window.services.crash_log import CrashLog
from gradlab.window.services.dialogs import show_as_it_is

log = logging.getLogger(__name__)


class ExceptionReporter(QObject):
    """Logs and shows exceptions.

    Attributes:
        raised: carries text and details to the window's thread, whichever thread the exception is from.
    """

    raised = Signal(str, str)

    def __init__(self, window: QWidget, crash: CrashLog | None = None) -> None:
        super().__init__(window)
        self._window = window
        self._crash = crash
        self._box: QMessageBox | None = None
        self.raised.connect(self._show)

    def report(self, kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
        """Report an exception; takes the place of ``sys.excepthook``."""
        details = "".join(traceback.format_exception(kind, error, where))
        log.error("uncaught exception\n%s", details)
        if self._crash is not None:
            self._crash.note(details)
        if isinstance(error, InputError):
            details = ""
        self.raised.emit(str(error) or kind.__name__, details)

    @Slot(str, str)
    def _show(self, text: str, details: str) -> None:
        if self._box is not None:
            return  # One box is enough: what fails thirty times a second would bury the window.
        self._box = QMessageBox(
            QMessageBox.Icon.Critical,
            "GradLab",
            tr("Something went wrong, but GradLab goes on."),
            parent=self._window,
        )
        self._box.setInformativeText(text)
        self._box.setDetailedText(details)
        show_as_it_is(self._box)
        self._box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._box.finished.connect(self._forget)
        self._box.open()

    @Slot()
    def _forget(self) -> None:
        self._box = None
