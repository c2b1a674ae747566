"""Settings as people read them."""

from gradlab.experiment.schema import Experiment
from gradlab.experiment.settings import Setting, as_text, by_key

NO_DIFFERENCE = ("name", "replicas")  # keys that change nothing about a run


def value_in_words(setting: Setting, value: object) -> str:
    """Return a value as a sentence has it: ``never``, ``0.1``."""
    labels = {choice.value: choice.label.lower() for choice in setting.choices}
    return labels.get(str(value), as_text(value) or "none")


def differences_in_words(one: Experiment, other: Experiment) -> str:
    """Return what is different in the other: ``Zero gradients: never, Learning rate: 0.05``; empty for nothing."""
    different = (
        f"{setting.label}: {value_in_words(setting, theirs)}"
        for key, setting in by_key(Experiment).items()
        if key not in NO_DIFFERENCE and (theirs := _value(other, key)) != _value(one, key)
    )
    return ", ".join(different)


def _value(experiment: Experiment, key: str) -> object:
    value: object = experiment
    for name in key.split("."):
        value = getattr(value, name)
    return value
