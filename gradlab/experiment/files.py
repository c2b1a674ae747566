"""Reads and writes experiment files; errors name the file, the key, the given value and the allowed ones."""

import difflib
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import tomlkit
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from gradlab.errors import InputError
from gradlab.experiment.schema import FORMAT, LONGEST_NAME, Experiment
from gradlab.experiment.settings import by_key
from gradlab.language import mark, tr

Document = dict[str, Any]
# From format n to n + 1; a new format adds its step here, so that old files stay readable.
MIGRATIONS: dict[int, Callable[[Document], Document]] = {}
# The allowed values of keys that are not settings.
ALLOWED = {
    "format": mark("1 to {newest}"),
    "variants": mark("[[variants]] tables, each with a name and the keys that differ"),
    "variants.name": mark(
        "a text in quotes that can name a folder on every system, of at most {longest} characters"
    ),
}

# What is wrong with one entry of a list, by pydantic's name for it.
ENTRIES = {
    "greater_than_equal": mark("(at place {place}: at least {ge})"),
    "less_than_equal": mark("(at place {place}: at most {le})"),
}


def load(path: Path) -> Experiment:
    """Read and check an experiment file; a relative ``data.path`` is taken relative to it.

    Raises:
        InputError: one line that names the file, the key, what was given and what is allowed.
    """
    if path.suffix.lower() == ".gradlab" and path.is_file():
        raise InputError(
            f"{path}: "
            + tr(
                "is a whole run, not an experiment file; allowed: the experiment.toml that lies in it "
                "(a .gradlab file is a zip file)"
            )
        )
    text = _text(path)
    experiment = loads(text, str(path))
    try:
        return with_absolute_paths(experiment, path.resolve().parent)
    except InputError as error:
        raise InputError(f"{path}: {error}", error.key) from None
    except ValueError as error:
        raise InputError(f"{path}: data.path: {error}", "data.path") from None


def _text(path: Path) -> str:
    from gradlab.experiment.mistaken import text_of  # needed once, and not at the start

    try:
        return text_of(path)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def with_absolute_paths(experiment: Experiment, folder: Path) -> Experiment:
    """Take ``data.path`` relative to ``folder``, in variants too.

    Raises:
        InputError: for a path with line ends or tabs where there is no such file: they were escapes.
        ValueError: for a path that no system allows.
    """
    document = experiment.model_dump()
    for table in (document, *document["variants"]):
        data = table.get("data")
        # A variant's changes are checked when its run is built: until then they may be anything.
        if isinstance(data, dict) and isinstance(data.get("path"), str) and data["path"]:
            whole = (folder / data["path"]).resolve()
            if not (data["path"].isprintable() or whole.exists()):
                from gradlab.experiment.mistaken import refuse_escapes

                refuse_escapes(data["path"])
            data["path"] = str(whole)
    return Experiment.model_validate(document)


def loads(text: str, where: str = "experiment") -> Experiment:
    """Check the text of an experiment file; ``where`` begins every error line."""
    try:
        return build(_migrate(_parsed(text, where), where), where)
    except RecursionError:
        told = tr("is not valid TOML: lists in lists in lists, too many of them")
        raise InputError(f"{where}: {told}") from None


def _parsed(text: str, where: str) -> Document:
    try:
        return tomllib.loads(text)
    except ValueError as error:  # also for a number of thousands of digits
        from gradlab.experiment.mistaken import what_is_wrong

        raise InputError(f"{where}: {what_is_wrong(text, str(error), Path(where).name)}") from None


def build(document: Document, where: str = "experiment") -> Experiment:
    """Return the experiment that a document of plain values describes; raises InputError."""
    try:
        return Experiment.model_validate(document)
    except ValidationError as error:
        raise to_input_error(error, where) from None


def change(experiment: Experiment, key: str, value: object, where: str = "experiment") -> Experiment:
    """Return ``experiment`` with one dotted key changed; raises InputError."""
    try:
        return experiment.with_value(key, value)
    except ValidationError as error:
        raise to_input_error(error, where) from None
    except KeyError:
        raise _unknown_key(key, value, where) from None


def dumps(experiment: Experiment) -> str:
    """Return the whole experiment as TOML, every default written out."""
    return tomlkit.dumps(experiment.model_dump(mode="json"))


