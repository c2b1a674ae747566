"""In which settings two experiments differ."""

from gradlab.experiment.schema import Experiment
from gradlab.experiment.settings import by_key


def value_of(experiment: Experiment, key: str) -> object:
    """Return the value of a dotted key."""
    value: object = experiment
    for name in key.split("."):
        value = getattr(value, name)
    return value


def differences(before: Experiment, after: Experiment) -> dict[str, tuple[object, object]]:
    """Return key → (before, after) of every setting in which two experiments differ."""
    values = {key: (value_of(before, key), value_of(after, key)) for key in by_key(Experiment)}
    return {key: (old, new) for key, (old, new) in values.items() if old != new}
