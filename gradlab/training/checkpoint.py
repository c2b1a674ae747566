"""Saves and loads checkpoints: a resumed run continues bit for bit as if it had never stopped.

A checkpoint is one safetensors file: tensors, and plain data as JSON in its header. It is valid after a backward
pass, after an update and after the end of an epoch, and for the same experiment on the same kind of device. Each
part of the run decides what it keeps: see :mod:`gradlab.training.state`.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from gradlab.datasets.fingerprint import Fingerprint
from gradlab.errors import InputError
from gradlab.experiment.files import build
from gradlab.experiment.schema import Experiment
from gradlab.training.checkpoint_versions import VERSION, brought_up_to_date
from gradlab.training.run import TrainingRun
from gradlab.training.state import parts_of


def save(run: TrainingRun, path: Path, extra: dict[str, Any] | None = None) -> None:
    """Write a checkpoint of ``run`` with ``extra``, plain data and tensors; a crash never leaves half a file.

    Raises:
        OSError: if the file cannot be written.
    """
    tensors: dict[str, Tensor] = {}
    document = {
        "version": VERSION,
        "experiment": run.experiment.model_dump(mode="json"),
        "data": run.fingerprint,
        "extra": _without_tensors(extra or {}, "extra", tensors),
        "parts": {
            name: _without_tensors(part.state(), name, tensors) for name, part in parts_of(run).items()
        },
    }
    unfinished = path.with_suffix(".part")
    save_file(tensors, unfinished, metadata={"gradlab": json.dumps(document)})
    unfinished.replace(path)


def load(
    path: Path, make: Callable[[Experiment], TrainingRun] = TrainingRun
) -> tuple[TrainingRun, dict[str, Any]]:
    """Return a checkpoint's run, built by ``make`` and ready to continue, and its ``extra``.

    Raises:
        InputError: if the file is missing or is no checkpoint, or if the data are not those of its run.
    """
    try:
        with safe_open(path, framework="pt") as file:
            document = json.loads(file.metadata()["gradlab"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (no mapping)
        document = brought_up_to_date(document, tensors)
        states = _with_tensors(document["parts"], tensors)
        extra = _with_tensors(document["extra"], tensors)
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path}: is not a checkpoint that this GradLab reads: {error}") from None
    run = make(build(document["experiment"], str(path)))
    _check_data(run, document.get("data"), path)
    try:
        for name, part in parts_of(run).items():
            part.load(states[name])
    except (KeyError, IndexError, TypeError, ValueError, RuntimeError) as error:
        line = " ".join(str(error).split())
        raise InputError(f"{path}: does not go with its experiment and data any more: {line}") from None
    return run, extra


def _check_data(run: TrainingRun, before: Fingerprint | None, path: Path) -> None:
    """Refuse data that differ from those at the beginning; checkpoints of earlier versions do not know them."""
    if before is None or before == run.fingerprint:
        return
    rows = f" ({before['rows']} rows then, {run.fingerprint['rows']} now)"
    raise InputError(
        f"{run.experiment.data.path or path}: the data are not those that the run in {path.parent} began with"
        f"{rows if before['rows'] != run.fingerprint['rows'] else ''}; allowed: the same rows, columns and classes"
    )


def _without_tensors(value: Any, name: str, tensors: dict[str, Tensor]) -> Any:
    """Return ``value`` with a reference in place of each tensor, which goes into ``tensors``."""
    match value:
        case Tensor():
            tensors[name] = value.detach().cpu().contiguous().clone()
            return {"tensor": name}
        case dict():
            return {key: _without_tensors(item, f"{name}.{key}", tensors) for key, item in value.items()}
        case list():
            return [_without_tensors(item, f"{name}.{place}", tensors) for place, item in enumerate(value)]
        case _:
            return value


def _with_tensors(value: Any, tensors: dict[str, Tensor]) -> Any:
    """Return ``value`` with each reference replaced by its tensor."""
    match value:
        case {"tensor": str(name), **rest} if not rest:
            return tensors[name]
        case dict():
            return {key: _with_tensors(item, tensors) for key, item in value.items()}
        case list():
            return [_with_tensors(item, tensors) for item in value]
        case _:
            return value
