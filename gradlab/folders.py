"""The folders of a person's own files: settings, runs, lessons and logs."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import platformdirs

APP = "gradlab"
LOCK_SECONDS = 2.0  # changing a small file takes far less
PORTABLE = "portable"  # a file of this name beside the program keeps everything there
log = logging.getLogger(__name__)


def settings_folder() -> Path:
    """Return the folder of this person's settings; ``GRADLAB_DATA`` in the environment overrides it.

    A portable installation, as on a stick, keeps settings and runs beside the program: see :data:`PORTABLE`.
    """
    return _overridden() or platformdirs.user_config_path(APP, appauthor=False)


def runs_folder() -> Path:
    """Return the folder in which the window keeps its runs; ``GRADLAB_DATA`` overrides it too."""
    return (_overridden() or platformdirs.user_data_path(APP, appauthor=False)) / "runs"


def lessons_folder() -> Path:
    """Return the folder of this person's own lessons; ``GRADLAB_DATA`` overrides it too."""
    return runs_folder().parent / "lessons"


def logs_folder() -> Path:
    """Return the folder for logs; ``GRADLAB_DATA`` overrides it too."""
    overridden = _overridden()
    return overridden / "logs" if overridden else platformdirs.user_log_path(APP, appauthor=False)


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file, creating its folders; a crash leaves the old file or the new one, never half of one.

    Raises:
        OSError: if it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(f".{os.getpid()}.tmp")
    if isinstance(content, bytes):
        beside.write_bytes(content)
    else:
        beside.write_text(content, encoding="utf-8")
    beside.replace(path)


@contextmanager
def alone_with(path: Path) -> Iterator[None]:
    """Hold a file against other windows that change it, from reading it to writing it whole.

    Where nothing can be locked, as in a folder that is read-only, it goes on all the same: writing will say why.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(path.with_suffix(f"{path.suffix}.lock"), timeout=LOCK_SECONDS)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except (OSError, Timeout) as error:
        log.warning("%s cannot be locked: %s", path, error)
    try:
        yield
    finally:
        lock.release()


def _overridden() -> Path | None:
    folder = os.environ.get("GRADLAB_DATA")
    return Path(folder) if folder else _portable()


def _portable() -> Path | None:
    """Return the folder beside an installed program that is marked as portable."""
    if not getattr(sys, "frozen", False):
        return None
    beside = Path(sys.executable).resolve().parent
    bundle = next((parent for parent in beside.parents if parent.suffix == ".app"), None)
    if bundle is not None:  # nothing may be written into a signed bundle
        beside = bundle.parent
    return beside / "gradlab-data" if (beside / PORTABLE).is_file() else None
