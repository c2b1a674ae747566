"""Settings on the command line: the same keys, checks and descriptions as in the file."""

import tomllib

from gradlab.errors import InputError
from gradlab.experiment.files import change
from gradlab.experiment.schema import Experiment
from gradlab.experiment.settings import by_key


def with_settings(experiment: Experiment, assignments: list[str]) -> Experiment:
    """Return the experiment with every ``KEY=VALUE`` applied; raises InputError."""
    for assignment in assignments:
        key, text = split_assignment(assignment)
        experiment = change(experiment, key, value_of(text), f"--set {assignment}")
    return experiment


def split_assignment(assignment: str) -> tuple[str, str]:
    """Return key and text of ``KEY=VALUE``; raises InputError."""
    key, equals, text = assignment.partition("=")
    if not equals:
        raise InputError(f"--set {assignment}: allowed: KEY=VALUE, e.g. --set optimizer.lr=0.01")
    return key.strip(), text.strip()


def value_of(text: str) -> object:
    """Parse a value as in the file; a bare word is a text."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (ValueError, RecursionError):  # a number of thousands of digits, or as many brackets
        return text


def keys_in_words() -> str:
    """Return a list of all keys, each with its allowed values and its default."""
    lines = ["keys of the experiment file:"]
    lines += [
        f"  {key:28} {setting.allowed} [{_as_toml(setting.default)}]"
        for key, setting in by_key(Experiment).items()
    ]
    return "\n".join(lines).replace("%", "%%")


def _as_toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(list(value)) if isinstance(value, tuple) else str(value)
