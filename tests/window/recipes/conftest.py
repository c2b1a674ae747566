"""Resources with something added, as if it came along."""

import shutil
import sys

import pytest

from gradlab.resources import resource


@pytest.fixture
def added(tmp_path, monkeypatch):
    """Return a folder of resources that the program reads in place of its own; what is in it may be added to."""

    def added(kind):
        folder = tmp_path / "program" / "resources" / kind
        shutil.copytree(resource(kind), folder)
        monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path / "program"), raising=False)
        return folder

    return added
