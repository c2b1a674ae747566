"""A lesson with its plan, its experiments and its texts, checked to fit together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gradlab.errors import InputError
from gradlab.experiment.schema import Experiment
from gradlab.language import tr
from gradlab.lessons.plan import Plan, StepPlan
from gradlab.lessons.text import Text
from gradlab.panel_info import MOST_LANES, lesson_panels

MOST_LINES = 10  # of mistakes in one error


@dataclass(frozen=True)
class LessonStep:
    """A step, with the experiment that it opens, if any."""

    plan: StepPlan
    experiment: Experiment | None


@dataclass(frozen=True)
class Lesson:
    """A lesson.

    Attributes:
        folder: the folder of its files, including pictures.
        texts: by language, e.g. ``en`` or ``zh_CN``.
    """

    folder: Path
    plan: Plan
    texts: Mapping[str, Text]
    steps: tuple[LessonStep, ...]

    @property
    def id(self) -> str:
        """Its name in files and links."""
        return self.plan.id

    def text_in(self, language: str) -> Text:
        """Return the text in a language, in its plain form (``pt`` for ``pt_BR``), in English, or in any."""
        for name in (language, language.partition("_")[0], "en"):
            if name in self.texts:
                return self.texts[name]
        return next(iter(self.texts.values()))

    def check(self, where: str) -> None:
        """Check that plan, experiments and texts fit together; ``where`` begins the error lines.

        Raises:
            InputError: a line for each mistake.
        """
        mistakes = [*self._wrong_runs(), *self._wrong_sides(), *self._wrong_texts()]
        if mistakes:
            raise as_error([f"{where}: {mistake}" for mistake in mistakes])

    def _wrong_runs(self) -> Iterator[str]:
        """Yield a line for each condition on a run that the experiment does not have."""
        names: list[str] = []
        for number, step in enumerate(self.steps, 1):
            if step.experiment is not None:
                names = [variant.name for variant in step.experiment.variants]
            for condition in (*step.plan.observe, *step.plan.promise):
                for run in filter(None, condition.lanes()):
                    if run not in names:
                        allowed = ", ".join(names) or tr("none, since the experiment has no variants")
                        yield tr('lesson.toml: steps {number}: the run "{run}"; allowed: {allowed}').format(
                            number=number, run=run, allowed=allowed
                        )

    def _wrong_sides(self) -> Iterator[str]:
        """Yield a line for each step that shows runs side by side, but has too few runs or no panel for each."""
        runs, allowed = 0, [name for name, info in lesson_panels().items() if info.of_runs]
        for number, step in enumerate(self.steps, 1):
            if step.experiment is not None:
                runs = len(step.experiment.variants)
            of_runs = set(step.plan.panels) & set(allowed)
            if step.plan.side_by_side and not (2 <= runs <= MOST_LANES and of_runs):
                yield (
                    f"lesson.toml: steps {number}: side_by_side; allowed: with 2 to {MOST_LANES} variants, and "
                    f"with one of these among the panels: {', '.join(allowed)}"
                )

    def _wrong_texts(self) -> Iterator[str]:
        first, *_ = self.texts
        for language, text in self.texts.items():
            name = f"text.{language}.md"
            if not (text.summary and text.truth):
                yield f"{name}: " + tr("allowed: a summary below the title, and a sentence below ## truth")
            if len(text.steps) != len(self.steps):
                yield f"{name}: " + tr("{given} steps; allowed: {allowed}, as in lesson.toml").format(
                    given=len(text.steps), allowed=len(self.steps)
                )
                continue
            for number, (told, step) in enumerate(zip(text.steps, self.steps, strict=True), 1):
                given, wanted = len(told.observations), len(step.plan.observe)
                if given != wanted:
                    yield f"{name}: " + tr(
                        "step {number}: {given} things to observe; allowed: {wanted}, as in lesson.toml"
                    ).format(number=number, given=given, wanted=wanted)
            if _right_answers(text) != _right_answers(self.texts[first]):
                yield f"{name}: " + tr(
                    "other questions or right answers than text.{first}.md; allowed: the same"
                ).format(first=first)


def as_error(lines: Sequence[str]) -> InputError:
    """Return an error with the first mistakes, one per line."""
    more = [tr("(and {count} more)").format(count=len(lines) - MOST_LINES)] if len(lines) > MOST_LINES else []
    return InputError("\n".join([*lines[:MOST_LINES], *more]))


def _right_answers(text: Text) -> list[list[list[bool]]]:
    """Return which answers are right, by step and question; it must be the same in all languages."""
    return [
        [
            [answer.right for answer in question.answers]
            for question in (*((step.predict,) if step.predict else ()), *step.checks)
        ]
        for step in text.steps
    ]
