"""Where things lie, and what the program is called."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "packaging"
SYSTEM = PACKAGING / "system"  # what the systems want to know of a program: menu entries, file types
BUILD = ROOT / "build" / "installer"
DIST = ROOT / "dist"
# The kind for NVIDIA cards is built where torch is the one for them; it has a version of its own.
CUDA = bool(os.environ.get("GRADLAB_CUDA"))
_FOUND = re.findall(r'__version__ = "(.*)"', (ROOT / "gradlab" / "__init__.py").read_text(encoding="utf-8"))
VERSION = f"{_FOUND[0]}+cuda" if CUDA else _FOUND[0]
TITLE = "GradLab"
SUMMARY = "See what one training step really does"
EPOCH_SECONDS = 1_767_225_600  # one moment for all files, so that the same source gives the same package


class BuildError(Exception):
    """One line that says why there is no installer."""


def say(text: str) -> None:
    """Tell what happens next."""
    print(f"installer: {text}", flush=True)


def command(*words: object, **options: object) -> str:
    """Run a program; return what it printed.

    Raises:
        BuildError: if it fails or is not there.
    """
    texts = [str(word) for word in words]
    try:
        done = subprocess.run(texts, check=False, capture_output=True, text=True, **options)  # type: ignore[call-overload]
    except FileNotFoundError:
        raise BuildError(f"{texts[0]} is not on this machine") from None
    if done.returncode != 0:
        raise BuildError(f"{' '.join(texts[:3])} … failed:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    return str(done.stdout)


def megabytes(*paths: Path) -> float:
    """Return how much files, and all files in folders, hold; links count nothing."""
    files = (file for path in paths for file in ([path] if path.is_file() else path.rglob("*")))
    return sum(file.stat().st_size for file in files if file.is_file() and not file.is_symlink()) / 1e6


def on(system: str) -> bool:
    """Tell whether this is ``linux``, ``win32`` or ``darwin``."""
    return sys.platform.startswith(system)
