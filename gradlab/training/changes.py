"""In which settings two experiments differ."""

from typing import Any

from gradlab.experiment.schema import Experiment
from gradlab.experiment.settings import by_key


def differences(before: Experiment, after: Experiment) -> dict[str, tuple[object, object]]:
    """Return key → (before, after) of every setting in which two experiments differ."""
    old, new = before.model_dump(), after.model_dump()
    changed = {}
    for key in by_key(Experiment):
        first, second = _at(old, key), _at(new, key)
        if first != second:
            changed[key] = (first, second)
    return changed


def _at(document: dict[str, Any], key: str) -> object:
    value: Any = document
    for part in key.split("."):
        value = value[part]
    return value
