"""The file lesson.toml: the parts of a lesson that are the same in every language."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, create_model, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from gradlab.experiment.sections.base import Section
from gradlab.language import mark, tr
from gradlab.lessons.conditions import KINDS, AnyCondition
from gradlab.panel_info import lesson_panels
from gradlab.runs.speed import SPEEDS, Speed, speed_named


def _is_known(name: str) -> str:
    if name not in lesson_panels():
        raise ValueError(name)
    return name


def _as_name(given: object) -> object:
    """Return the name of a speed that is given as a number of updates per second."""
    is_number = isinstance(given, int | float) and not isinstance(given, bool)
    return f"{given:g}" if is_number else given


def _is_speed(name: str) -> str:
    if speed_named(name) is None:
        raise ValueError(name)
    return name


PanelName = Annotated[str, AfterValidator(_is_known)]
SpeedName = Annotated[str, AfterValidator(_is_speed), BeforeValidator(_as_name)]
# The groups of lessons, in the order of the path, and their names in English.
GROUPS = {
    "buffer": mark("The gradient buffer"),
    "learning": mark("How learning goes"),
    "judging": mark("Judging a model"),
    "trouble": mark("When learning gets stuck"),
    "beyond": mark("Other data, other networks"),
    "own": mark("More lessons"),
}
Group = Literal["buffer", "learning", "judging", "trouble", "beyond", "own"]
Listed = Field((), strict=False)
LENGTH = mark("3 to 8 tables [[steps]]")


def _view(views: tuple[str, ...]) -> tuple[Any, Any]:
    """Return the type and the description of the key for the view that a panel opens with."""
    return Literal[views], Field(views[0], description=f"one of {', '.join(views)}")


VIEW_KEYS: Any = {f"{name}_view": _view(info.views) for name, info in lesson_panels().items() if info.views}
Views: Any = create_model("Views", __base__=Section, **VIEW_KEYS)


class StepPlan(Views):  # type: ignore[misc]
    """One step of a lesson. For each panel with several views there is one more key, e.g. ``flow_view``.

    Attributes:
        panels: the panels on the screen.
        experiment: a file to open at this step; empty: the previous step's run continues.
        side_by_side: whether each of the racing runs gets panels of its own.
        speed: the name of the speed to train at, so that what is to be observed is seen to happen; None: the one
            that people chose themselves.
        observe: what people are asked to observe, in the order of the text's list.
        promise: what the text claims about this experiment. Not shown: the lesson's test checks that it holds at
            the end of the run, whatever the seed.
    """

    panels: tuple[PanelName, ...] = Field((), strict=False, description=mark("a list of panels: {panels}"))
    experiment: str = Field("", description=mark("the name of an experiment file in the lesson's folder"))
    side_by_side: bool = Field(False, description=mark("true where each run gets panels of its own"))
    speed: SpeedName | None = Field(None, description=mark("one of {values}"))
    observe: tuple[AnyCondition, ...] = Listed
    promise: tuple[AnyCondition, ...] = Listed

    @property
    def pace(self) -> Speed | None:
        """The speed of the step, if it has one."""
        return speed_named(self.speed)

    @property
    def views(self) -> dict[str, str]:
        """The view that each panel of the step opens with, where a panel has several."""
        infos = lesson_panels()
        return {name: getattr(self, f"{name}_view") for name in self.panels if infos[name].views}


class Plan(Section):
    """The whole file.

    Attributes:
        id: its name in files and links; only one of two lessons with the same id is shown.
        group, place: its position on the path; lessons are sorted by group, then by place.
        minutes: how long it takes, roughly.
    """

    format: Literal[1] = Field(1, description="1")
    id: str = Field(
        pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$",
        max_length=60,
        description=mark("small letters and digits, with hyphens in between, at most 60"),
    )
    group: Group = Field("own", description=mark("one of {groups}"))
    place: int = Field(0, ge=0, le=1000, description=mark("a whole number from 0 to 1000"))
    minutes: int = Field(10, ge=1, le=600, description=mark("a whole number from 1 to 600"))
    steps: tuple[StepPlan, ...] = Field(strict=False, description=LENGTH)

    @model_validator(mode="after")
    def _is_short(self) -> "Plan":
        if not 3 <= len(self.steps) <= 8:
            raise ValueError(
                tr("steps: there are {count}; allowed: {allowed}").format(
                    count=len(self.steps), allowed=tr(LENGTH)
                )
            )
        return self

    @model_validator(mode="after")
    def _has_something_to_observe(self) -> "Plan":
        experiment = ""
        for number, step in enumerate(self.steps, 1):
            experiment = step.experiment or experiment
            if (step.observe or step.promise) and not experiment:
                raise ValueError(
                    tr(
                        "steps {number}: there is something to observe, but no experiment; "
                        "allowed: an experiment in this step or in one before it"
                    ).format(number=number)
                )
        return self


def error_line(detail: ErrorDetails, where: str) -> str:
    """Return the error line for one value: the file, the key, the given value and the allowed ones."""
    if not detail["loc"]:  # errors about things that do not fit together are complete
        return f"{where}: {detail['ctx']['error']}"
    key, section, described = _place_of(detail["loc"])
    given = _shown(detail["input"])
    match detail["type"]:
        case "extra_forbidden":
            allowed = ", ".join(section.model_fields)
            told = tr("{key} is not a known key; allowed there: {allowed}").format(key=key, allowed=allowed)
        case "missing":
            told = tr("{key} is missing; allowed: {allowed}").format(key=key, allowed=described)
        case "union_tag_not_found" | "union_tag_invalid":
            allowed = tr("one of {values}").format(values=", ".join(KINDS))
            told = tr("{key} = {given}; allowed: {allowed}").format(
                key=f"{key}.see", given=given, allowed=allowed
            )
        case _:
            told = tr("{key} = {given}; allowed: {allowed}").format(key=key, given=given, allowed=described)
    return f"{where}: {told}"


def _place_of(loc: tuple[str | int, ...]) -> tuple[str, type[Section], str]:
    """Return the key as people count (from 1), its section, and a description of its allowed values."""
    names: list[str] = []
    section: type[Section] = Plan
    described = ""
    for part in loc:
        if isinstance(part, int):
            names[-1] += f" {part + 1}"
        elif (
            names and names[-1].split()[0] in ("observe", "promise") and section is StepPlan and part in KINDS
        ):
            section = KINDS[part]  # pydantic names the kind of condition on the way
        else:
            names.append(part)
            field = section.model_fields.get(part)
            described = _described(field) if field else ""
            section = StepPlan if part == "steps" else section
    return ".".join(names), section, described


def _described(field: FieldInfo) -> str:
    """Return the allowed values of a key in words."""
    text = tr(field.description) if field.description else tr("a list of tables")
    speeds = ", ".join(speed.name for speed in SPEEDS)
    return text.format(panels=", ".join(lesson_panels()), groups=", ".join(GROUPS), values=speeds)


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return _shown(value["see"]) if "see" in value else tr("nothing")
    text = f'"{value}"' if isinstance(value, str) else str(value).lower()
    return text if len(text) <= 60 else f"{text[:57]}…"
