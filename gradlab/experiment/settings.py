"""One description per setting: it drives the file, the form, the tooltips and the command line."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, TypeVar, get_args, get_origin

import annotated_types
from pydantic import BaseModel, Field
from pydantic.fields import FieldInfo

from gradlab.experiment.registry import registry_of
from gradlab.language import Described, mark, tr

Kind = Literal["choice", "integer", "number", "switch", "text", "integers", "texts"]
# The allowed values: without limits, with only a lower one, and with both.
ALLOWED = {
    "integer": (
        mark("a whole number"),
        mark("a whole number of at least {minimum}"),
        mark("a whole number from {minimum} to {maximum}"),
    ),
    "number": (
        mark("a number"),
        mark("a number of at least {minimum}"),
        mark("a number from {minimum} to {maximum}"),
    ),
    "integers": (mark("a list of whole numbers"),) * 3,
    "switch": (mark("true or false"),) * 3,
    "text": (mark("a text in quotes"),) * 3,
    "texts": (mark("a list of texts in quotes"),) * 3,
}


S = TypeVar("S", bound=BaseModel)


@dataclass(frozen=True)
class Choice(Described):
    """One allowed value of a setting with a fixed list of them."""

    value: str
    english_label: str
    english_help: str = ""


@dataclass(frozen=True)
class Setting(Described):
    """The description of one key of the experiment file.

    Attributes:
        key: dotted name, as in ``optimizer.lr``.
        kind: the sort of value that it takes.
        english_label, english_help, english_unit: as in the schema; marked for the catalogs.
        minimum, maximum: inclusive, None where there is no such end; of a list, of each number in it.
        longest: how many entries a list may have, None for any number.
        choices: the allowed values, for a choice.
        registry: the package whose registry has the choices; empty where they are fixed.
        live: whether a change applies at the next update; otherwise it needs a reset.
        advanced: whether it is shown only under *More*.
        beside: the key of a number that must not be 0 for this to mean something; empty where there is none.
        task: the only kind of task for which it means something; empty for all.
        group: what it stands together with in a form; empty for its section.
        english_at_zero: what 0 has for a consequence, where people may not expect it; else empty.
    """

    key: str
    kind: Kind
    english_label: str
    english_help: str
    english_unit: str
    default: Any
    minimum: float | None
    maximum: float | None
    longest: int | None
    choices: tuple[Choice, ...]
    registry: str
    live: bool
    advanced: bool
    beside: str
    task: str
    group: str
    english_at_zero: str

    @property
    def unit(self) -> str:
        """The unit of its number; empty if it has none."""
        return tr(self.english_unit)

    @property
    def at_zero(self) -> str:
        """What 0 has for a consequence, where people may not expect it; else empty."""
        return tr(self.english_at_zero)

    @property
    def allowed(self) -> str:
        """The allowed values in words, for the end of an error line."""
        return self.allowed_with(_short)

    def allowed_with(self, write: Callable[[float], str]) -> str:
        """Return the allowed values in words; ``write`` makes numbers into text."""
        if self.kind == "choice":
            return tr("one of {values}").format(values=", ".join(choice.value for choice in self.choices))
        without, above, between = ALLOWED[self.kind]
        text = without if self.minimum is None else above if self.maximum is None else between
        minimum, maximum = ("" if end is None else write(end) for end in (self.minimum, self.maximum))
        return tr(text).format(minimum=minimum, maximum=maximum)


def _short(number: float) -> str:
    return f"{number:.10g}"


def setting(
    default: Any,
    *,
    label: str,
    help: str,
    unit: str = "",
    minimum: float | None = None,
    maximum: float | None = None,
    choices: Mapping[str, tuple[str, str]] | None = None,
    registry: str = "",
    live: bool = False,
    advanced: bool = True,
    beside: str = "",
    task: str = "",
    group: str = "",
    at_zero: str = "",
) -> Any:
    """Describe a field of a section.

    Label, help and unit are in English, and marked for the catalogs.
    ``choices`` maps each value to its label and help; or ``registry`` names the package that has them.
    """
    extra = {
        "english_label": label,
        "english_unit": unit,
        "choices": choices or {},
        "registry": registry,
        "live": live,
        "advanced": advanced,
        "beside": beside,
        "task": task,
        "group": group,
        "english_at_zero": at_zero,
    }
    # Nothing writes a JSON schema, so it is free to hold our own names.
    return Field(default, ge=minimum, le=maximum, description=help, json_schema_extra={"gradlab": extra})  # type: ignore[dict-item]


def as_text(value: object) -> str:
    """Return a value as people type it, with the entries of a list separated by commas."""
    return ", ".join(map(str, value)) if isinstance(value, tuple | list) else str(value)


def describe(section: type[BaseModel], prefix: str = "") -> Iterator[Setting]:
    """Yield a Setting for every key of a section and of the sections in it, in file order."""
    for name, info in section.model_fields.items():
        if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
            yield from describe(info.annotation, f"{prefix}{name}.")
        elif isinstance(info.json_schema_extra, dict):
            yield _setting(f"{prefix}{name}", info)


@cache
def by_key(section: type[BaseModel]) -> dict[str, Setting]:
    """Return the settings of a section by their dotted names."""
    return {described.key: described for described in describe(section)}


def value_of(section: BaseModel, key: str) -> object:
    """Return the value of a dotted key."""
    value: object = section
    for name in key.split("."):
        value = getattr(value, name)
    return value


def differences(before: S, after: S) -> dict[str, tuple[object, object]]:
    """Return key → (before, after) of every setting in which two sections differ."""
    values = {key: (value_of(before, key), value_of(after, key)) for key in by_key(type(before))}
    return {key: (old, new) for key, (old, new) in values.items() if old != new}


def _setting(key: str, info: FieldInfo) -> Setting:
    assert isinstance(info.json_schema_extra, dict)
    extra: Any = info.json_schema_extra["gradlab"]
    minimum, maximum = _limits(info)
    lengths = [each.max_length for each in info.metadata if isinstance(each, annotated_types.MaxLen)]
    choices = _registered(extra["registry"]) if extra["registry"] else _listed(extra["choices"])
    return Setting(
        key=key,
        kind="choice" if choices else _kind(info.annotation),
        english_help=info.description or "",
        default=info.default,
        minimum=minimum,
        maximum=maximum,
        longest=lengths[0] if lengths else None,
        **{**extra, "choices": choices},
    )


def _registered(package: str) -> tuple[Choice, ...]:
    return tuple(
        Choice(entry.name, entry.english_label, entry.english_help) for entry in registry_of(package)
    )


def _listed(choices: Mapping[str, tuple[str, str]]) -> tuple[Choice, ...]:
    return tuple(Choice(value, label, help) for value, (label, help) in choices.items())


def _limits(info: FieldInfo) -> tuple[float | None, float | None]:
    """Return the limits of a number, or of each number in a list."""
    if get_origin(info.annotation) is tuple:
        described = [
            each
            for each in getattr(get_args(info.annotation)[0], "__metadata__", ())
            if isinstance(each, FieldInfo)
        ]
        return _limits(described[0]) if described else (None, None)
    minimum = maximum = None
    for constraint in info.metadata:
        if isinstance(constraint, annotated_types.Ge):
            minimum = constraint.ge
        if isinstance(constraint, annotated_types.Le):
            maximum = constraint.le
    return minimum, maximum  # type: ignore[return-value]


def _kind(annotation: Any) -> Kind:
    if get_origin(annotation) is tuple:
        return "texts" if get_args(annotation)[0] is str else "integers"
    kinds: dict[Any, Kind] = {bool: "switch", int: "integer", float: "number", str: "text"}
    return kinds[annotation]
