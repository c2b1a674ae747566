"""The phases of an update in plain words."""

from gradlab.experiment.schema import Experiment
from gradlab.instruments.records import BufferState, Phase
from gradlab.language import mark, tr, trn
from gradlab.training.optimizers.base import OPTIMIZERS
from gradlab.training.zeroing.base import ZEROING
from gradlab.window.charts.formatting import short
from gradlab.window.language.numbers import number

NAMES: dict[Phase, str] = {
    "zeroed": mark("Zero"),
    "forward": mark("Forward"),
    "backward": mark("Backward"),
    "clipped": mark("Clip"),
    "updated": mark("Update"),
}


def phases_of(experiment: Experiment) -> tuple[Phase, ...]:
    """Return the phases that an update goes through with these settings, in their order."""
    order: list[Phase] = ["forward", "backward"]
    mode = ZEROING[experiment.gradients.zero]
    if mode.loses_all:
        order.append("zeroed")
    elif mode.moments:
        order.insert(0, "zeroed")
    if experiment.optimizer.clip_norm:
        order.append("clipped")
    return (*order, "updated")


def sentence(gradients: BufferState) -> str:
    """Say what the latest phase did to the gradient buffer."""
    says = {
        "zeroed": _zeroed,
        "forward": _forward,
        "backward": _backward,
        "clipped": _clipped,
        "updated": _updated,
    }
    said = says[gradients.phase](gradients)
    return tr("{phase}: {what_it_did}").format(phase=tr(NAMES[gradients.phase]), what_it_did=said)


def is_harmful(gradients: BufferState) -> bool:
    """Return whether the buffer holds what it should not, or lost what it should hold."""
    if gradients.phase == "zeroed":
        return not gradients.awaited or gradients.micro_batch > 1 or gradients.chunk > 1
    return gradients.stale or (gradients.phase == "updated" and ZEROING[gradients.zeroing].loses_all)


def _zeroed(gradients: BufferState) -> str:
    emptied, mode = _emptied(gradients), ZEROING[gradients.zeroing]
    between_chunks = gradients.awaited and gradients.chunk > 1
    if mode.emptied and not between_chunks:
        line = tr(mode.emptied)
    elif between_chunks:
        line = tr("{emptied}, in the middle of a batch. What the chunks before this one had added is lost.")
    elif gradients.micro_batch > 1:
        line = tr(
            "{emptied}, in the middle of an update. What the batches before this one had added is lost."
        )
    else:
        line = tr("{emptied}; nothing is left over.")
    return line.format(emptied=emptied)


def _emptied(gradients: BufferState) -> str:
    if gradients.experiment.gradients.zero_to == "zeros":
        return tr("every number in the buffer was set to 0")
    return tr("the buffer was emptied")


def _forward(gradients: BufferState) -> str:
    if gradients.loss is None:
        guessed = tr("the model guessed.")
    else:
        guessed = tr("the model guessed; loss {loss}.").format(loss=short(gradients.loss))
    return tr("{guessed} {what_it_holds}").format(guessed=guessed, what_it_holds=_what_it_holds(gradients))


def _what_it_holds(gradients: BufferState) -> str:
    earlier = gradients.micro_batch - 1
    if gradients.stale:
        return tr("The buffer is untouched: it still holds gradients of earlier updates.")
    if earlier and gradients.norm > 0:
        return trn(
            "The buffer is untouched: it holds what the batch before this one added.",
            "The buffer is untouched: it holds what the {count} batches before this one added.",
            earlier,
        ).format(count=earlier)
    return tr("The buffer is untouched.")


def _backward(gradients: BufferState) -> str:
    missing = gradients.accumulate - gradients.micro_batch
    if gradients.chunk < gradients.chunks:
        what_now = tr("No update yet: more chunks of this batch are to come.")
    elif missing:
        what_now = trn(
            "No update yet: {count} more batch to come.",
            "No update yet: {count} more batches to come.",
            missing,
        ).format(count=missing)
    else:
        what_now = tr("The weights have not moved yet.")
    return tr("{added} {what_now}").format(added=_added(gradients), what_now=what_now)


def _added(gradients: BufferState) -> str:
    in_chunks = gradients.chunks > 1
    if gradients.stale:
        if in_chunks:
            return tr("this chunk's gradient was added to what earlier updates had left over.")
        return tr("this batch's gradient was added to what earlier updates had left over.")
    earlier = gradients.micro_batch - 1
    if earlier and ZEROING[gradients.zeroing].collects_batches:
        if in_chunks:
            return trn(
                "this chunk's gradient was added to what the batch before it had left.",
                "this chunk's gradient was added to what the batches before it had left.",
                earlier,
            )
        return trn(
            "this batch's gradient was added to what the batch before it had left.",
            "this batch's gradient was added to what the batches before it had left.",
            earlier,
        )
    return tr("this chunk's gradient was added.") if in_chunks else tr("this batch's gradient was added.")


def _clipped(gradients: BufferState) -> str:
    limit = number(gradients.experiment.optimizer.clip_norm, "g")
    if gradients.clipped < gradients.norm * (1 - 1e-6):
        line = tr(
            "the gradient was too long: norm {norm}. It was shortened to {limit}; its direction is the same."
        )
    else:
        line = tr("the gradient is no longer than {limit}, so it stays as it is: norm {norm}.")
    return line.format(limit=limit, norm=short(gradients.norm))


def _updated(gradients: BufferState) -> str:
    if all(parameter.used is None for parameter in gradients.parameters):
        return tr("the buffer is empty, so the optimizer had nothing to use. No weight moved.")
    if gradients.norm == 0:
        moved = _moved_by_zeros(gradients)
        return tr("the buffer holds only zeros. {what_moved}").format(what_moved=moved)
    stays = tr(ZEROING[gradients.zeroing].stays)
    return tr("{what_moved} {what_stays}").format(what_moved=_moved(gradients), what_stays=stays)


def _moved_by_zeros(gradients: BufferState) -> str:
    spec = gradients.experiment.optimizer
    optimizer = OPTIMIZERS[spec.kind]
    if optimizer.moves_on(spec):
        return tr("The weights can move all the same: the optimizer remembers earlier gradients.")
    if optimizer.decays(spec):
        return tr("The weights moved all the same: weight decay pulls them towards 0.")
    return tr("No weight moved.")


def _moved(gradients: BufferState) -> str:
    spec = gradients.experiment.optimizer
    what = tr(OPTIMIZERS[spec.kind].moved_by(spec)).format(momentum=number(spec.momentum, "g"))
    every = all(parameter.used is not None for parameter in gradients.parameters)
    line = tr("every weight moved {what}.") if every else tr("every weight that has a gradient moved {what}.")
    return line.format(what=what)
