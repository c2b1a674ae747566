"""The command line in processes of its own, the file that it is given, and the tables that it writes."""

import csv
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

SECONDS_TO_STOP = 20
# Becomes the command that follows, which gets SIGTERM (15) when whoever started it is gone (1: PR_SET_PDEATHSIG).
END_WITH_PARENT = (
    "import ctypes, os, sys; ctypes.CDLL(None).prctl(1, 15); os.execv(sys.argv[1], sys.argv[1:])"
)


def command(*arguments: object) -> list[str]:
    """Return what starts ``gradlab`` with these arguments."""
    return [sys.executable, "-m", "gradlab", *map(str, arguments)]


def gradlab(*arguments: object, **options: object) -> subprocess.CompletedProcess[str]:
    """Run ``gradlab`` to its end."""
    return subprocess.run(
        command(*arguments), check=False, capture_output=True, text=True, timeout=100, **options
    )


@contextmanager
def running(arguments: list[str], **options: object) -> Iterator[subprocess.Popen[str]]:
    """Start a command that is stopped meanwhile, in a group of its own; nothing of it outlives the test.

    It is asked to stop first, for what it started to end with it; on Linux also where somebody kills the tests.
    """
    starter = [sys.executable, "-c", END_WITH_PARENT] if sys.platform == "linux" else []
    with subprocess.Popen([*starter, *arguments], text=True, start_new_session=True, **options) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
                with suppress(subprocess.TimeoutExpired):
                    process.communicate(timeout=SECONDS_TO_STOP)
            if os.name != "nt":
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)


def wait_for_rows(process: subprocess.Popen[str], path: Path, count: int) -> None:
    """Wait until a table has so many rows below its header, written by a process that still goes on."""
    deadline = time.monotonic() + 60
    while not (path.exists() and len(path.read_text(encoding="utf-8").splitlines()) > count):
        assert time.monotonic() < deadline, f"{path.name} did not get {count} rows"
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)


def write_experiment(folder: Path, text: str) -> Path:
    """Write an experiment file; return its path."""
    path = folder / "experiment.toml"
    path.write_text(text, encoding="utf-8")
    return path


def table(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table, each by its column's name."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
