"""The phases of an update in plain words."""

from gradlab.experiment.schema import Experiment
from gradlab.instruments.records import Gradients, Phase
from gradlab.window.plots.formatting import short

NAMES: dict[Phase, str] = {
    "zeroed": "Zero",
    "forward": "Forward",
    "backward": "Backward",
    "clipped": "Clip",
    "updated": "Update",
}


def phases_of(experiment: Experiment) -> tuple[Phase, ...]:
    """Return the phases that an update goes through with these settings, in their order."""
    order: list[Phase] = ["forward", "backward"]
    if experiment.gradients.zero == "after_backward":
        order.append("zeroed")
    elif experiment.gradients.zero != "never":
        order.insert(0, "zeroed")
    if experiment.optimizer.clip_norm:
        order.append("clipped")
    return (*order, "updated")


def sentence(gradients: Gradients) -> str:
    """Say what the latest phase did to the gradient buffer."""
    says = {
        "zeroed": _zeroed,
        "forward": _forward,
        "backward": _backward,
        "clipped": _clipped,
        "updated": _updated,
    }
    return f"{NAMES[gradients.phase]}: {says[gradients.phase](gradients)}"


def is_harmful(gradients: Gradients) -> bool:
    """Return whether the buffer holds what it should not, or lost what it should hold."""
    if gradients.phase == "zeroed":
        return not gradients.awaited or gradients.micro_batch > 1 or gradients.chunk > 1
    return gradients.stale or (gradients.phase == "updated" and gradients.zeroing == "after_backward")


def _zeroed(gradients: Gradients) -> str:
    emptied = _emptied(gradients)
    if gradients.zeroing == "after_backward" and not gradients.awaited:
        return f"{emptied}, before the optimizer could use it. What this batch added is lost."
    if gradients.zeroing == "every_epoch":
        return f"a new epoch begins, so {emptied}. From here on everything piles up until the next epoch."
    if gradients.chunk > 1:
        return f"{emptied}, in the middle of a batch. What the chunks before this one had added is lost."
    if gradients.micro_batch > 1:
        return f"{emptied}, in the middle of an update. What the batches before this one had added is lost."
    return f"{emptied}; nothing is left over."


def _emptied(gradients: Gradients) -> str:
    if gradients.experiment.gradients.zero_to == "zeros":
        return "every number in the buffer was set to 0"
    return "the buffer was emptied"


def _forward(gradients: Gradients) -> str:
    guessed = (
        "the model guessed" if gradients.loss is None else f"the model guessed; loss {short(gradients.loss)}"
    )
    return f"{guessed}. The buffer is untouched{_what_it_holds(gradients)}."


def _what_it_holds(gradients: Gradients) -> str:
    earlier = gradients.micro_batch - 1
    if gradients.stale:
        return ": it still holds gradients of earlier updates"
    if earlier and gradients.norm > 0:
        count = "the batch" if earlier == 1 else f"the {earlier} batches"
        return f": it holds what {count} before this one added"
    return ""


def _backward(gradients: Gradients) -> str:
    missing = gradients.accumulate - gradients.micro_batch
    added = f"this {'chunk' if gradients.chunks > 1 else 'batch'}'s gradient was added"
    if gradients.stale:
        added += " to what earlier updates had left over"
    elif gradients.micro_batch > 1 and gradients.zeroing != "every_batch":
        before = "batch" if gradients.micro_batch == 2 else "batches"
        added += f" to what the {before} before it had left"
    if gradients.chunk < gradients.chunks:
        return f"{added}. No update yet: more chunks of this batch are to come."
    if missing:
        more = "1 more batch" if missing == 1 else f"{missing} more batches"
        return f"{added}. No update yet: {more} to come."
    return f"{added}. The weights have not moved yet."


def _clipped(gradients: Gradients) -> str:
    limit = f"{gradients.experiment.optimizer.clip_norm:g}"
    if gradients.clipped < gradients.norm * (1 - 1e-6):
        return (
            f"the gradient was too long: norm {short(gradients.norm)}. It was shortened to {limit}; "
            "its direction is the same."
        )
    return f"the gradient is no longer than {limit}, so it stays as it is: norm {short(gradients.norm)}."


def _updated(gradients: Gradients) -> str:
    if all(parameter.used is None for parameter in gradients.parameters):
        return "the buffer is empty, so the optimizer had nothing to use. No weight moved."
    if gradients.norm == 0:
        return f"the buffer holds only zeros. {_moved_by_zeros(gradients)}"
    return f"{_moved(gradients)} {_stays(gradients)}"


def _moved_by_zeros(gradients: Gradients) -> str:
    spec = gradients.experiment.optimizer
    if spec.kind in ("adam", "adamw") or (spec.momentum and spec.kind in ("sgd", "rmsprop")):
        return "The weights can move all the same: the optimizer remembers earlier gradients."
    if spec.weight_decay and spec.kind != "by_hand":
        return "The weights moved all the same: weight decay pulls them towards 0."
    return "No weight moved."


def _moved(gradients: Gradients) -> str:
    spec = gradients.experiment.optimizer
    if spec.kind in ("adam", "adamw", "rmsprop", "adagrad"):
        what = "by a step that the optimizer scaled by the size of its gradients so far"
    elif spec.kind == "sgd" and spec.momentum:
        what = f"by −learning rate × velocity: the buffer, plus {spec.momentum:g} × the velocity before"
    elif spec.kind == "sgd" and spec.weight_decay:
        what = "by −learning rate × (what is in the buffer + weight decay × the weight)"
    else:
        what = "by −learning rate × what is in the buffer"
    every = all(parameter.used is not None for parameter in gradients.parameters)
    return f"every weight{'' if every else ' that has a gradient'} moved {what}."


def _stays(gradients: Gradients) -> str:
    endings = {
        "every_update": "The buffer still holds it until it is zeroed.",
        "every_batch": "The buffer still holds it until it is zeroed.",
        "every_epoch": "Nobody zeroes the buffer before the next epoch: the next batch adds to it.",
        "never": "Nobody zeroes the buffer: the next batch adds to it.",
    }
    # Zeroing after backward leaves nothing that could stay.
    return endings.get(gradients.zeroing, "")
