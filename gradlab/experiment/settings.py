"""One description per setting: it drives the file, the form, the tooltips and the command line."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args, get_origin

import annotated_types
from pydantic import BaseModel, Field
from pydantic.fields import FieldInfo

Kind = Literal["choice", "integer", "number", "switch", "text", "integers", "texts"]


@dataclass(frozen=True)
class Choice:
    """One allowed value of a setting with a fixed list of them."""

    value: str
    label: str
    help: str = ""


@dataclass(frozen=True)
class Setting:
    """What people may know about one key of the experiment file.

    Attributes:
        key: dotted name, as in ``optimizer.lr``.
        kind: what sort of value it takes.
        minimum, maximum: inclusive, None where there is no such end.
        choices: the allowed values, for a choice.
        live: a change applies at the next update; otherwise it needs a reset.
        advanced: shown only under *More*.

    """

    key: str
    kind: Kind
    label: str
    help: str
    unit: str
    default: Any
    minimum: float | None
    maximum: float | None
    choices: tuple[Choice, ...]
    live: bool
    advanced: bool

    @property
    def allowed(self) -> str:
        """Say in words what may be given, to end an error line with."""
        if self.kind == "choice":
            return "one of " + ", ".join(choice.value for choice in self.choices)
        if self.kind == "switch":
            return "true or false"
        if self.kind == "text":
            return "a text in quotes"
        if self.kind == "texts":
            return "a list of texts in quotes"
        noun = {"integer": "a whole number", "number": "a number", "integers": "a list of whole numbers"}
        return f"{noun[self.kind]}{_range_in_words(self.minimum, self.maximum)}"


def _range_in_words(minimum: float | None, maximum: float | None) -> str:
    if minimum is not None and maximum is not None:
        return f" from {minimum:g} to {maximum:.10g}"
    if minimum is not None:
        return f" of at least {minimum:g}"
    return ""


def setting(
    default: Any,
    *,
    label: str,
    help: str,
    unit: str = "",
    minimum: float | None = None,
    maximum: float | None = None,
    choices: Mapping[str, tuple[str, str]] | Callable[[], tuple[Choice, ...]] | None = None,
    live: bool = False,
    advanced: bool = True,
) -> Any:
    """Describe a field of a section.

    ``choices`` maps each value to its label and help, or is a function where a registry knows them.
    """
    extra = {"label": label, "unit": unit, "choices": choices, "live": live, "advanced": advanced}
    # Our own names stay out of the JSON schema: nothing writes one.
    return Field(default, ge=minimum, le=maximum, description=help, json_schema_extra={"gradlab": extra})  # type: ignore[dict-item]


def as_text(value: object) -> str:
    """Return a value as people type it: the entries of a list with commas between them."""
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


def _setting(key: str, info: FieldInfo) -> Setting:
    assert isinstance(info.json_schema_extra, dict)
    extra: Any = info.json_schema_extra["gradlab"]
    limits = _limits(info)
    choices = _choices(extra["choices"])
    return Setting(
        key=key,
        kind="choice" if choices else _kind(info.annotation),
        label=extra["label"],
        help=info.description or "",
        unit=extra["unit"],
        default=info.default,
        minimum=limits[0],
        maximum=limits[1],
        choices=choices,
        live=extra["live"],
        advanced=extra["advanced"],
    )


def _choices(given: Any) -> tuple[Choice, ...]:
    if given is None:
        return ()
    if callable(given):
        return tuple(given())
    return tuple(Choice(value, label, help) for value, (label, help) in given.items())


def _limits(info: FieldInfo) -> tuple[float | None, float | None]:
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
