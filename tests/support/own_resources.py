"""Resources with something added, as if it came along with the program."""

import shutil
import sys
from pathlib import Path

import pytest

from gradlab.resources import resource


def copied(kind: str, place: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Copy one kind of resources into ``place``, and let the program read that; return the folder to add to."""
    folder = place / "program" / "resources" / kind
    shutil.copytree(resource(kind), folder)
    monkeypatch.setattr(sys, "_MEIPASS", str(place / "program"), raising=False)
    return folder
