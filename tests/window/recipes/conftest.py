"""Resources with something added, as if it came along."""

from functools import partial

import pytest
from own_resources import copied


@pytest.fixture
def added(tmp_path, monkeypatch):
    """Return a folder of resources that the program reads in place of its own; what is in it may be added to."""
    return partial(copied, place=tmp_path, monkeypatch=monkeypatch)
