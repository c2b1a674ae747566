"""Writes an experiment's settings as a PyTorch loop, as in a textbook.

``model``, ``data`` and ``loss_function`` stand for what the experiment describes; ``torch``, ``nn`` and
``DataLoader`` are PyTorch's own. In a world, ``data.play(model)`` fills ``data`` with the steps of episodes.
Measuring and early stopping are left out: they do not touch the gradient buffer.
"""

from dataclasses import dataclass

from gradlab.experiment.schema import Experiment
from gradlab.experiment.sections.gradients import Gradients
from gradlab.instruments.records import Phase
from gradlab.language import tr
from gradlab.models.base import MODELS
from gradlab.training.optimizers.base import OPTIMIZERS, OptimizerCode
from gradlab.training.schedules.base import SCHEDULES
from gradlab.training.zeroing.base import ZEROING, Moment, ZeroingMode

INDENT = "    "


@dataclass(frozen=True)
class CodeLine:
    """One line of code, and the phase of the loop that it performs; empty for none."""

    text: str
    phase: Phase = ""


def lines_for(experiment: Experiment) -> list[CodeLine]:
    """Return the lines of the loop; they run where ``model``, ``data`` and ``loss_function`` are defined."""
    return [*_preparation(experiment), CodeLine(""), *_epochs(experiment)]


def text_of(lines: list[CodeLine]) -> str:
    """Return the lines as one text."""
    return "\n".join(line.text for line in lines) + "\n"


def _indented(lines: list[CodeLine]) -> list[CodeLine]:
    return [CodeLine(INDENT + line.text, line.phase) for line in lines]


# --- before the loop -------------------------------------------------------------------------------------


def _preparation(experiment: Experiment) -> list[CodeLine]:
    gradients, rows = experiment.gradients, experiment.training.batch_size
    lines = [f"model.{name}.requires_grad_(False)" for name in experiment.model.freeze]
    lines.append(f"batches = DataLoader(data, batch_size={rows}, shuffle=True)")
    if _by_rows(gradients):
        lines.append(f"starts = range(0, len(data), {rows})")
        lines.append(f"sizes = [min({rows}, len(data) - start) for start in starts]")
    lines += _optimizer(experiment).before
    lines += _schedule(experiment)
    if _scales(experiment):
        lines.append(f'scaler = torch.amp.GradScaler("{_gpu(experiment)}")')
    if _carries(gradients):
        lines.append("number = 0")
    return [CodeLine(line) for line in lines]


def _optimizer(experiment: Experiment) -> OptimizerCode:
    spec = experiment.optimizer
    with_tools = bool(_schedule(experiment)) or _scales(experiment)
    return OPTIMIZERS[spec.kind].code(spec, with_tools=with_tools)


def _schedule(experiment: Experiment) -> tuple[str, ...]:
    spec = experiment.optimizer
    return SCHEDULES[spec.schedule].code(spec, _updates(experiment))


def _updates(experiment: Experiment) -> str:
    epochs, gradients = experiment.training.epochs, experiment.gradients
    if gradients.accumulate == 1:
        return f"{epochs} * len(batches)"
    per_epoch = {
        "step": f"{epochs} * -(-len(batches) // {gradients.accumulate})",
        "drop": f"{epochs} * (len(batches) // {gradients.accumulate})",
        "carry": f"{epochs} * len(batches) // {gradients.accumulate}",
    }
    return per_epoch[gradients.tail]


# --- the loop --------------------------------------------------------------------------------------------


def _epochs(experiment: Experiment) -> list[CodeLine]:
    gradients, inside = experiment.gradients, []
    if experiment.data.is_played:
        played = tr("the policy of this moment plays, and then learns from that")
        inside.append(CodeLine(f"data.play(model)  # {played}"))
    inside += _zero_at("epoch", experiment)
    inside.append(CodeLine(_each_batch(gradients, _row(experiment))))
    inside += _indented(_batch(experiment))
    if _schedule(experiment) and _follows_losses(experiment):
        watched = "validation_loss" if experiment.data.holds_out else "training_loss"
        inside.append(CodeLine(f"scheduler.step({watched}(model))"))
    return [CodeLine(f"for epoch in range({experiment.training.epochs}):"), *_indented(inside)]


def _row(experiment: Experiment) -> str:
    return "states, actions, advantages" if experiment.data.is_played else "inputs, targets"


def _each_batch(gradients: Gradients, row: str) -> str:
    if gradients.accumulate == 1 or _carries(gradients):
        return f"for {row} in batches:"
    return f"for number, ({row}) in enumerate(batches):"


def _batch(experiment: Experiment) -> list[CodeLine]:
    gradients = experiment.gradients
    lines = _tail_left_out(gradients) + _window_begins(experiment) + _comments(experiment)
    lines += _zero_at("batch", experiment)
    if _scales(experiment) and _zeroing(experiment).mixes_updates:
        lines.append(_comment(tr("left out: what is left over must not be unscaled once more")))
    lines += _forward_and_backward(experiment)
    if gradients.accumulate == 1:
        return lines + _update(experiment)
    if _carries(gradients):
        lines.append(CodeLine("number += 1"))
    return [*lines, CodeLine(f"if {_window_is_full(gradients)}:"), *_indented(_update(experiment))]


