"""Everything that a run is in the middle of, in one file: a resumed run goes on bit by bit as if never stopped.

A checkpoint is one safetensors file: tensors, and plain data as JSON in its header. It is valid after a backward
pass, after an update and after the end of an epoch, and for the same experiment on the same kind of device.
"""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from gradlab.errors import InputError
from gradlab.experiment.files import build
from gradlab.experiment.schema import Experiment
from gradlab.training.batches import Window
from gradlab.training.epoch import Counters, Epoch
from gradlab.training.rule import Rule
from gradlab.training.run import TrainingRun
from gradlab.training.stopping import EarlyStopping

NONE_IN_BUFFER = {
    "none": "without_gradient",
    "none_left_over": "without_left_over",
    "none_in_batch": "without_batch",
}


def save(run: TrainingRun, path: Path, extra: dict[str, Any] | None = None) -> None:
    """Write a checkpoint of ``run``, whole or not at all; ``extra`` is kept with it.

    Raises:
        OSError: if the file cannot be written.
    """
    document = json.dumps({**_document(run), "extra": extra or {}})
    tensors = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in _tensors(run).items()}
    unfinished = path.with_suffix(".part")
    save_file(tensors, unfinished, metadata={"gradlab": document})
    unfinished.replace(path)


def load(
    path: Path, make: Callable[[Experiment], TrainingRun] = TrainingRun
) -> tuple[TrainingRun, dict[str, Any]]:
    """Return the run that a checkpoint is of, built by ``make``, ready to go on, and what was kept with it.

    Raises:
        InputError: if the file is missing or is no checkpoint.
    """
    try:
        with safe_open(path, framework="pt") as file:
            document = json.loads(file.metadata()["gradlab"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (no mapping)
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path}: is not a checkpoint that this GradLab reads: {error}") from None
    run = make(build(document["experiment"], str(path)))
    _restore(run, document, tensors)
    return run, document["extra"]


def _document(run: TrainingRun) -> dict[str, Any]:
    return {
        "experiment": run.experiment.model_dump(mode="json"),
        "wanted": run.wanted.model_dump(mode="json"),
        "counters": asdict(run.counters),
        "window": None if run.window is None else asdict(run.window),
        "epoch": None
        if run.epoch is None
        else {name: getattr(run.epoch, name) for name in ("position", "trained", "loss_sum")},
        "chunks": None
        if run.chunks is None
        else {name: getattr(run.chunks, name) for name in ("number", "count", "share")},
        "buffer": {key: sorted(getattr(run.buffer, name)) for key, name in NONE_IN_BUFFER.items()},
        "rule": {"kind": run.rule.kind, "steps": run.rule.steps},
        "player": None
        if run.player is None
        else {"reward": run.player.reward, "chance": run.player.chance.bit_generator.state},
        "loss_scale": None if run.loss_scale is None else asdict(run.loss_scale),
        "learning_rate": run.learning_rate.state(),
        "stopping": asdict(run.stopping),
        "lr": run.lr,
    }


def _tensors(run: TrainingRun) -> dict[str, Tensor]:
    """Name every tensor of a run. Prefixes part what belongs to the model, its best self and the optimizer."""
    tensors = {f"model.{name}": tensor for name, tensor in run.model.state_dict().items()}
    tensors |= {f"best.{name}": tensor for name, tensor in (run.best or {}).items()}
    tensors |= {f"rule.{name}": tensor for name, tensor in run.rule.memory.items()}
    if run.chunks is not None:
        tensors |= {f"state.{number}": state for number, state in enumerate(run.chunks.states)}
    tensors["buffer.used"] = run.buffer.used
    tensors["buffer.left_over"] = run.buffer.left_over
    tensors["buffer.batch"] = run.buffer.batch
    tensors["chance.order"] = run.order_chance.get_state()
    tensors["chance.dropout"] = run.dropout_chance.get_state()
    if run.player is not None:
        tensors["played.inputs"], tensors["played.targets"] = run.train
    if run.epoch is not None:
        tensors["epoch.order"] = run.epoch.order
        tensors["epoch.outputs"] = run.epoch.outputs
    return tensors


def _restore(run: TrainingRun, document: dict[str, Any], tensors: dict[str, Tensor]) -> None:
    with torch.no_grad():
        run.model.load_state_dict(_part(tensors, "model"))
        for name, tensor in _part(tensors, "buffer").items():
            getattr(run.buffer, name).copy_(tensor)
    run.best = {name: tensor.to(run.device) for name, tensor in _part(tensors, "best").items()} or None
    memory = {name: tensor.to(run.device) for name, tensor in _part(tensors, "rule").items()}
    run.rule = Rule(document["rule"]["kind"], run.parameters, memory, document["rule"]["steps"])
    for key, layers in document["buffer"].items():
        setattr(run.buffer, NONE_IN_BUFFER[key], frozenset(layers))
    if run.chunks is not None:
        for name, value in document["chunks"].items():
            setattr(run.chunks, name, value)
        states = _part(tensors, "state")
        run.chunks.states = [states[str(number)].to(run.device) for number in range(len(states))]
    if run.loss_scale is not None:
        for name, value in document["loss_scale"].items():
            setattr(run.loss_scale, name, value)
    if run.player is not None:
        run.player.reward = document["player"]["reward"]
        run.player.chance.bit_generator.state = document["player"]["chance"]
        run.train = (tensors["played.inputs"].to(run.device), tensors["played.targets"].to(run.device))
    run.order_chance.set_state(tensors["chance.order"])
    run.dropout_chance.set_state(tensors["chance.dropout"])
    run.counters = Counters(**document["counters"])
    run.stopping = EarlyStopping(**document["stopping"])
    run.learning_rate.load(document["learning_rate"])
    run.lr = document["lr"]
    if document["window"] is not None:
        run.window = Window(**document["window"])
    if document["epoch"] is not None:
        run.epoch = Epoch(*run.train, tensors["epoch.order"].to(run.device), run.outputs_per_row)
        run.epoch.outputs.copy_(tensors["epoch.outputs"])
        for name, value in document["epoch"].items():
            setattr(run.epoch, name, value)
    if document["wanted"] != document["experiment"]:
        run.change(build(document["wanted"]))


def _part(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    start = f"{prefix}."
    return {name.removeprefix(start): value for name, value in tensors.items() if name.startswith(start)}
