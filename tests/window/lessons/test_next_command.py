import pytest

from gradlab.lessons import files
from gradlab.window.lessons.next_command import next_command


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
