"""Looks for what a lesson asks people to see, while one of its experiments goes on."""

from collections.abc import Callable, Iterable

from gradlab.experiment.schema import Experiment
from gradlab.instruments.records import Kinds, Snapshot
from gradlab.lessons.lesson import Lesson
from gradlab.lessons.plan import StepPlan
from gradlab.lessons.progress import Learners
from gradlab.lessons.watcher import Watcher


class LessonWatch:
    """Watches for all steps that share an experiment.

    What was seen once stays seen, and what a later step asks for may be over when people get there.
    """

    def __init__(self, learners: Learners) -> None:
        self._learners = learners
        self._lesson = ""
        self._watchers: dict[int, Watcher] = {}

    def begin(self, lesson: Lesson, step: int) -> None:
        """Watch for a step, from 0, and for those with the same experiment."""
        self._lesson = lesson.id
        self._watchers = {}
        for number, plan in steps_together(lesson, step):
            self._watchers[number] = watcher = Watcher(plan.observe)
            seen = self._learners.progress(lesson.id).seen.get(number, [])
            if len(seen) == len(plan.observe):
                watcher.seen = list(seen)

    def end(self) -> None:
        """Stop watching."""
        self._watchers = {}

    def look(self, snapshot: Snapshot) -> list[int]:
        """Return the steps for which a snapshot shows something new; the learner has then seen it."""
        news = [number for number, watcher in self._watchers.items() if watcher.look(snapshot)]
        for number in news:
            self._learners.see(self._lesson, number, self._watchers[number].seen)
        return news

    def seen(self, step: int) -> list[bool]:
        """Return for each thing to see in a step whether it was seen."""
        return self._watchers[step].seen


def steps_together(lesson: Lesson, step: int) -> list[tuple[int, StepPlan]]:
    """Return the steps through which the experiment of a step goes on, with their numbers."""
    experiment = experiment_of(lesson, step)
    return [
        (number, each.plan)
        for number, each in enumerate(lesson.steps)
        if experiment_of(lesson, number) is experiment
    ]


def experiment_of(lesson: Lesson, step: int) -> Experiment | None:
    """Return the experiment that goes on in a step: its own, or the latest before it."""
    opened = [each.experiment for each in lesson.steps[: step + 1] if each.experiment]
    return opened[-1] if opened else None


def parts_needed(lesson: Lesson, step: int, drawn: Callable[[Iterable[str]], Kinds]) -> dict[str, Kinds]:
    """Return the kinds of records that are needed as long as the experiment of a step goes on, by run.

    They are made from its start, and in every run: once a run has ended, what a later step shows, or what
    another run holds, can no longer be measured.

    Args:
        lesson: the lesson.
        step: one of its steps, from 0.
        drawn: returns the kinds of records that panels of these names draw.
    """
    experiment = experiment_of(lesson, step)
    steps = [plan for _, plan in steps_together(lesson, step)]
    shown = drawn(name for plan in steps for name in plan.panels)
    measured = frozenset(kind for kind in shown if not kind.at_any_time)
    needs = Watcher([condition for plan in steps for condition in plan.observe]).needs
    runs = ["", *(variant.name for variant in experiment.variants)] if experiment else []
    return needs | {run: needs.get(run, frozenset()) | measured for run in runs}
