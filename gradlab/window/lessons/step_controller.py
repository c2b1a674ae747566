"""Leads through a lesson: shows its steps, opens its experiments, and notes what was answered and seen."""

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from gradlab.experiment.settings import differences
from gradlab.experiment.words import change_in_words
from gradlab.instruments.records import Snapshot, State
from gradlab.language import current, listed, sentences, tr, trn
from gradlab.lessons.catalogue import Catalogue
from gradlab.lessons.lesson import Lesson
from gradlab.lessons.plan import StepPlan
from gradlab.lessons.progress import PREDICT, Learners, open_steps, order_of, questions
from gradlab.window.lab.page import LabPage
from gradlab.window.lessons.lesson_panel import LessonPanel
from gradlab.window.lessons.lesson_run import LessonRun
from gradlab.window.lessons.lesson_watch import LessonWatch, experiment_of, parts_needed
from gradlab.window.lessons.next_command import next_command
from gradlab.window.lessons.step_stage import StepStage
from gradlab.window.lessons.step_view import EndView, StepView

# What a lesson says stays true, whatever these are.
FREE_TO_CHANGE = ("name", "training.epochs", "training.threshold", "training.device")


@dataclass(frozen=True)
class LessonPlace:
    """A step of a lesson, from 0; the number of steps stands for the end."""

    lesson: str
    step: int = 0


