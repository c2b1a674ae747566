"""The tools beside the program, imported as they are run."""

import importlib
import sys
from pathlib import Path

import pytest

PACKAGING = Path(__file__).resolve().parents[2] / "packaging"


@pytest.fixture
def part(request, monkeypatch):
    """Return a function that imports a module of the tool that a file is about: its TOOL."""
    tool = request.module.TOOL
    monkeypatch.syspath_prepend(str(PACKAGING))
    yield lambda name: importlib.import_module(f"{tool}.{name}")
    for name in [name for name in sys.modules if name.partition(".")[0] == tool]:
        del sys.modules[name]
