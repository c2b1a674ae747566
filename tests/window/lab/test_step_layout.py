from itertools import combinations

import pytest

from gradlab.lessons import files
from gradlab.lessons.plan import StepPlan
from gradlab.panel_info import lesson_panels
from gradlab.window.lab.layout import FORM
from gradlab.window.lab.step_layout import rows, step_layout
from gradlab.window.lessons.next_command import next_command
from gradlab.window.panels.flow.words import VIEWS

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


def test_each_view_of_the_flow_panel_has_a_name_for_lessons():
    assert len(lesson_panels()["flow"].views) == len(VIEWS)


def test_only_panels_of_the_step_open_with_a_view():
    step = StepPlan.model_validate({"panels": ["gradients", "data"], "gradients_view": "weights"})
    assert step.views == {"gradients": "weights"}


@pytest.mark.parametrize(
    ("lesson", "step", "command"),
    [
        ("whiteboard", 0, "step_phase"),
        ("where-zero-grad", 0, "step_batch"),
        ("epochs", 0, "step_epoch"),
        ("epochs", 1, "run"),
        ("why-zero", 0, "run"),
    ],
)
def test_the_command_that_is_offered_brings_about_what_is_to_be_seen(lesson, step, command):
    (found,) = [each for each in files.built_in() if each.id == lesson]
    assert next_command(found.steps[step].plan.observe) == command
