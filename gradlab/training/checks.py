"""Refuses settings that are valid alone, but not with this data, model or device."""

import torch
from torch import Tensor, nn

from gradlab.errors import InputError
from gradlab.experiment.schema import Experiment
from gradlab.experiment.settings import by_key, differences
from gradlab.language import tr
from gradlab.models.parts.heads import HEAD_A
from gradlab.training.batches import smallest_batch, updates_ahead
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


def check_updates(experiment: Experiment, rows: int) -> None:
    """Refuse settings with which training on ``rows`` rows per epoch would make no update."""
    spec, training = experiment.gradients, experiment.training
    batches = -(-rows // training.batch_size)
    if updates_ahead(spec, batches, training.epochs) > 0:
        return
    text = tr(
        "gradients.accumulate = {given} with tail = drop: an epoch has only {batches} batches, "
        "so no update would ever happen; allowed here: 1 to {batches}"
    )
    if spec.tail == "carry":
        batches *= training.epochs
        text = tr(
            "gradients.accumulate = {given} with tail = carry: all epochs together have only {batches} batches, "
            "so no update would ever happen; allowed here: 1 to {batches}"
        )
    raise InputError(text.format(given=spec.accumulate, batches=batches), "gradients.accumulate")


def check_batch_norm(experiment: Experiment, rows: int, rest: int) -> None:
    """Refuse batch sizes with which a model that needs two rows or more would be trained on a single one.

    ``rows``: of a whole epoch; ``rest``: those left of the epoch under way.
    """
    size = experiment.training.batch_size
    text = ""
    if smallest_batch(rest, size, experiment.gradients) == 1:
        text = tr(
            "training.batch_size = {size} makes a batch of a single one of the {rest} training rows that are left "
            "of this epoch, and batch normalization needs two or more; allowed here: another batch size, or "
            "model.batch_norm = false"
        )
    if smallest_batch(rows, size, experiment.gradients) == 1:
        text = tr(
            "training.batch_size = {size} makes a batch of a single one of the {rows} training rows, "
            "and batch normalization needs two or more; allowed here: another batch size, or "
            "model.batch_norm = false"
        )
    if text:
        raise InputError(text.format(size=size, rows=rows, rest=rest), "training.batch_size")


def needs_two_rows(model: nn.Module, row: Tensor) -> bool:
    """Return whether batch normalization would get a single value per channel from one ``row``, ``(1, …)``."""
    counts: list[int] = []

    def count(_: nn.Module, inputs: tuple[Tensor, ...], __: object) -> None:
        counts.append(inputs[0].numel() // inputs[0].shape[1])

    norms = [layer for layer in model.modules() if isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d)]
    if not norms:
        return False
    hooks = [norm.register_forward_hook(count) for norm in norms]
    was_training = model.training
    model.eval()
    with torch.no_grad():
        model(row)
    model.train(was_training)
    for hook in hooks:
        hook.remove()
    return min(counts) == 1
