from itertools import combinations

import pytest

from gradlab.panel_info import lesson_panels
from gradlab.window.lab.layout import FORM
from gradlab.window.lab.step_layout import rows, step_layout

PANELS = [info for name, info in lesson_panels().items() if name != FORM]


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_each_panel_has_one_place_and_there_are_few_rows(count):
    for panels in combinations(PANELS, count):
        placed = rows(panels)
        assert sorted(info.name for row in placed for info in row) == sorted(info.name for info in panels)
        if count <= 3 and not all(info.wide for info in panels):
            assert len(placed) <= 2  # three would be too low on a small screen


def test_what_a_step_is_about_gets_more_height():
    loss, data = (lesson_panels()[name] for name in ("loss", "compare"))
    assert [row.height for row in step_layout([loss, data]).rows] == [4, 3]
    assert [row.height for row in step_layout([data, loss]).rows] == [4, 3]
