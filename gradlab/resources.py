"""Finds themes, icons, sample data and experiments: in a checkout, a wheel or a frozen program."""

import sys
from pathlib import Path


def resource(*parts: str) -> Path:
    """Return the path of a file or folder below ``resources/``.

    Raises:
        FileNotFoundError: if it is missing from the installation.
    """
    package = Path(__file__).resolve().parent
    frozen = Path(getattr(sys, "_MEIPASS", package))
    roots = (frozen / "resources", package / "_resources", package.parent / "resources")
    for root in roots:
        path = root.joinpath(*parts)
        if path.exists():
            return path
    raise FileNotFoundError(f"resources/{'/'.join(parts)} is missing from this installation")
