"""The lab starts without any of the tricks that make it start fast."""

import pytest
from starting import started

from gradlab.startup import ALL, TRICKS


@pytest.mark.parametrize("trick", [*TRICKS, ALL])
def test_the_lab_starts_with_a_trick_switched_off(trick, tmp_path):
    start = started(f"-{trick}", str(tmp_path))
    assert 0 < start.window < start.update