def _migrate(document: Document, where: str) -> Document:
    given = document.get("format", FORMAT)
    if not isinstance(given, int) or isinstance(given, bool) or given < 1:
        raise InputError(_not_allowed(where, "format", given, _allowed("format")), "format")
    if given > FORMAT:
        raise InputError(
            f"{where}: "
            + tr(
                "format = {given} is newer than this GradLab reads; allowed: 1 to {newest}. "
                "A newer GradLab opens it."
            ).format(given=given, newest=FORMAT),
            "format",
        )
    for step in range(given, FORMAT):
        document = MIGRATIONS[step](document)
    return document


def to_input_error(error: ValidationError, where: str) -> InputError:
    """Return pydantic's first error as one line, with the number of the others."""
    details = error.errors(include_url=False)
    first = _line(details[0], where)
    if len(details) == 1:
        return first
    return InputError(
        tr("{mistake} (and {count} more)").format(mistake=first, count=len(details) - 1),
        first.key,
        of_value=first.of_value,
    )


def _line(detail: ErrorDetails, where: str) -> InputError:
    # Only names make up the key: positions inside a list are part of the value.
    key = ".".join(part for part in detail["loc"] if isinstance(part, str))
    if detail["type"] == "extra_forbidden":
        return _unknown_key(key, detail["input"], where)
    if not key:  # the error is about settings that do not fit together, and is complete
        mistake = detail.get("ctx", {}).get("error", detail["msg"])
        return InputError(f"{where}: {mistake}", getattr(mistake, "key", ""))
    allowed = f"{_allowed(key)} {_position(detail)}".rstrip()
    if detail["type"] == "missing":
        return InputError(
            f"{where}: " + tr("{key} is missing; allowed: {allowed}").format(key=key, allowed=allowed), key
        )
    return InputError(_not_allowed(where, key, detail["input"], allowed), key, of_value=True)


def _not_allowed(where: str, key: str, given: object, allowed: str) -> str:
    told = tr("{key} = {given}; allowed: {allowed}").format(key=key, given=_shown(given), allowed=allowed)
    return f"{where}: {told}"


def _allowed(key: str) -> str:
    if described := by_key(Experiment).get(key):
        return described.allowed
    if key in ALLOWED:
        return tr(ALLOWED[key]).format(newest=FORMAT, longest=LONGEST_NAME)
    return _allowed_table(key)


def _position(detail: ErrorDetails) -> str:
    """Return words for the position of the faulty entry in a list, and for its allowed range."""
    place = next((part + 1 for part in detail["loc"] if isinstance(part, int)), None)
    if place is None:
        return ""
    if detail["loc"][0] == "variants":
        return tr("(variant {place})").format(place=place)
    text = ENTRIES.get(detail["type"], mark("(at place {place} there is something else)"))
    return tr(text).format(place=place, **detail.get("ctx", {}))


def _allowed_table(key: str) -> str:
    known = [name for name in by_key(Experiment) if name.startswith(f"{key}.")]
    return tr("a table with the keys {keys}").format(keys=_names(known, key))


def _unknown_key(key: str, value: object, where: str) -> InputError:
    section = key.rpartition(".")[0]
    known = list(by_key(Experiment))
    top = list(Experiment.model_fields)
    siblings = [name for name in known if section and name.rpartition(".")[0] == section] or top
    near = difflib.get_close_matches(key, [*known, *siblings], n=1, cutoff=0.75)
    shown = key if isinstance(value, dict) else f"{key} = {_shown(value)}"
    text = (
        tr("{given} is not a known key (did you mean {near}?); allowed there: {allowed}")
        if near
        else tr("{given} is not a known key; allowed there: {allowed}")
    )
    told = text.format(given=shown, near="".join(near), allowed=_names(siblings, section))
    return InputError(f"{where}: {told}", key)


def _names(keys: Iterable[str], section: str) -> str:
    return ", ".join(key.removeprefix(f"{section}.") for key in keys)


def _shown(value: object) -> str:
    """Return a value as the file writes it, shortened if long."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"' if len(value) <= 60 else f'"{value[:57]}…"'
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
