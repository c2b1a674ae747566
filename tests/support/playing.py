"""Going through the run of a lesson as a person would, without a window."""

from gradlab.experiment.files import change
from gradlab.instruments.records import State
from gradlab.lessons.watcher import Watcher
from gradlab.runs.race import Race

PHASES = 20  # gone through one by one, as somebody who looks closely does
UPDATES = 20  # then so many updates


def runs_of(lesson):
    """Return each experiment of a lesson with the plans of all steps that look at it."""
    runs = []
    for step in lesson.steps:
        if step.experiment is not None:
            runs.append((step.experiment, []))
        if runs:
            runs[-1][1].append(step.plan)
    return runs


def play(experiment, plans, seed):
    """Train to the end; return each condition with whether it was seen on the way, or holds then as promised."""
    observe = [condition for plan in plans for condition in plan.observe]
    promise = [condition for plan in plans for condition in plan.promise]
    race = Race(change(experiment, "seed", experiment.seed + seed))
    watching = Watcher([*observe, *promise]).needs
    race.lanes.watch(watching.get("", frozenset()), watching)
    watcher, promises = Watcher(observe), Watcher(promise)
    for step in _steps(race):
        step()
        watcher.look(_snapshot(race))
    promises.look(_snapshot(race))
    return [*zip(observe, watcher.seen, strict=True), *zip(promise, promises.seen, strict=True)]


def _steps(race):
    taken = 0
    while not race.is_over:
        yield (
            race.step_phase
            if taken < PHASES
            else race.step_update
            if taken < PHASES + UPDATES
            else race.step_epoch
        )
        taken += 1


def _snapshot(race):
    return race.lanes.snapshot(at_rest=True, state=State.FINISHED if race.is_over else State.PAUSED)
