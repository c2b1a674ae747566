"""Looks at own data in a thread of its own: large ones take a while, and the window answers meanwhile."""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from PySide6.QtCore import QObject, QTimer, Signal

from gradlab.errors import InputError
from gradlab.experiment.sections.data import Data
from gradlab.language import tr

Look = Callable[[Data], object]
CHECK_MS = 15
log = logging.getLogger(__name__)


class Surveyor(QObject):
    """Looks at data as the newest settings say; what was asked before is let go.

    Attributes:
        found: emitted with what was found, or with the InputError that says why there is nothing.
    """

    found = Signal(object)

    def __init__(self, look: Look, parent: QObject) -> None:
        super().__init__(parent)
        self._look = look
        self._thread = ThreadPoolExecutor(1, "survey")
        self._going: Future[object] | None = None
        self._waiting: Data | None = None
        self._timer = QTimer(self, interval=CHECK_MS)
        self._timer.timeout.connect(self._check)

    @property
    def is_busy(self) -> bool:
        """Whether an answer is still to come."""
        return self._timer.isActive()

    def ask(self, data: Data) -> None:
        """Ask for another look; what is found comes later."""
        self._waiting = data
        self._timer.start()
        self._begin()

    def close(self) -> None:
        """Let everything go that was asked."""
        self._timer.stop()
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _begin(self) -> None:
        if self._going is None and self._waiting is not None:
            self._going = self._thread.submit(self._look, self._waiting)
            self._waiting = None

    def _check(self) -> None:
        if self._going is None or not self._going.done():
            return
        answer, self._going = _answer(self._going), None
        if self._waiting is not None:
            self._begin()
            return
        self._timer.stop()
        self.found.emit(answer)


def _answer(done: Future[object]) -> object:
    error = done.exception()
    if error is None:
        return done.result()
    if isinstance(error, InputError):
        return error
    log.error("the data cannot be looked at", exc_info=error)
    return InputError(tr("They cannot be read: {reason}").format(reason=str(error) or type(error).__name__))
