"""A picture of the gradient buffer: for every parameter, left over + this batch = used."""

from collections.abc import Collection

import numpy as np
from torch import Tensor

from gradlab.instruments.records import Floats, Gradients, ParameterGradient
from gradlab.training.events import Backward, Event, Updated
from gradlab.training.parameters import Segment
from gradlab.training.run import TrainingRun

LARGEST_SIDE = 256  # pictures with more rows or columns are shown in blocks


class BufferRecorder:
    """Notes what happens to the buffer; takes a picture of it when asked to."""

    def __init__(self) -> None:
        self._backward: Backward | None = None
        self._updated: Updated | None = None
        self._stale: Tensor | bool = False
        self._window_has_begun = False
        self._latest: Gradients | None = None

    def observe(self, event: Event, run: TrainingRun) -> None:
        """Take note of an event."""
        match event:
            case Backward():
                self._backward = event
                # A window carried over or resumed begins later than its first batch: what lies there is its own.
                if event.batch == 1 and not self._window_has_begun:
                    self._stale = not run.buffer.left_none and run.buffer.left_over.any()
                self._window_has_begun = True
            case Updated():
                self._updated = event
                self._window_has_begun = False
                self._latest = None
            case _:
                pass

    def gradients(self, run: TrainingRun) -> Gradients | None:
        """Take a picture of the buffer as the latest update used it; None before the first.

        The three parts belong together from an update until the next backward pass: ask only then.
        """
        if self._latest is None and self._backward is not None and self._updated is not None:
            self._latest = Gradients(
                update=self._updated.update,
                micro_batch=self._backward.batch,
                accumulate=self._backward.of,
                norm=self._updated.grad_norm,
                clipped=self._updated.clipped_norm,
                zeroing=run.experiment.gradients.zero,
                parameters=_parameters(run),
                stale=bool(self._stale),
            )
        return self._latest


def _parameters(run: TrainingRun) -> tuple[ParameterGradient, ...]:
    buffer = run.buffer
    left_over, batch, used = (part.detach().cpu() for part in (buffer.left_over, buffer.batch, buffer.used))
    return tuple(
        ParameterGradient(
            segment.name,
            tuple(segment.shape),
            _picture(segment, left_over, buffer.none_left_over),
            _picture(segment, batch, buffer.none_in_batch),
            _picture(segment, used, buffer.none),
        )
        for segment in run.parameters.segments
    )


def _picture(segment: Segment, flat: Tensor, none: Collection[str]) -> Floats | None:
    return None if segment.layer in none else as_picture(segment.of(flat).numpy())


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
