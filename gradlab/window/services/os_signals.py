"""Ctrl+C and SIGTERM close the window as a click would, so that the run is saved first."""

import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from PySide6.QtCore import QObject, QSocketNotifier, Slot
from PySide6.QtWidgets import QApplication


class SignalWatch(QObject):
    """Quits the application when a signal arrives.

    Python runs signal handlers only between two of its own instructions, and executes none while Qt waits for
    events. So each signal is also written to a socket, which wakes Qt up.

    Attributes:
        exit_code: 130 or 143 once a signal has arrived, 0 before.
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
        """Restore the handlers from before."""
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
    """Watch for signals inside the ``with`` block."""
    watch = SignalWatch(app)
    try:
        yield watch
    finally:
        watch.stop()
