"""The lessons that come along: what their texts claim can be seen, whatever the seed."""

import pytest
import torch
from playing import play, runs_of

from gradlab.experiment.files import change
from gradlab.lessons.conditions import More
from gradlab.lessons.files import built_in
from gradlab.runs.runner import Runner

LESSONS = built_in()
RUNS = {f"{lesson.id}-{number}": run for lesson in LESSONS for number, run in enumerate(runs_of(lesson), 1)}
COMPARING = [
    name
    for name, (_, plans) in RUNS.items()
    if any(isinstance(condition, More) for plan in plans for condition in plan.promise)
]


@pytest.mark.timeout(1200)  # for many seeds
@pytest.mark.parametrize("name", RUNS)
def test_what_a_lesson_claims_is_seen(name, request):
    seeds = request.config.getoption("--seeds")
    failed = {}
    for seed in range(seeds):
        for condition, holds in play(*RUNS[name], seed):
            if not holds:
                failed.setdefault(repr(condition), []).append(seed)
    # One odd seed in thirty is chance; a claim that fails more often is wrong.
    assert not {claim: odd for claim, odd in failed.items() if len(odd) > seeds // 30}


@pytest.mark.parametrize("name", COMPARING)
def test_no_difference_is_seen_where_there_is_none(name):
    """Otherwise the test above could not fail."""
    experiment, plans = RUNS[name]
    alike = [{"name": variant.name} for variant in experiment.variants]
    experiment = change(change(experiment, "variants", alike), "training.epochs", 2)
    assert not all(holds for _, holds in play(experiment, plans, 0))


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_every_experiment_is_watched_or_promises_something(lesson):
    for _, plans in runs_of(lesson):
        assert any(plan.observe or plan.promise for plan in plans)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_every_lesson_asks_something_and_is_short(lesson):
    text = lesson.told_in("en")
    assert any(step.predict or step.checks for step in text.steps)
    assert all(len(step.body.split()) < 200 for step in text.steps)
    assert len(text.truth.splitlines()) == 1


@pytest.mark.parametrize(("zero_to", "moves"), [("zeros", True), ("none", False)])
def test_a_layer_that_is_frozen_in_between_rolls_on_with_zeros_alone(zero_to, moves):
    experiment, _ = RUNS["none-or-zeros-2"]
    runner = Runner(change(experiment, "gradients.zero_to", zero_to))
    for _ in range(2):
        runner.step_epoch()
    runner.change(change(runner.run.experiment, "model.freeze", ("hidden1",)))
    runner.step_update()
    weights = runner.run.model.hidden1.weight
    before = weights.detach().clone()
    runner.step_update()
    assert torch.equal(weights, before) != moves