def _comments(experiment: Experiment) -> list[CodeLine]:
    """Return comments on what a batch does that no line of code shows."""
    spec, used, lines = experiment.model, MODELS[experiment.model.kind].uses, []
    if comment := _zeroing(experiment).comment:
        lines.append(_comment(tr(comment)))
    if spec.chunk and "chunk" in used:
        left_out = tr("left out: both passes for every {steps} time steps, the state carried on")
        lines.append(_comment(left_out.format(steps=spec.chunk)))
    if spec.head_a_updates and "head_a_updates" in used:
        left_out = tr("left out: from update {update} on the model does not use its head A")
        lines.append(_comment(left_out.format(update=spec.head_a_updates + 1)))
    return lines


def _comment(text: str) -> CodeLine:
    return CodeLine(f"# {text}")


def _tail_left_out(gradients: Gradients) -> list[CodeLine]:
    if gradients.accumulate == 1 or gradients.tail != "drop":
        return []
    count = gradients.accumulate
    return [CodeLine(f"if number == len(batches) // {count} * {count}:"), CodeLine(f"{INDENT}break")]


def _window_begins(experiment: Experiment) -> list[CodeLine]:
    gradients, count = experiment.gradients, experiment.gradients.accumulate
    zeroes = _zero_at("window", experiment)
    if count == 1:
        return zeroes
    if _by_rows(gradients):
        which = f"sizes[number:number + {count}]"
        if _carries(gradients):
            which = f"sizes[n % len(sizes)] for n in range(number, number + {count})"
        zeroes.append(CodeLine(f"rows = sum({which})"))
    return [CodeLine(f"if number % {count} == 0:"), *_indented(zeroes)] if zeroes else []


def _forward_and_backward(experiment: Experiment) -> list[CodeLine]:
    gradients = experiment.gradients
    loss = "loss"
    if _by_rows(gradients):
        loss = f"loss * len({_row(experiment).split(', ')[1]}) / rows"
    elif gradients.scale == "mean" and gradients.accumulate > 1:
        loss = f"loss / {gradients.accumulate}"
    if _scales(experiment):
        loss = f"scaler.scale({loss})"
    elif loss != "loss":
        loss = f"({loss})"
    return [*_forward(experiment), CodeLine(f"{loss}.backward()", "backward")]


def _forward(experiment: Experiment) -> list[CodeLine]:
    inputs, *targets = _row(experiment).split(", ")
    precision, outputs, texts = experiment.training.precision, f"model({inputs})", []
    if precision != "float32":
        texts = [
            f"with torch.autocast({inputs}.device.type, torch.{precision}):",
            f"{INDENT}outputs = {outputs}",
        ]
        outputs = "outputs.float()"
    if len(targets) == 1:
        texts.append(f"loss = {_loss(experiment, outputs)}")
    else:
        texts.append(f'surprise = nn.functional.cross_entropy({outputs}, actions, reduction="none")')
        texts.append("loss = (advantages * surprise).mean()")
    return [CodeLine(text, "forward") for text in texts]


def _loss(experiment: Experiment, outputs: str) -> str:
    if MODELS[experiment.model.kind].gives_loss:
        return f"{outputs}.mean()"
    return f"loss_function({outputs}, targets)"


def _window_is_full(gradients: Gradients) -> str:
    count = gradients.accumulate
    if _carries(gradients):
        return f"number % {count} == 0"
    full = f"number % {count} == {count - 1}"
    return f"{full} or number == len(batches) - 1" if gradients.tail == "step" else full


def _update(experiment: Experiment) -> list[CodeLine]:
    spec = experiment.optimizer
    lines = _zero_at("step", experiment)
    if spec.clip_norm:
        if _unscales(experiment):
            lines.append(CodeLine("scaler.unscale_(optimizer)", "clipped"))
        clip = f"nn.utils.clip_grad_norm_(model.parameters(), {spec.clip_norm!r})"
        lines.append(CodeLine(clip, "clipped"))
    lines += _step(experiment)
    if _schedule(experiment) and not _follows_losses(experiment):
        lines.append(CodeLine("scheduler.step()"))
    return lines


def _step(experiment: Experiment) -> list[CodeLine]:
    texts = _optimizer(experiment).step
    if _unscales(experiment):
        texts = ("scaler.step(optimizer)", "scaler.update()")
    return [CodeLine(text, "updated") for text in texts]


def _zero_at(moment: Moment, experiment: Experiment) -> list[CodeLine]:
    mode = _zeroing(experiment)
    if moment not in mode.moments:
        return []
    how = "" if experiment.gradients.zero_to == "none" else "set_to_none=False"
    zero = f"{_optimizer(experiment).owner}.zero_grad({how})"
    return [CodeLine(text, "zeroed") for text in mode.code(zero)]


def _zeroing(experiment: Experiment) -> ZeroingMode:
    return ZEROING[experiment.gradients.zero]


def _follows_losses(experiment: Experiment) -> bool:
    return SCHEDULES[experiment.optimizer.schedule].watch is not None


def _by_rows(gradients: Gradients) -> bool:
    """Return whether each batch is weighted by its share of the window's rows; a single one has them all."""
    return gradients.accumulate > 1 and gradients.scale == "samples"


def _carries(gradients: Gradients) -> bool:
    return gradients.accumulate > 1 and gradients.tail == "carry"


def _scales(experiment: Experiment) -> bool:
    """Return whether the loss is scaled, so that small gradients survive in float16."""
    return experiment.training.precision == "float16"


def _unscales(experiment: Experiment) -> bool:
    """Return whether a scaled gradient reaches the update: not if the buffer is emptied after backward."""
    return _scales(experiment) and not _zeroing(experiment).loses_all


def _gpu(experiment: Experiment) -> str:
    return "mps" if experiment.training.device == "mps" else "cuda"
