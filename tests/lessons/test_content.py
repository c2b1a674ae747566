"""The lessons that come along: what their texts claim can be seen, whatever the seed."""

import pytest
from playing import play, runs_of

from gradlab.experiment.files import change
from gradlab.experiment.variants import singles
from gradlab.lessons.conditions import More
from gradlab.lessons.files import built_in
from gradlab.runs.race import Race
from gradlab.runs.recorded_run import RecordedRun

LESSONS = built_in()
LONGEST_SECONDS = 40  # that a run takes to its end; what is to be observed comes earlier
RUNS = {f"{lesson.id}-{number}": run for lesson in LESSONS for number, run in enumerate(runs_of(lesson), 1)}
COMPARING = [
    name
    for name, (_, plans) in RUNS.items()
    if any(isinstance(condition, More) for plan in plans for condition in plan.promise)
]


@pytest.mark.timeout(1200)  # for many seeds
@pytest.mark.unmeasured
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


@pytest.mark.parametrize("name", RUNS)
def test_what_is_to_be_observed_comes_at_a_pace_of_its_own_and_soon(name):
    experiment, plans = RUNS[name]
    runs = [lane.observed.run for lane in Race(experiment).lanes]
    updates = max(run.optimizer.total_updates for run in runs)
    for plan in plans:
        assert plan.pace is not None or not plan.observe
        if plan.pace is not None and plan.pace.per_second and not plan.pace.by_phase:
            assert updates / plan.pace.per_second < LONGEST_SECONDS


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_every_lesson_asks_something_and_is_short(lesson):
    text = lesson.text_in("en")
    assert any(step.predict or step.checks for step in text.steps)
    assert all(len(step.body.split()) < 200 for step in text.steps)
    assert len(text.truth.splitlines()) == 1


@pytest.mark.parametrize(("number", "least", "most"), [(1, 0.08, 0.5), (2, 0.1, 0.25), (3, 0.04, 0.2)])
def test_a_head_that_is_no_longer_used_moves_on_with_zeros_alone(number, least, most):
    experiment, _ = RUNS[f"none-or-zeros-{number}"]
    for single in singles(experiment):
        runner = RecordedRun(single.experiment)
        while runner.run.counters.updates < single.experiment.model.head_a_updates:
            runner.step_update()
        before = runner.run.model.head_a.weight.detach().clone()
        while runner.ending is None:
            runner.step_epoch()
        after = runner.run.model.head_a.weight.detach()
        moved = float((after - before).norm() / before.norm())
        assert moved == 0 if single.folder == ("None",) else least < moved < most
