"""Refuses settings that are valid alone, but not with this data, model or device."""

import torch
from torch import nn

from gradlab.errors import InputError
from gradlab.experiment.schema import Experiment
from gradlab.experiment.settings import by_key, differences
from gradlab.language import tr
from gradlab.models.parts.heads import HEAD_A
from gradlab.training.batches import updates_per_epoch
from gradlab.training.device import devices
from gradlab.training.parameters import FlatParameters


def check_live(before: Experiment, after: Experiment) -> None:
    """Refuse a change of settings that needs a reset."""
    for key, (_, new) in differences(before, after).items():
        if not by_key(Experiment)[key].live:
            raise InputError(
                tr("{key} = {new} needs a reset: it cannot change while a run goes on").format(
                    key=key, new=new
                ),
                key,
            )


def check_precision(experiment: Experiment, device: torch.device) -> None:
    """Refuse float16 on a CPU."""
    if experiment.training.precision == "float16" and device.type == "cpu":
        gpus = [f"training.device = {present}" for present in devices() if present != "cpu"]
        allowed = ", ".join(["float32", "bfloat16", *gpus])
        raise InputError(
            tr(
                "training.precision = float16 needs a GPU, and this run computes on the CPU; allowed "
                "here: {allowed}"
            ).format(allowed=allowed),
            "training.precision",
        )


def check_frozen(experiment: Experiment, parameters: FlatParameters) -> None:
    """Refuse to freeze layers that do not exist, or all of them."""
    layers = [layer.name for layer in parameters.layers]
    frozen = experiment.model.freeze
    unknown = [name for name in frozen if name not in layers]
    if unknown:
        raise InputError(
            tr('model.freeze: there is no layer "{name}" with weights; allowed here: {layers}').format(
                name=unknown[0], layers=", ".join(layers)
            ),
            "model.freeze",
        )
    ends_up_unused = {HEAD_A} if experiment.model.head_a_updates else set()
    if set(layers) <= set(frozen) | ends_up_unused:
        raise InputError(
            tr(
                "model.freeze = {given}: nothing would be left to train; allowed here: some of {layers}, "
                "but not all"
            ).format(given=", ".join(frozen), layers=", ".join(layers)),
            "model.freeze",
        )


def check_batches(experiment: Experiment, rows: int, model: nn.Module) -> None:
    """Refuse batch sizes with which training on ``rows`` rows would make no update or fail half-way."""
    spec, size = experiment.gradients, experiment.training.batch_size
    if updates_per_epoch(rows, size, spec) == 0:
        batches = -(-rows // size)
        raise InputError(
            tr(
                "gradients.accumulate = {given} with tail = drop: an epoch has only {batches} batches, "
                "so no update would ever happen; allowed here: 1 to {batches}"
            ).format(given=spec.accumulate, batches=batches),
            "gradients.accumulate",
        )
    one_row = size == 1 or rows % size == 1
    if one_row and any(isinstance(layer, nn.BatchNorm1d) for layer in model.modules()):
        raise InputError(
            tr(
                "training.batch_size = {size} makes a batch of a single one of the {rows} training rows, "
                "and batch normalization needs two or more; allowed here: another batch size, or "
                "model.batch_norm = false"
            ).format(size=size, rows=rows),
            "training.batch_size",
        )
