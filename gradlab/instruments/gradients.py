"""A picture of the gradient buffer: for every parameter, left over + this batch = used."""

import numpy as np
from torch import Tensor

from gradlab.instruments.records import Floats, Gradients, ParameterGradient
from gradlab.training.events import Backward, Updated
from gradlab.training.parameters import Segment
from gradlab.training.run import TrainingRun

LARGEST_SIDE = 256  # pictures with more rows or columns are shown in blocks


def gradients(run: TrainingRun, backward: Backward, updated: Updated) -> Gradients:
    """Take a picture of the buffer, after an update and before the next backward pass.

    Only then do its three parts belong together. ``backward`` and ``updated`` are the events of that update.
    """
    return Gradients(
        update=updated.update,
        micro_batch=backward.batch,
        accumulate=backward.of,
        norm=updated.grad_norm,
        clipped=updated.clipped_norm,
        zeroing=run.experiment.gradients.zero,
        parameters=_parameters(run),
    )


def _parameters(run: TrainingRun) -> tuple[ParameterGradient, ...]:
    buffer = run.buffer
    left_over = None if buffer.left_none else buffer.left_over.detach().cpu()
    batch = buffer.batch.detach().cpu()
    used = None if buffer.is_none else buffer.used.detach().cpu()
    return tuple(
        ParameterGradient(
            segment.name,
            tuple(segment.shape),
            _picture(segment, left_over),
            _picture(segment, batch),
            _picture(segment, used),
        )
        for segment in run.parameters.segments
    )


def _picture(segment: Segment, flat: Tensor | None) -> Floats | None:
    return None if flat is None else as_picture(segment.of(flat).numpy())


def as_picture(values: Floats) -> Floats:
    """Return a parameter of any shape as a copied 2-D picture, at most 256 on a side.

    A vector becomes a row. A convolution ``(out, in, h, w)`` becomes a grid of its filters, out × in, parted by
    nothing. Where a side is too long, each block of neighbours shows its value of largest magnitude.
    """
    if values.ndim == 4:
        out, channels, height, width = values.shape
        flat = values.transpose(0, 2, 1, 3).reshape(out * height, channels * width)
    else:
        flat = values.reshape(1, -1) if values.ndim < 2 else values.reshape(values.shape[0], -1)
    return np.array(_in_blocks(_in_blocks(flat, axis=0), axis=1), dtype=np.float32)


def _in_blocks(picture: Floats, axis: int) -> Floats:
    length = picture.shape[axis]
    if length <= LARGEST_SIDE:
        return picture
    size = -(-length // LARGEST_SIDE)
    missing = -length % size
    padding = [(0, missing if number == axis else 0) for number in range(2)]
    blocks = np.moveaxis(np.pad(picture, padding), axis, 0)
    blocks = blocks.reshape(-1, size, blocks.shape[1])
    magnitude = np.where(np.isnan(blocks), np.inf, np.abs(blocks))
    largest = np.take_along_axis(blocks, magnitude.argmax(axis=1, keepdims=True), axis=1)[:, 0]
    return np.moveaxis(largest, 0, axis)