class StepController(QObject):
    """The lesson in the lab.

    Attributes:
        wants_list: the list of lessons is wanted; ``wants_lesson`` comes with the id of a lesson.
        moved: another step is shown.
        lesson: the lesson, or None.
        step: the step that is shown, from 0.
        panel: shows it, beside the panels of the lab.
    """

    wants_list = Signal()
    wants_lesson = Signal(str)
    moved = Signal()

    def __init__(self, lab: LabPage, catalogue: Catalogue, learners: Learners) -> None:
        super().__init__(lab)
        self._lab = lab
        self._catalogue = catalogue
        self._learners = learners
        self.lesson: Lesson | None = None
        self.step = 0
        self._state = State.LOADING
        self._asked_first = False
        self._run = LessonRun(lab)
        self._watch = LessonWatch(learners)
        self._stage = StepStage(lab)
        self.panel = LessonPanel(lab.panels.docks["experiment"].toggleViewAction())
        lab.body.guide_with(self.panel, self._stage.lanes)
        self.panel.hide()
        self.panel.wants_back.connect(self.back)
        self.panel.wants_next.connect(self.next)
        self.panel.wants_path.connect(self.wants_list)
        self.panel.wants_experiment.connect(self._put_experiment_back)
        lab.snapshot_shown.connect(self._look)
        lab.form.changed.connect(self._note_change)
        lab.control.may_begin = self._may_begin

    @property
    def place(self) -> LessonPlace | None:
        """The step that is shown; None where there is no lesson."""
        return LessonPlace(self.lesson.id, self.step) if self.lesson else None

    def begin(self, lesson: Lesson, step: int, *, keep_run: bool = False) -> None:
        """Begin a lesson at a step, from 0.

        Args:
            lesson: which one.
            step: where in it.
            keep_run: the step's experiment is in the lab already, and goes on.
        """
        self.lesson = lesson
        self._run.expect(experiment_of(lesson, step) if keep_run else None)
        self._lab.offers.guided = True
        self.panel.show()
        self.go_to(step)

    def end(self) -> None:
        """Give the lab back as it was before."""
        if self.lesson is None:
            return
        self.lesson = None
        self._lab.offers.guided = False
        self._watch.end()
        self.panel.hide()
        self._stage.clear()

    def go_to(self, step: int) -> None:
        """Show a step, or the end."""
        lesson = self._begun()
        self.step = min(max(step, 0), len(lesson.steps))
        self._asked_first = False
        self._learners.go_to(lesson.id, self.step)
        if self.step == len(lesson.steps):
            self._learners.finish(lesson.id)
            self._show_end(lesson)
        else:
            self._show_step(lesson)
        self.moved.emit()

    @Slot()
    def next(self) -> None:
        """Go on to the next step, also where something is still open."""
        if self.lesson and self.step < len(self.lesson.steps):
            self.go_to(self.step + 1)

    @Slot()
    def back(self) -> None:
        """Go back a step; the run stays as it is where the step before has the same experiment."""
        if self.lesson and self.step > 0:
            self.go_to(self.step - 1)

    def arrange(self) -> None:
        """Put the panels of this step back in their places."""
        self._stage.set(self._plan())
        if self._run.owns(self._lab.frame):
            self._stage.show_lanes(self._lab.snapshot)

    def _begun(self) -> Lesson:
        assert self.lesson is not None
        return self.lesson

    def _plan(self) -> StepPlan:
        """Return what this step shows; at the end, what the last one did."""
        steps = self._begun().steps
        return steps[min(self.step, len(steps) - 1)].plan

    def _show_step(self, lesson: Lesson) -> None:
        told = lesson.text_in(current())
        command = next_command(lesson.steps[self.step].plan.observe)
        view = StepView(
            told.steps[self.step],
            lesson.folder,
            self._lab.commands.named(command),
            "primary" if command == "run" else "",
            lambda name, question: order_of(
                question, self._learners.current.name, lesson.id, self.step, name
            ),
        )
        view.answered.connect(self._take_answer)
        view.wants_lesson.connect(self.wants_lesson)
        self._watch.begin(lesson, self.step)
        self._stage.also_watch(parts_needed(lesson, self.step, self._stage.drawn_by))
        self.panel.show_view(told.title, view, self.step, len(lesson.steps))
        self._set_stage(lesson)
        self._show_done()
        self._look(self._lab.snapshot)

    def _show_end(self, lesson: Lesson) -> None:
        told, following = lesson.text_in(current()), self._catalogue.after(lesson.id)
        progress = self._learners.progress(lesson.id)
        self._watch.end()
        view = EndView(
            told.truth,
            following.text_in(current()).title if following else "",
            [(number, told.steps[number].title) for number in open_steps(lesson, progress)],
        )
        view.wants_step.connect(self.go_to)
        view.wants_path.connect(self.wants_list)
        if following:
            view.wants_next.connect(partial(self.wants_lesson.emit, following.id))
        self.panel.show_view(told.title, view, self.step, len(lesson.steps))
        self.panel.show_note("")
        if not self._stage.is_set:  # the lesson goes on at its end
            self._set_stage(lesson)

    def _set_stage(self, lesson: Lesson) -> None:
        """Open the experiment of this step, unless it goes on already, and show its panels."""
        self._run.open(experiment_of(lesson, self.step))
        self.arrange()
        self._stage.show_views()
        self._stage.set_pace()

    @Slot(object)
    def _look(self, snapshot: Snapshot) -> None:
        if self.lesson is None or not self._run.owns(snapshot.shown):
            return
        self._stage.show_lanes(snapshot)
        if self.step in self._watch.look(snapshot) or snapshot.state is not self._state:
            self._show_done()
        self._state = snapshot.state

    @Slot(str, int)
    def _take_answer(self, question: str, answer: int) -> None:
        lesson = self._begun()
        asked = questions(lesson.text_in(current()).steps[self.step])[question]
        self._learners.answer(lesson.id, self.step, question, answer, right=asked.answers[answer].right)
        self._show_done()

    def _show_done(self) -> None:
        """Show what was answered and seen, and say what is still open."""
        view, progress = self.panel.view, self._learners.progress(self._begun().id)
        if not isinstance(view, StepView):
            return
        chosen = {name: progress.chosen(self.step, name) for name in view.questions}
        seen = self._watch.seen(self.step)
        is_over = self._lab.state is State.FINISHED and self._run.owns(self._lab.frame)
        view.show_answers(chosen, seen=all(seen) or is_over)
        view.show_seen(seen)
        if not chosen.get(PREDICT, [0]):
            self.panel.show_note(tr("Predict first: choose an answer above, then run."))
        elif seen and (changed := self._changed()):
            words = tr("This is no longer the lesson's experiment: {changes}.").format(changes=changed)
            self.panel.show_note(words, offers_experiment=True)
        else:
            self.panel.show_note(_note(seen.count(False), is_over=self._lab.state is State.FINISHED))

    def _changed(self) -> str:
        """Return what differs from the experiment of this step, in words; empty if nothing does."""
        wanted, shown = experiment_of(self._begun(), self.step), self._lab.form.settings.shown
        if wanted is None:
            return ""
        changes = differences(wanted, shown)
        return listed(
            change_in_words(key, *both) for key, both in changes.items() if key not in FREE_TO_CHANGE
        )

    @Slot()
    def _note_change(self) -> None:
        if self.lesson is not None:
            self._show_done()

    @Slot()
    def _put_experiment_back(self) -> None:
        self._run.expect(None)
        self._run.open(experiment_of(self._begun(), self.step))
        self._show_done()

    def _may_begin(self) -> bool:
        """Ask for the prediction before the first run of a step, once; return whether to run."""
        view = self.panel.view
        if self.lesson is None or not isinstance(view, StepView) or PREDICT not in view.questions:
            return True
        is_given = self._learners.progress(self.lesson.id).chosen(self.step, PREDICT)
        if is_given or self._asked_first:
            return True
        self._asked_first = True
        self.panel.bring(view.questions[PREDICT])
        self.panel.show_note(
            tr("What will happen? Choose an answer above first. (Or press again, and run it without.)")
        )
        return False


def _note(left: int, *, is_over: bool) -> str:
    """Return a note on how many things are still to be seen; empty if none are."""
    if not left:
        return ""
    words = trn("{count} thing is still to be seen.", "{count} things are still to be seen.", left)
    over = tr("The run is over: Reset, then run it once more.")
    return sentences((words.format(count=left), over if is_over else ""))
