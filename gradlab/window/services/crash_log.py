"""The crash log: where the program was when it died, shown at the next start.

Python's faulthandler writes into a file that is open all the time. A program that ends normally removes its file,
so a file that is left and no longer in use is from a program that crashed.
"""

import contextlib
import faulthandler
import logging
import os
import time
from pathlib import Path
from typing import TextIO

from PySide6.QtCore import QLockFile

from gradlab import __version__
from gradlab.folders import settings_folder

PREFIX = "crash-"
LONGEST = 100_000  # characters shown
log = logging.getLogger(__name__)


class CrashLog:
    """The log of this process; a context manager around the whole program."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or settings_folder()
        name = f"{PREFIX}{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}"
        self._path = self._folder / f"{name}.log"
        self._lock = _lock_of(self._path)
        self._file: TextIO | None = None

    def __enter__(self) -> "CrashLog":
        """Open the log. If the folder is not writable, the program starts without one."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._lock.tryLock(0)
            self._file = self._path.open("w", encoding="utf-8")
            faulthandler.enable(self._file)
        except OSError as error:
            log.warning("no crash log: %s", error)
        return self

    def __exit__(self, *_: object) -> None:
        """Remove the log: the program has ended normally."""
        if self._file is not None:
            faulthandler.disable()
            self._file.close()
            _remove(self._path)
        self._lock.unlock()

    def note(self, details: str) -> None:
        """Note an exception that the program survived; if it dies later, this may be why."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.write(f"{details}\n")
                self._file.flush()

    def earlier(self) -> str:
        """Return the logs of programs that crashed, and remove them; empty if there are none."""
        left = [path for path in sorted(self._folder.glob(f"{PREFIX}*.log")) if path != self._path]
        told = [text for path in left if (text := _take(path))]
        return "\n\n".join(told)[-LONGEST:]


def _take(path: Path) -> str:
    """Return the text of a log, and remove it; empty while its program is still running."""
    lock = _lock_of(path)
    if not lock.tryLock(0):
        return ""
    try:
        text = path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        text = ""
    _remove(path)
    lock.unlock()
    # A program that was killed has written nothing: that is no crash.
    return f"{path.stem.removeprefix(PREFIX)} (GradLab {__version__})\n{text}" if text else ""


def _lock_of(path: Path) -> QLockFile:
    lock = QLockFile(str(path.with_suffix(".lock")))
    lock.setStaleLockTime(0)  # stale when its process has ended, however old it is
    return lock


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()
