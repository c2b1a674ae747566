"""``gradlab doctor``: what is installed, what this machine offers, and what is missing."""

import argparse
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import Any

PACKAGES = ("PySide6_Essentials", "pyqtgraph")  # only the window needs them


def add_to(commands: "argparse._SubParsersAction[Any]") -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("doctor", help="print versions, devices, threads and what is missing")
    parser.set_defaults(command=_doctor)


def _doctor(_: argparse.Namespace) -> int:
    import torch

    from gradlab.runs.folder import versions
    from gradlab.training.device import devices

    rows = {
        **versions(),
        **{package: _version(package) for package in PACKAGES},
        "devices": ", ".join(devices()),
        "threads": str(torch.get_num_threads()),
    }
    sys.stdout.writelines(f"{name:20} {value}\n" for name, value in rows.items())
    return 0


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "missing: the window cannot open"
