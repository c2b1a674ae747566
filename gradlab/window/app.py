"""The way into the window. Nothing here imports Qt before torch may have to be loaded."""

import importlib
import sys


def main(argv: list[str]) -> int:
    """Open the window, with an experiment file where ``argv`` names one; return the exit code."""
    _load_torch_before_qt()
    from gradlab.window.application import run

    return run(argv)


def _load_torch_before_qt() -> None:
    """On Windows torch's libraries fail to load once Qt has loaded its own (WinError 1114)."""
    if sys.platform == "win32":
        importlib.import_module("torch")


def selftest() -> int:
    """Try out this installation in a window; return the exit code: 0 fine, 1 where something does not work."""
    _load_torch_before_qt()
    from gradlab.window.selftest import main as try_out

    return try_out()
