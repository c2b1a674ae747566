"""Leads through a lesson: opens its experiments, arranges the panels, watches the run, notes what was done."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from PySide6.QtCore import QObject, Signal, Slot

from gradlab.experiment.schema import Experiment
from gradlab.instruments.records import Frame, State
from gradlab.language import current, sentences, tr, trn
from gradlab.lessons.catalogue import Catalogue
from gradlab.lessons.conditions import AtPhase, Condition, Reached
from gradlab.lessons.lesson import Lesson
from gradlab.lessons.plan import StepPlan
from gradlab.lessons.progress import PREDICT, Learners, open_steps, questions
from gradlab.lessons.text import Text
from gradlab.lessons.watcher import Watcher
from gradlab.window.lab.page import LabPage
from gradlab.window.lab.panel_dock import PanelDock
from gradlab.window.lab.step_layout import Arrangement
from gradlab.window.lessons.lane_bar import LaneBar
from gradlab.window.lessons.lesson_panel import LessonPanel
from gradlab.window.lessons.step_view import EndView, StepView

FEW_UPDATES = 3
AT_ANY_TIME = {"curves", "data", "landscape"}  # parts that can be had of a run that rests
# What panels open with where no lesson says it.
FREE = StepPlan.model_validate({"panels": ["flow", "gradients"]})
SAME_FOR_ALL = {"loss", "compare"}  # panels that show every run at once


@dataclass(frozen=True)
class Place:
    """A step of a lesson, from 0; the number of steps stands for the end."""

    lesson: str
    step: int = 0


class Guide(QObject):
    """The lesson in the lab.

    Attributes:
        wants_path: the list of lessons is wanted; ``wants_lesson`` comes with the id of a lesson.
        moved: emitted with the new Place.
        lesson: None while there is none.
        step: where in it people are, from 0.
    """

    wants_path = Signal()
    wants_lesson = Signal(str)
    moved = Signal(object)

    def __init__(self, lab: LabPage, catalogue: Catalogue, learners: Learners) -> None:
        super().__init__(lab)
        self._lab = lab
        self._catalogue = catalogue
        self._learners = learners
        self.lesson: Lesson | None = None
        self.step = 0
        self._opened: Experiment | None = None
        self._sides_due = False
        self._state = State.LOADING
        self._after_run = -1  # frames of runs up to this number are of an experiment before
        self._watchers: dict[int, Watcher] = {}
        self.panel = LessonPanel(lab.bench.docks["experiment"].toggleViewAction())
        self.lanes = LaneBar()
        self._arrangement = Arrangement(lab.bench)
        lab.guide_with(self.panel, self.lanes)
        self.panel.hide()
        self.panel.wants_back.connect(self.back)
        self.panel.wants_next.connect(self.next)
        self.panel.wants_path.connect(self.wants_path)
        self.lanes.chosen.connect(lab.bench.desk.lane_wanted)
        lab.frame_shown.connect(self._look)

    @property
    def place(self) -> Place | None:
        """Where people are; None where there is no lesson."""
        return Place(self.lesson.id, self.step) if self.lesson else None

    def begin(self, lesson: Lesson, step: int, *, keep_run: bool = False) -> None:
        """Begin a lesson at a step, from 0.

        Args:
            lesson: which one.
            step: where in it.
            keep_run: the step's experiment is in the lab already, and goes on.
        """
        self.lesson = lesson
        self._opened = self._experiment_of(step) if keep_run else None
        self._lab.guided = True
        self.panel.show()
        self.go_to(step)

    def end(self) -> None:
        """Leave the lab to itself, as it was before."""
        if self.lesson is None:
            return
        self.lesson = None
        self._lab.guided = False
        self._watchers = {}
        self.panel.hide()
        self.lanes.wanted = False
        self.lanes.hide()
        self._lab.watch_list.need({})
        self._arrangement.end()
        self._choose_views(self._lab.bench.docks.values(), FREE)

    def go_to(self, step: int) -> None:
        """Show a step, or the end."""
        lesson = self._begun()
        self.step = min(max(step, 0), len(lesson.steps))
        self._learners.go_to(lesson.id, self.step)
        if self.step == len(lesson.steps):
            self._learners.finish(lesson.id)
            self._show_end()
        else:
            self._show_step()
        self.moved.emit(self.place)

    @Slot()
    def next(self) -> None:
        """Go on: nobody is held up by what is still open."""
        if self.lesson and self.step < len(self.lesson.steps):
            self.go_to(self.step + 1)

    @Slot()
    def back(self) -> None:
        """Go back a step; the run stays as it is where the step before has the same experiment."""
        if self.lesson and self.step > 0:
            self.go_to(self.step - 1)

    def arrange(self) -> None:
        """Put the panels of this step back in their places."""
        plan = self._plan()
        self._arrangement.show(plan.panels)
        self._sides_due = plan.side_by_side
        self.lanes.wanted = bool(set(plan.panels) - SAME_FOR_ALL)
        if self._is_current(self._lab.frame):
            self._show_lanes(self._lab.frame)

    def _begun(self) -> Lesson:
        assert self.lesson is not None
        return self.lesson

    def _plan(self) -> StepPlan:
        """Return what this step shows; at the end, what the last one did."""
        steps = self._begun().steps
        return steps[min(self.step, len(steps) - 1)].plan

    def _told(self) -> Text:
        return self._begun().told_in(current())

    def _experiment_of(self, step: int) -> Experiment | None:
        """Return the experiment that goes on in a step: its own, or the latest before it."""
        opened = [each.experiment for each in self._begun().steps[: step + 1] if each.experiment]
        return opened[-1] if opened else None

    def _show_step(self) -> None:
        lesson, told = self._begun(), self._told()
        way = way_on(lesson.steps[self.step].plan.observe)
        action = getattr(self._lab.commands, way)
        kind = "primary" if way == "run" else ""
        view = StepView(told.steps[self.step], lesson.folder, action, kind)
        view.answered.connect(self._take_answer)
        view.wants_lesson.connect(self.wants_lesson)
        self._watch()
        self.panel.show_view(told.title, view, self.step, len(lesson.steps))
        self._open()
        self.arrange()
        self._choose_views(self._lab.bench.docks.values(), self._plan())
        self._show_done()
        self._look(self._lab.frame)

    def _show_end(self) -> None:
        lesson, told = self._begun(), self._told()
        self._watchers = {}
        walk = self._learners.walk(lesson.id)
        following = self._catalogue.after(lesson.id)
        view = EndView(
            told.truth,
            following.told_in(current()).title if following else "",
            [(number, told.steps[number].title) for number in open_steps(lesson, walk)],
        )
        view.wants_step.connect(self.go_to)
        view.wants_path.connect(self.wants_path)
        if following:
            view.wants_next.connect(partial(self.wants_lesson.emit, following.id))
        self.panel.show_view(told.title, view, self.step, len(lesson.steps))
        self.panel.show_note("")
        if not self._arrangement.is_on:  # it is where the lesson goes on
            self._open()
            self.arrange()
            self._choose_views(self._lab.bench.docks.values(), self._plan())

    def _open(self) -> None:
        """Open the experiment of this step, unless it is what goes on already."""
        wanted = self._experiment_of(self.step)
        if wanted is None or wanted is self._opened:
            return
        self._opened = wanted
        frame = self._lab.frame
        self._after_run = max([frame.run, *(lane.frame.run for lane in frame.lanes)])
        self._lab.open(wanted)

    def _watch(self) -> None:
        """Wait for what is to be seen while this experiment goes on, in this step or in others.

        What was seen once stays seen, and what a later step asks for may be over when people get there.
        """
        lesson = self._begun()
        self._watchers = {}
        for number, step in self._steps_together():
            self._watchers[number] = watcher = Watcher(step.observe)
            seen = self._learners.walk(lesson.id).seen.get(number, [])
            if len(seen) == len(step.observe):
                watcher.seen = list(seen)
        self._lab.watch_list.need(self._parts())

    def _steps_together(self) -> list[tuple[int, StepPlan]]:
        """Return the steps through which this experiment goes on, with their numbers."""
        experiment = self._experiment_of(self.step)
        return [
            (number, step.plan)
            for number, step in enumerate(self._begun().steps)
            if self._experiment_of(number) is experiment
        ]

    def _parts(self) -> dict[str, frozenset[str]]:
        """Return the parts of a frame that are needed as long as this experiment goes on, by run.

        From its start on, and of every run: after the run's end nothing can be measured any more that a later step
        shows, or that another run holds.
        """
        experiment = self._experiment_of(self.step)
        steps = [plan for _, plan in self._steps_together()]
        docks = self._lab.bench.docks
        drawn = (docks[name].panel.watches for step in steps for name in step.panels if name in docks)
        measured = frozenset().union(*drawn) - AT_ANY_TIME
        needs = Watcher([condition for step in steps for condition in step.observe]).needs
        runs = ["", *(variant.name for variant in experiment.variants)] if experiment else []
        return needs | {run: needs.get(run, frozenset()) | measured for run in runs}

    def _is_current(self, frame: Frame) -> bool:
        """Whether a frame is of the experiment that was opened, and not of the one before."""
        return frame.run > self._after_run and frame.experiment is not None

    @Slot(object)
    def _look(self, frame: Frame) -> None:
        if self.lesson is None or not self._is_current(frame):
            return
        self._show_lanes(frame)
        news = [number for number, watcher in self._watchers.items() if watcher.look(frame)]
        for number in news:
            self._learners.see(self.lesson.id, number, self._watchers[number].seen)
        if self.step in news or frame.state is not self._state:
            self._show_done()
        self._state = frame.state

    def _show_lanes(self, frame: Frame) -> None:
        """Let the runs be chosen, or stand beside each other where the step is about that."""
        plan, sides = self._plan(), self._lab.bench.side_by_side
        if self._sides_due and len(frame.lanes) > 1:
            self._sides_due = False
            self._arrangement.show_lanes(plan.panels, [lane.name for lane in frame.lanes])
            self._choose_views(sides.docks, plan)
        self.lanes.show_frame(frame, side_by_side=bool(sides.docks))

    def _choose_views(self, docks: Iterable[PanelDock], plan: StepPlan) -> None:
        """Let panels that have several views show what the text speaks of."""
        for dock in docks:
            if view := plan.views.get(dock.panel.name):
                dock.panel.look_at(view)

    @Slot(str, int)
    def _take_answer(self, question: str, answer: int) -> None:
        lesson = self._begun()
        asked = questions(self._told().steps[self.step])[question]
        self._learners.answer(lesson.id, self.step, question, answer, right=asked.answers[answer].right)
        self._show_done()

    def _show_done(self) -> None:
        """Show what was answered and seen, and say what is still open."""
        view, walk = self.panel.view, self._learners.walk(self._begun().id)
        if not isinstance(view, StepView):
            return
        chosen = {name: walk.chosen(self.step, name) for name in view.questions}
        view.show_answers(chosen)
        view.show_seen(self._watchers[self.step].seen)
        self.panel.show_note(self._note(has_predicted=bool(chosen.get(PREDICT, [0]))))

    def _note(self, *, has_predicted: bool) -> str:
        left = self._watchers[self.step].seen.count(False)
        if not has_predicted:
            return tr("Predict first: choose an answer above, then run.")
        words = trn("{count} thing is still to be seen.", "{count} things are still to be seen.", left)
        over = tr("The run is over: Reset, then run it once more.")
        note = (words.format(count=left), over if self._lab.state is State.FINISHED else "")
        return sentences(note) if left else ""


def way_on(conditions: Sequence[Condition]) -> Literal["run", "step_phase", "step_batch", "step_epoch"]:
    """Return the command that brings about what is to be seen, one small step at a time where that is enough."""
    if any(isinstance(each, AtPhase) for each in conditions):
        return "step_phase"
    if conditions and all(isinstance(each, Reached) for each in conditions):
        reached = [(each.epochs, each.updates) for each in conditions if isinstance(each, Reached)]
        if max(reached) <= (0, FEW_UPDATES):
            return "step_batch"
        if max(reached)[0] == 1:
            return "step_epoch"
    return "run"
