"""The log of ``--debug``: what the program does, with times, threads and modules."""

import logging
import os
import platform
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from gradlab import __version__
from gradlab.folders import logs_folder

PREFIX = "debug-"
KEPT = 20  # of earlier logs; older ones are removed
FORMAT = "%(asctime)s.%(msecs)03d %(levelname)-7s %(threadName)s %(name)s: %(message)s"
log = logging.getLogger(__name__)


def begin(arguments: Sequence[str]) -> Path:
    """Start logging into a new file, and return its path.

    Raises:
        OSError: if the file cannot be written.
    """
    folder = logs_folder()
    folder.mkdir(parents=True, exist_ok=True)
    for old in sorted(folder.glob(f"{PREFIX}*.log"))[:-KEPT]:
        old.unlink(missing_ok=True)
    path = folder / f"{PREFIX}{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.log"
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(logging.Formatter(FORMAT, "%Y-%m-%d %H:%M:%S"))
    logging.getLogger().addHandler(handler)
    logging.getLogger("gradlab").setLevel(logging.DEBUG)
    logging.captureWarnings(True)
    log.info("GradLab %s, Python %s, %s", __version__, sys.version.split()[0], platform.platform())
    log.info("started with %s", list(arguments))
    return path


def path() -> Path | None:
    """Return the path of the log file; None if there is none."""
    files = (handler for handler in logging.getLogger().handlers if type(handler) is logging.FileHandler)
    return next((Path(handler.baseFilename) for handler in files), None)
