"""Upgrades checkpoints that earlier versions of GradLab wrote."""

from typing import Any

from torch import Tensor

VERSION = 3


def brought_up_to_date(document: dict[str, Any], tensors: dict[str, Tensor]) -> dict[str, Any]:
    """Return a checkpoint's plain data in the form of version 3, with ``tensors`` or references to them.

    Raises:
        ValueError: if it is of a later version.
    """
    version = document.get("version", 1)
    if version > VERSION:
        raise ValueError(f"it is of version {version}, and this GradLab reads 1 to {VERSION}")
    if version == 1:
        document = _from_version_1(document, tensors)
    return document if version == VERSION else _from_version_2(document)


def _from_version_2(document: dict[str, Any]) -> dict[str, Any]:
    """Convert version 2, in which nobody kept books of the gradient buffer."""
    parts = document["parts"]
    window = {"passes": [], "least": 0, "most": 0, "begins_full": False, "sums": {}, "norms": [], "rows": []}
    # Nobody knows how many passes the buffer holds, but the next window only asks whether there are any.
    buffer = {**parts["buffer"], "passes": 1}
    return {**document, "parts": {**parts, "buffer": buffer, "ledger": {"sightings": {}, "window": window}}}


def _from_version_1(document: dict[str, Any], tensors: dict[str, Tensor]) -> dict[str, Any]:
    """Convert version 1, where the file was flat and knew the inside of every part."""
    waits = document["wanted"] != document["experiment"]
    parts = {
        "settings": {"wanted": document["wanted"] if waits else None},
        "network": {
            "model": _under("model", tensors),
            "chance": tensors["chance.dropout"],
            "loss_scale": document["loss_scale"],
        },
        "buffer": {
            "without_gradient": document["buffer"]["none"],
            "without_left_over": document["buffer"]["none_left_over"],
            "without_batch": document["buffer"]["none_in_batch"],
            **_under("buffer", tensors),
        },
        "rows": {
            "chance": tensors["chance.order"],
            "player": document["player"],
            **_under("played", tensors),
        },
        "position": {
            "counters": document["counters"],
            "window": document["window"],
            "epoch": document["epoch"] and document["epoch"] | _under("epoch", tensors),
            "chunks": document["chunks"] and document["chunks"] | {"states": _listed("state", tensors)},
        },
        "optimizer": {
            "rule": {"memory": _under("rule", tensors), "steps": document["rule"]["steps"]},
            "learning_rate": {"plateau": document["plateau"]},
            "lr": document["lr"],
        },
        "best": {"stopping": document["stopping"], "weights": _under("best", tensors)},
    }
    return {"experiment": document["experiment"], "extra": document["extra"], "parts": parts}


def _under(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    start = f"{prefix}."
    return {name.removeprefix(start): value for name, value in tensors.items() if name.startswith(start)}


def _listed(prefix: str, tensors: dict[str, Tensor]) -> list[Tensor]:
    numbered = _under(prefix, tensors)
    return [numbered[str(number)] for number in range(len(numbered))]
