"""The PyTorch loop that an experiment's settings mean, as a beginner would read it in a textbook.

``model``, ``data`` and ``loss_function`` stand for what the experiment describes; ``torch``, ``nn`` and
``DataLoader`` are PyTorch's own. Where a world is played in, ``data.play(model)`` fills ``data`` with the steps of
episodes. Measuring and early stopping are left out: they do not touch the gradient buffer.
"""

from dataclasses import dataclass

from gradlab.experiment.schema import Experiment, Gradients, Optimizer
from gradlab.instruments.records import Phase
from gradlab.language import tr

INDENT = "    "
CLASSES = {"sgd": "SGD", "adam": "Adam", "adamw": "AdamW", "rmsprop": "RMSprop", "adagrad": "Adagrad"}
WITH_MOMENTUM = ("sgd", "rmsprop")
RECURRENT = ("rnn", "gru", "lstm")


@dataclass(frozen=True)
class CodeLine:
    """One line of code, and the phase of the loop that it does; empty where it does none."""

    text: str
    phase: Phase = ""


def lines_for(experiment: Experiment) -> list[CodeLine]:
    """Return the loop, ready to be run where ``model``, ``data`` and ``loss_function`` are there."""
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
    if not _steps_by_hand(experiment):
        lines.append(f"optimizer = {_optimizer(experiment.optimizer)}")
    lines += _schedule(experiment)
    if _scales(experiment):
        lines.append(f'scaler = torch.amp.GradScaler("{_gpu(experiment)}")')
    if _carries(gradients):
        lines.append("number = 0")
    return [CodeLine(line) for line in lines]


def _optimizer(spec: Optimizer) -> str:
    kind = "sgd" if spec.kind == "by_hand" else spec.kind
    arguments = ["model.parameters()", f"lr={spec.lr!r}"]
    if spec.momentum and kind in WITH_MOMENTUM and spec.kind != "by_hand":
        arguments.append(f"momentum={spec.momentum!r}")
        if spec.nesterov and kind == "sgd":
            arguments.append("nesterov=True")
    # AdamW is the one whose own default is not 0.
    if (spec.weight_decay or kind == "adamw") and spec.kind != "by_hand":
        arguments.append(f"weight_decay={spec.weight_decay!r}")
    return f"torch.optim.{CLASSES[kind]}({', '.join(arguments)})"


def _schedule(experiment: Experiment) -> list[str]:
    spec = experiment.optimizer
    schedulers = {
        "step": "MultiStepLR(optimizer, [-(-updates // 2), -(-updates * 3 // 4)])",
        "cosine": "CosineAnnealingLR(optimizer, updates)",
        "one_cycle": f"OneCycleLR(optimizer, {spec.lr!r}, updates, cycle_momentum=False)",
        "plateau": "ReduceLROnPlateau(optimizer, patience=5)",
        "warmup": "LinearLR(optimizer, 1 / rise, total_iters=rise - 1)",
    }
    if spec.schedule not in schedulers:
        return []
    lines = [] if spec.schedule == "plateau" else [f"updates = {_updates(experiment)}"]
    if spec.schedule == "warmup":
        lines.append("rise = max(updates // 10, 1)")
    return [*lines, f"scheduler = torch.optim.lr_scheduler.{schedulers[spec.schedule]}"]


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
    gradients, spec = experiment.gradients, experiment.optimizer
    inside = []
    if experiment.data.is_played:
        played = tr("the policy of this moment plays, and then learns from that")
        inside.append(CodeLine(f"data.play(model)  # {played}"))
    if gradients.zero == "every_epoch":
        inside.append(_zero(experiment))
    inside.append(CodeLine(_each_batch(gradients, _row(experiment))))
    inside += _indented(_batch(experiment))
    if spec.schedule == "plateau":
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
    lines = _tail_left_out(gradients) + _window_begins(experiment)
    if gradients.zero == "never":
        lines.append(CodeLine("# " + tr("nothing empties the gradient buffer")))
    if experiment.model.chunk and experiment.model.kind in RECURRENT:
        steps = experiment.model.chunk
        lines.append(
            CodeLine(
                "# "
                + tr("left out: both passes for every {steps} time steps, the state carried on").format(
                    steps=steps
                )
            )
        )
    if experiment.model.kind == "two_heads" and experiment.model.head_a_updates:
        left_out = tr("left out: from update {update} on the model does not use its head A")
        lines.append(CodeLine("# " + left_out.format(update=experiment.model.head_a_updates + 1)))
    if gradients.zero == "every_batch":
        lines.append(_zero(experiment))
    if _scales(experiment) and gradients.zero in ("every_epoch", "never"):
        lines.append(CodeLine("# " + tr("left out: what is left over must not be unscaled once more")))
    lines += _forward_and_backward(experiment)
    if gradients.accumulate == 1:
        return lines + _update(experiment)
    if _carries(gradients):
        lines.append(CodeLine("number += 1"))
    return [*lines, CodeLine(f"if {_window_is_full(gradients)}:"), *_indented(_update(experiment))]


