from itertools import combinations
from typing import get_args

import pytest

from gradlab.lessons import files
from gradlab.lessons.plan import FlowView, Panel, StepPlan
from gradlab.window.lab.step_layout import FORM, rows
from gradlab.window.lessons.next_command import next_command
from gradlab.window.panels.flow.words import VIEWS

PANELS = [name for name in get_args(Panel) if name != FORM]


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_each_panel_has_one_place_and_there_are_few_rows(count):
    for panels in combinations(PANELS, count):
        placed = rows(panels)
        assert sorted(name for row in placed for name in row) == sorted(panels)
        if count <= 3 and not set(panels) <= {"gradients", "flow", "activations", "network", "compare"}:
            assert len(placed) <= 2  # three would be too low on a small screen


def test_lessons_know_the_views_of_the_flow_panel():
    assert get_args(FlowView) == tuple(view.name for view in VIEWS)


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
