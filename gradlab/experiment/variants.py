"""Lists the single runs of an experiment with variants and replicas."""

from typing import Any, NamedTuple

from gradlab.errors import InputError
from gradlab.experiment.files import build, change
from gradlab.experiment.schema import Experiment, Variant
from gradlab.language import tr

COMMON = ("format", "replicas", "variants")  # keys that no variant can change


class Single(NamedTuple):
    """One run of an experiment: no variants, one replica.

    Attributes:
        folder: the path of its results as folder names; empty for the only run.
    """

    folder: tuple[str, ...]
    experiment: Experiment


def singles(experiment: Experiment, where: str = "experiment") -> list[Single]:
    """Return the runs that an experiment stands for, variants first, then seeds.

    Raises:
        InputError: if a variant's changes are not allowed, or two variants share a name.
    """
    document = experiment.model_dump(mode="json", exclude={"variants", "replicas"})
    varied: list[tuple[tuple[str, ...], dict[str, Any]]] = [((), document)]
    if experiment.variants:
        _check_names(experiment.variants, where)
        varied = [
            ((variant.name,), _merged(document, _changes(variant, where))) for variant in experiment.variants
        ]
    runs = []
    for folder, changed in varied:
        # Building it checks a variant's changes like any file.
        base = build(changed, _in_variant(where, folder[0]) if folder else where)
        runs += [
            Single((*folder, *seed_folder), change(base, "seed", base.seed + number, f"{where}: replicas"))
            for number, seed_folder in enumerate(_seed_folders(experiment, base.seed))
        ]
    return runs


def _in_variant(where: str, name: str) -> str:
    return f"{where}: " + tr('variant "{name}"').format(name=name)


def _check_names(variants: tuple[Variant, ...], where: str) -> None:
    names = [variant.name.lower() for variant in variants]  # some systems ignore the case
    for name in names:
        if names.count(name) > 1:
            raise InputError(
                f"{where}: variants: "
                + tr('the name "{name}" is given {count} times; allowed: each name once').format(
                    name=name, count=names.count(name)
                ),
                "variants",
            )


def _changes(variant: Variant, where: str) -> dict[str, Any]:
    """Return the keys that differ in a variant, including its name."""
    for key in COMMON:
        if key in variant.changes:
            raise InputError(
                f"{_in_variant(where, variant.name)}: "
                + tr("{key} is the same for all variants; allowed: {key} outside [[variants]]").format(
                    key=key
                ),
                key,
            )
    return {"name": variant.name, **variant.changes}


def _seed_folders(experiment: Experiment, seed: int) -> list[tuple[str, ...]]:
    if experiment.replicas == 1:
        return [()]
    return [(f"seed-{seed + number}",) for number in range(experiment.replicas)]


def _merged(document: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Return a copy of ``document`` with nested tables merged rather than replaced."""
    merged = dict(document)
    for key, value in changes.items():
        old = merged.get(key)
        merged[key] = _merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged
