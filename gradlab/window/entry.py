"""The way into the window. Nothing here imports Qt at once: on Windows torch has to come first."""

import importlib
import os
import signal
import sys
from functools import cache
from pathlib import Path

from gradlab.startup import collector, imports
from gradlab.window.services import desktop


def main(argv: list[str]) -> int:
    """Open the window, with a file if ``argv`` names one; return the exit code: 2 without a desktop."""
    # Until the window watches for it, Ctrl+C just ends the program: there is nothing to save yet, and an exception
    # in the middle of Qt's own work would crash it.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if not desktop.is_named():
        desktop.tell_of_none()
        return desktop.NONE
    begin()
    from gradlab.window.application import run

    return run(argv)


def begin() -> None:
    """Load what must be there before anything else, in the order that it needs."""
    collector.rest()  # until the trainer has loaded everything
    _load_torch_before_qt()
    _load_qt()


def _load_qt() -> None:
    importlib.import_module("PySide6.QtCore")
    imports.put_back()


def _load_torch_before_qt() -> None:
    """Load torch first on Windows, where its libraries fail to load after Qt's (WinError 1114)."""
    if sys.platform == "win32":
        importlib.import_module("torch")


def selftest() -> int:
    """Test this installation in a window; return the exit code: 0 fine, 1 if something does not work."""
    begin()
    from gradlab.window.selftest import main as try_out

    return try_out()


def write_pdf(markdown: str, pictures: Path, path: Path) -> None:
    """Write a hand-out without opening a window; see ``gradlab.window.services.pdf``."""
    from gradlab.window.services import pdf

    _without_window()
    pdf.write_pdf(markdown, pictures, path)


@cache
def _without_window() -> object:
    """Return the application that Qt needs to set text; on Linux one that needs no screen."""
    from PySide6.QtGui import QGuiApplication

    from gradlab.window.theme.fonts import keep_silent

    keep_silent()
    if sys.platform == "linux":
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    return QGuiApplication.instance() or QGuiApplication(["gradlab"])
