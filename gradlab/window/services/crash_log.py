"""A log for the worst: where the program was when it died. It is shown at the next start.

Python's faulthandler writes into a file that is open from the start on. Whoever ends in order takes the file away;
what is left, and is no longer in use, is of a program that crashed.
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
LONGEST = 100_000  # characters that are shown
log = logging.getLogger(__name__)


class CrashLog:
    """The file of this process; use it as a context manager around everything."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or settings_folder()
        name = f"{PREFIX}{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}"
        self._path = self._folder / f"{name}.log"
        self._lock = _lock_of(self._path)
        self._file: TextIO | None = None

    def __enter__(self) -> "CrashLog":
        """Begin to listen. A folder that cannot be written to must not keep the program from starting."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._lock.tryLock(0)
            self._file = self._path.open("w", encoding="utf-8")
            faulthandler.enable(self._file)
        except OSError as error:
            log.warning("no crash log: %s", error)
        return self

    def __exit__(self, *_: object) -> None:
        """End in order: there is nothing to tell."""
        if self._file is not None:
            faulthandler.disable()
            self._file.close()
            _remove(self._path)
        self._lock.unlock()

    def note(self, details: str) -> None:
        """Write down an exception that was survived: if the program dies later, it may be why."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.write(f"{details}\n")
                self._file.flush()

    def earlier(self) -> str:
        """Return what programs that crashed have left, and forget it; empty where none has."""
        left = [path for path in sorted(self._folder.glob(f"{PREFIX}*.log")) if path != self._path]
        told = [text for path in left if (text := _take(path))]
        return "\n\n".join(told)[-LONGEST:]


def _take(path: Path) -> str:
    """Return what a log tells, and remove it; nothing while its program is still running."""
    lock = _lock_of(path)
    if not lock.tryLock(0):
        return ""
    try:
        text = path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        text = ""
    _remove(path)
    lock.unlock()
    # Killed from outside it had no time to write anything: that is no crash.
    return f"{path.stem.removeprefix(PREFIX)} (GradLab {__version__})\n{text}" if text else ""


def _lock_of(path: Path) -> QLockFile:
    lock = QLockFile(str(path.with_suffix(".lock")))
    lock.setStaleLockTime(0)  # only the end of its process makes it stale, not its age
    return lock


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()
