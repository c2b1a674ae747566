from gradlab.lessons.plan import StepPlan


def test_only_panels_of_the_step_open_with_a_view():
    step = StepPlan.model_validate({"panels": ["gradients", "data"], "gradients_view": "weights"})
    assert step.views == {"gradients": "weights"}
