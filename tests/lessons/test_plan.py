import pytest

from gradlab.lessons.plan import StepPlan
from gradlab.runs.speed import FASTEST, WATCH, Speed


def test_only_panels_of_the_step_open_with_a_view():
    step = StepPlan.model_validate({"panels": ["gradients", "data"], "gradients_view": "weights"})
    assert step.views == {"gradients": "weights"}


@pytest.mark.parametrize(
    ("given", "pace"),
    [
        ({}, None),
        ({"speed": "watch"}, WATCH),
        ({"speed": "fastest"}, FASTEST),
        ({"speed": "phase"}, Speed(1, by_phase=True)),
        ({"speed": 30}, Speed(30)),
        ({"speed": "30"}, Speed(30)),
    ],
)
def test_a_step_may_have_a_speed_of_its_own(given, pace):
    assert StepPlan.model_validate(given).pace == pace
