"""What is added with one file, for each of the recipes."""

import pytest
from toy_entries import TOYS, added


@pytest.fixture(params=TOYS, ids=lambda toy: toy.name)
def toy(request, tmp_path):
    """Each toy in turn, while its file is there."""
    (tmp_path / "added").mkdir()
    with added(request.param, tmp_path / "added"):
        yield request.param
