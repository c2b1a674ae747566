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
        InputError: if the file is missing or is no checkpoint.
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
    for name, part in parts_of(run).items():
        part.load(states[name])
    return run, extra


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
