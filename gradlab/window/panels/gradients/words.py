"""Sentences about the gradient buffer in plain words, and how to read its pictures."""

from typing import Literal

import numpy as np

from gradlab.instruments.records import BufferState, ParameterGradient, Phase
from gradlab.language import mark, sentences, tr
from gradlab.training.zeroing.base import ZEROING
from gradlab.window.charts.formatting import short
from gradlab.window.language.numbers import number
from gradlab.window.panels.gradients.nothing_comes import why_nothing_comes
from gradlab.window.panels.gradients.reading import HEADINGS, Reading
from gradlab.window.panels.phase_words import sentence
from gradlab.window.widgets.animation import Motion

Level = Literal["", "warning", "error"]
# How a phase is shown to have changed a picture: emptied, filled, or used.
_MOTIONS: dict[Phase, dict[str, Motion]] = {
    "zeroed": {"left_over": "fade", "batch": "fade", "used": "fade"},
    "backward": {"left_over": "fade", "batch": "flow", "used": "flow"},
    "clipped": {"used": "fade"},
    "updated": {"used": "pulse", "weights": "fade", "update": "flow"},
}


def place(gradients: BufferState) -> str:
    """Return the update and the batch that the buffer belongs to."""
    parts = [tr("Update {update}").format(update=number(gradients.update))]
    if gradients.accumulate > 1:
        batch = tr("batch {batch} of {batches}")
        parts.append(batch.format(batch=gradients.micro_batch, batches=gradients.accumulate))
    if gradients.chunks > 1:
        parts.append(tr("chunk {chunk} of {chunks}").format(chunk=gradients.chunk, chunks=gradients.chunks))
    return " · ".join(parts)


def reading(gradients: BufferState, by_phase: bool) -> Reading:
    """Return how to read the pictures; ``by_phase``: at this moment, before all of the update is done."""
    shortened = is_clipped(gradients)
    emptied = ZEROING[gradients.zeroing].loses_all and gradients.phase not in ("forward", "backward")
    sign = "→" if not gradients.awaited and (shortened or emptied) else "="
    if not by_phase:
        return Reading(sign=sign, warned=gradients.stale)
    first, second, _ = HEADINGS
    headings = (tr(first), tr(second), tr(_third_heading(gradients)))
    return Reading(
        headings,
        sign,
        gradients.awaited,
        gradients.stale,
        _changed(gradients),
        _MOTIONS.get(gradients.phase, {}),
        (gradients.update, gradients.micro_batch, gradients.chunk, gradients.phase),
    )


def _changed(gradients: BufferState) -> frozenset[int]:
    """Return the numbers of the pictures that the latest phase changed."""
    if gradients.phase == "zeroed":
        return frozenset({0, 2}) if gradients.awaited else frozenset({2})
    if gradients.phase == "backward":
        return frozenset({1, 2})
    return frozenset({2}) if gradients.phase == "clipped" and is_clipped(gradients) else frozenset()


def _third_heading(gradients: BufferState) -> str:
    if gradients.phase == "updated":
        return mark("The optimizer used")
    ready = gradients.phase in ("backward", "clipped") and gradients.micro_batch == gradients.accumulate
    return HEADINGS[2] if ready else mark("In the buffer now")


def is_clipped(gradients: BufferState) -> bool:
    """Return whether clipping shortened what is used."""
    return gradients.clipped < gradients.norm * (1 - 1e-6)


def facts(gradients: BufferState) -> tuple[str, str, str]:
    """Return what the buffer belongs to, how long the gradient is, and when it is zeroed."""
    zeroed = ZEROING[gradients.zeroing].label.lower()
    norm = tr("norm {norm} (clipped to {clipped})") if is_clipped(gradients) else tr("norm {norm}")
    norm = norm.format(norm=short(gradients.norm), clipped=short(gradients.clipped))
    return place(gradients), norm, tr("zeroed: {when}").format(when=zeroed)


def caption(gradients: BufferState) -> tuple[str, Level]:
    """Return what the buffer holds in plain words, and how bad that is."""
    if _is_still_empty(gradients):
        return sentence(gradients), ""
    said, level = _contents(gradients)
    if level == "error":
        return said, level
    why = why_nothing_comes(gradients)
    return sentences((said, why)), level or ("warning" if why else "")


def _is_still_empty(gradients: BufferState) -> bool:
    """Return whether the batch has not come to its backward pass; a run may end before it."""
    emptied = bool(gradients.parameters) and all(part.used is None for part in gradients.parameters)
    return emptied and gradients.awaited and not ZEROING[gradients.zeroing].loses_all


def _contents(gradients: BufferState) -> tuple[str, Level]:
    if not np.isfinite(gradients.norm) or _has_bad_numbers(gradients.parameters):
        return (
            tr("Some gradients are no longer numbers: every weight they touch is lost. Reset to go on."),
            "error",
        )
    nothing_used = gradients.parameters and all(part.used is None for part in gradients.parameters)
    mode = ZEROING[gradients.zeroing]
    if nothing_used or mode.loses_all:
        return tr("The buffer is emptied before the optimizer can use it: nothing is learned."), "warning"
    if gradients.stale:
        return (
            tr("Gradients of earlier updates are still in the buffer: the optimizer uses them again."),
            "warning",
        )
    if mode.warning and gradients.accumulate > 1:
        return tr(mode.warning).format(count=gradients.accumulate), "warning"
    if gradients.micro_batch > 1:
        line = tr("The buffer collects the batches of this update: {count} so far.")
        return line.format(count=gradients.micro_batch), ""
    return tr("The buffer was empty before this batch: the optimizer uses this batch alone."), ""


def _has_bad_numbers(parameters: tuple[ParameterGradient, ...]) -> bool:
    used = (parameter.used for parameter in parameters if parameter.used is not None)
    return any(not np.isfinite(picture).all() for picture in used)
