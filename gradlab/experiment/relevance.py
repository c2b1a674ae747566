"""Decides which settings mean something beside the others, and which choices cannot be made."""

from typing import Protocol, runtime_checkable

from gradlab.experiment.registry import Entry, Registry, registry_of
from gradlab.experiment.schema import Experiment
from gradlab.experiment.settings import Setting, by_key, value_of


@runtime_checkable
class Choosy(Protocol):
    """An entry that does not go with everything else."""

    def why_not(self, experiment: Experiment) -> str:
        """Return why it cannot be chosen beside the other settings, in a sentence; empty if it can."""


def means_something(experiment: Experiment, key: str, task: str = "") -> bool:
    """Return whether a setting changes anything about an experiment.

    Args:
        experiment: the values of the other settings.
        key: the setting's dotted name.
        task: what is predicted, ``classification`` or ``regression``; empty while that is not known.
    """
    settings = by_key(Experiment)
    setting = settings[key]
    if task and setting.task and setting.task != task:
        return False
    if any(_is_ruled_out(experiment, key, chooser) for chooser in settings.values() if chooser.registry):
        return False
    beside = setting.beside
    return not beside or (bool(value_of(experiment, beside)) and means_something(experiment, beside, task))


def ruled_out(experiment: Experiment, key: str) -> dict[str, str]:
    """Return the values of a setting that cannot be chosen beside the others, and why not, in a sentence."""
    package = by_key(Experiment)[key].registry
    if not package:
        return {}
    reasons = {
        entry.name: entry.why_not(experiment) for entry in registry_of(package) if isinstance(entry, Choosy)
    }
    return {name: reason for name, reason in reasons.items() if reason}


def _is_ruled_out(experiment: Experiment, key: str, chooser: Setting) -> bool:
    """Return whether the entry that ``chooser`` names does not use a setting."""
    registry = registry_of(chooser.registry)
    entry = registry[str(value_of(experiment, chooser.key))]
    section, _, name = key.rpartition(".")
    is_beside = section == chooser.key.rpartition(".")[0]
    return key in entry.ignores or (is_beside and not _uses(entry, registry, name))


def _uses(entry: Entry, registry: Registry[Entry], name: str) -> bool:
    """Return whether an entry uses a key; keys that no entry names are common to all."""
    return name in entry.uses or not any(name in other.uses for other in registry)
