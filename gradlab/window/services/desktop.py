"""Without a desktop there is no window: one line says so, where Qt would abort the program.

Only on Linux may a desktop be missing. Nothing here imports Qt at once.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from PySide6.QtCore import QMessageLogContext, QtMsgType

NONE = 2  # the exit code
PLACES = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")  # where Qt is told what to draw on
T = TypeVar("T")
log = logging.getLogger(__name__)


def is_named() -> bool:
    """Return whether the environment names a desktop; whether it is there, only Qt finds out."""
    return sys.platform != "linux" or any(os.environ.get(place) for place in PLACES)


def tell_of_none(reason: str = "") -> None:
    """Say in one line that there is no desktop."""
    why = f" ({' '.join(reason.split())})" if reason else ""
    if sys.stderr is not None:  # a program without a terminal has none
        sys.stderr.write(f"gradlab: the window needs a desktop{why}; gradlab run works without one\n")
        sys.stderr.flush()


def on_desktop(make: Callable[[], T], leave: Callable[[], object] = lambda: None) -> T:
    """Return the application that ``make`` makes.

    Where no desktop can be reached, say so in a line, call ``leave``, and end the program.
    """
    if sys.platform != "linux":
        return make()
    from PySide6.QtCore import QtMsgType, qInstallMessageHandler

    said: list[str] = []

    def hear(kind: QtMsgType, _: QMessageLogContext, text: str) -> None:
        # The first words name the cause; after the last, which are fatal, Qt would abort.
        if kind == QtMsgType.QtFatalMsg:
            tell_of_none(said[0] if said else text)
            leave()
            os._exit(NONE)
        if kind not in (QtMsgType.QtInfoMsg, QtMsgType.QtDebugMsg):
            said.append(text)

    before = qInstallMessageHandler(hear)
    try:
        return make()
    finally:
        qInstallMessageHandler(before)
        for text in said:  # it went well in the end
            log.info("Qt: %s", text)
