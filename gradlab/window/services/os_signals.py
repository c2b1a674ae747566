"""Ctrl+C and SIGTERM close the window as a click would: the run is written down first."""

import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from PySide6.QtCore import QObject, QSocketNotifier, Slot
from PySide6.QtWidgets import QApplication


class SignalWatch(QObject):
    """Closes all windows when a signal has come.

    Python runs its handlers between two of its own instructions, and while Qt waits for events there are none:
    so the arrival of a signal is also written into a socket, which wakes Qt up.

    Attributes:
        exit_code: 130 or 143 once a signal has come, 0 before.
    """

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self.exit_code = 0
        self._app = app
        self._awake, self._wake = socket.socketpair()
        self._awake.setblocking(False)
        self._wake.setblocking(False)
        self._notifier = QSocketNotifier(self._awake.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._close_windows)
        self._fd_before = signal.set_wakeup_fd(self._wake.fileno())
        self._before = {
            number: signal.signal(number, self._note) for number in (signal.SIGINT, signal.SIGTERM)
        }

    def stop(self) -> None:
        """Leave signals to whoever had them before."""
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._fd_before)
        self._notifier.setEnabled(False)
        self._awake.close()
        self._wake.close()
        self.deleteLater()

    def _note(self, number: int, _: FrameType | None) -> None:
        self.exit_code = 128 + number
        signal.signal(number, signal.SIG_DFL)  # a second one ends the process at once

    @Slot()
    def _close_windows(self) -> None:
        self._awake.recv(64)
        self._app.quit()


@contextmanager
def watched_signals(app: QApplication) -> Iterator[SignalWatch]:
    """Watch signals for as long as the application runs."""
    watch = SignalWatch(app)
    try:
        yield watch
    finally:
        watch.stop()