def _tail_left_out(gradients: Gradients) -> list[CodeLine]:
    if gradients.accumulate == 1 or gradients.tail != "drop":
        return []
    count = gradients.accumulate
    return [CodeLine(f"if number == len(batches) // {count} * {count}:"), CodeLine(f"{INDENT}break")]


def _window_begins(experiment: Experiment) -> list[CodeLine]:
    gradients, count = experiment.gradients, experiment.gradients.accumulate
    zeroes = [_zero(experiment)] if gradients.zero == "every_update" else []
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
    if experiment.model.kind == "surface":  # what it says is how high the point is, and that is the loss
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
    lines = [_zero(experiment)] if experiment.gradients.zero == "after_backward" else []
    if spec.clip_norm:
        if _unscales(experiment):
            lines.append(CodeLine("scaler.unscale_(optimizer)", "clipped"))
        clip = f"nn.utils.clip_grad_norm_(model.parameters(), {spec.clip_norm!r})"
        lines.append(CodeLine(clip, "clipped"))
    lines += _step(experiment)
    if spec.schedule not in ("constant", "plateau"):
        lines.append(CodeLine("scheduler.step()"))
    return lines


def _step(experiment: Experiment) -> list[CodeLine]:
    texts: tuple[str, ...] = ("optimizer.step()",)
    if _unscales(experiment):
        texts = ("scaler.step(optimizer)", "scaler.update()")
    elif _steps_by_hand(experiment):
        texts = (
            "with torch.no_grad():",
            f"{INDENT}for weight in model.parameters():",
            f"{INDENT * 2}if weight.grad is not None:",
            f"{INDENT * 3}weight -= {experiment.optimizer.lr!r} * weight.grad",
        )
    return [CodeLine(text, "updated") for text in texts]


def _zero(experiment: Experiment) -> CodeLine:
    owner = "model" if _steps_by_hand(experiment) else "optimizer"
    how = "" if experiment.gradients.zero_to == "none" else "set_to_none=False"
    return CodeLine(f"{owner}.zero_grad({how})", "zeroed")


def _by_rows(gradients: Gradients) -> bool:
    """Whether each batch is weighted by its share of the window's rows; one alone is all of them."""
    return gradients.accumulate > 1 and gradients.scale == "samples"


def _carries(gradients: Gradients) -> bool:
    return gradients.accumulate > 1 and gradients.tail == "carry"


def _steps_by_hand(experiment: Experiment) -> bool:
    """A schedule and a scaler need an optimizer; plain SGD is the same rule as the one written by hand."""
    spec = experiment.optimizer
    return spec.kind == "by_hand" and spec.schedule == "constant" and not _scales(experiment)


def _scales(experiment: Experiment) -> bool:
    """Whether the loss is scaled, so that small gradients survive in float16."""
    return experiment.training.precision == "float16"


def _unscales(experiment: Experiment) -> bool:
    """Whether a scaled gradient reaches the update; emptied after backward, nothing does."""
    return _scales(experiment) and experiment.gradients.zero != "after_backward"


def _gpu(experiment: Experiment) -> str:
    return "mps" if experiment.training.device == "mps" else "cuda"
