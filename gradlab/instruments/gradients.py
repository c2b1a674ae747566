from collections.abc import Collection
from math import prod

import numpy as np
from torch import Tensor, nn
from typing_extensions import override

from gradlab.instruments.instrument import Instrument
from gradlab.instruments.records import BufferState, BufferWish, Floats, ParameterGradient, Phase
from gradlab.language import mark
from gradlab.training.events import Backward, Clipped, Event, Forward, Skipped, Updated, Zeroed
from gradlab.training.parameters import Segment
from gradlab.training.run import TrainingRun

PHASES: dict[type[Event], Phase] = {
    Zeroed: "zeroed",
    Forward: "forward",
    Backward: "backward",
    Clipped: "clipped",
    Updated: "updated",
}
LARGEST_SIDE = 256  # parameters with more values than a square of this side are shown as smaller pictures
# The matrices that recurrent layers stack, in the order of PyTorch's documentation of weight_ih_l[k].
GATES: dict[type[nn.Module], str] = {nn.GRU: "rzn", nn.LSTM: "ifgo"}


class BufferRecorder(Instrument):
    """Follows the gradient buffer, and copies it on request: left over + this batch = used, per parameter."""

    part = BufferState
    title = mark("Gradients")
    hears = (*PHASES, Skipped)

    def __init__(self, run: TrainingRun) -> None:
        super().__init__(run)
        self._phase: Phase = ""
        self._batch = self._chunk = (1, 1)
        self._loss: float | None = None
        self._norms: tuple[float, float] | None = None
        self._stale: Tensor | bool = False
        self._window_has_begun = False
        self._latest: BufferState | None = None
        self._wish = BufferWish()
        self._weights_before: Tensor | None = None
        self._change: Tensor | None = None
        self._gates = _gates(run.model)

    def ask(self, wish: BufferWish) -> None:
        """Set what the panel wants to see; weights are copied at updates only if it asks for them."""
        if wish.updates != self._wish.updates:
            self._weights_before = self.run.parameters.flat.detach().clone() if wish.updates else None
            self._change = None
        self._wish = wish
        self._latest = None

    @override
    def observe(self, event: Event) -> None:
        run = self.run
        match event:
            case Zeroed() if not run.position.window_is_full:  # else the same batch goes on
                self._batch, self._chunk, self._loss = _next_batch(run), _next_chunk(run), None
            case Forward():
                self._batch, self._chunk, self._loss = run.position.batch, run.position.chunk, event.loss
                # A window carried over or resumed continues after its first batch: what is there is its own.
                if self._batch[0] == 1 and not self._window_has_begun:
                    self._stale = not run.buffer.is_none and run.buffer.used.any()
                self._window_has_begun = True
            case Backward():
                self._keep_weights()
            case Clipped():
                self._norms = event.before, event.after
            case Updated():
                self._norms = event.grad_norm, event.clipped_norm
                self._window_has_begun = False
                if self._weights_before is not None:
                    self._change = run.parameters.flat.detach() - self._weights_before
            case Skipped():
                self._window_has_begun = False
            case _:
                pass
        self._phase = PHASES.get(type(event), self._phase)
        self._latest = None

    def _keep_weights(self) -> None:
        """Keep the weights before an update, if a panel wants to see how far it moves them."""
        if self._weights_before is not None and self.run.position.window_is_full:
            self._weights_before.copy_(self.run.parameters.flat.detach())

    def record(self, *, at_rest: bool = False) -> BufferState | None:
        """Return a copy of the buffer; None before the first phase."""
        if self._latest is None and self._phase:
            self._latest = self._picture_of(self.run, self._phase)
        return self._latest

    def _picture_of(self, run: TrainingRun, phase: Phase) -> BufferState:
        norm, clipped = self._norms if phase in ("clipped", "updated") and self._norms else _norms(run)
        awaited = phase == "forward" or (phase == "zeroed" and not run.position.window_is_full)
        return BufferState(
            update=run.counters.updates + (phase != "updated"),
            micro_batch=self._batch[0],
            accumulate=self._batch[1],
            norm=norm,
            clipped=clipped,
            zeroing=run.experiment.gradients.zero,
            parameters=self._parameters(phase, awaited),
            stale=phase != "zeroed" and bool(self._stale),
            phase=phase,
            loss=self._loss,
            experiment=run.experiment,
            awaited=awaited,
            chunk=self._chunk[0],
            chunks=self._chunk[1],
        )

    def _parameters(self, phase: Phase, awaited: bool) -> tuple[ParameterGradient, ...]:
        """Copy every parameter.

        The three parts add up from a backward pass on. Before it, everything in the buffer is left over.
        """
        run, buffer = self.run, self.run.buffer
        nothing = frozenset(layer.name for layer in run.parameters.layers)
        parts: dict[str, tuple[Tensor | None, Collection[str]]] = {
            "left_over": (buffer.left_over, buffer.without_left_over),
            "batch": (buffer.batch, buffer.without_batch),
            "used": (buffer.used, buffer.without_gradient),
            "weights": (run.parameters.flat, ()),
            "update": (self._change if phase == "updated" else None, ()),
        }
        if awaited:
            parts |= {"left_over": parts["used"], "batch": (None, nothing)}
        there = {
            name: (flat.detach().cpu(), none) for name, (flat, none) in parts.items() if flat is not None
        }
        return tuple(
            ParameterGradient(
                segment.name,
                tuple(segment.shape),
                gates=self._gates.get(segment.layer, ""),
                pixels=_pixels(run, segment),
                **_sharing({name: self._copy(segment, *part) for name, part in there.items()}),
            )
            for segment in run.parameters.segments
        )

    def _copy(self, segment: Segment, flat: Tensor, none: Collection[str]) -> Floats | None:
        if segment.layer in none:
            return None
        values = segment.of(flat).numpy()
        if values.size <= LARGEST_SIDE**2 or segment.layer == self._wish.whole:
            return np.array(values, dtype=np.float32)
        return in_blocks(values)


def _sharing(copies: dict[str, Floats | None]) -> dict[str, Floats | None]:
    """Let what is used be the same array as this batch where it is the same: then it is drawn once."""
    used, batch = copies.get("used"), copies.get("batch")
    if used is not None and batch is not None and np.array_equal(used, batch):
        copies["used"] = batch
    return copies


def _next_batch(run: TrainingRun) -> tuple[int, int]:
    """Return the number of the next micro-batch in its accumulation window, and the window's length."""
    if run.position.window is None:
        return 1, run.experiment.gradients.accumulate
    return run.position.window.batches + 1, run.position.window.planned_batches


def _next_chunk(run: TrainingRun) -> tuple[int, int]:
    """Return the number of the next chunk in its micro-batch, and how many chunks that is known to have."""
    number, count = run.position.chunk
    return (number + 1, count) if run.position.is_between_chunks else (1, count or 1)


def _norms(run: TrainingRun) -> tuple[float, float]:
    """Return the norm of the buffer's content twice: before and after clipping, which has not happened yet."""
    norm = run.buffer.norm()
    return norm, norm


def _gates(model: nn.Module) -> dict[str, str]:
    """Return the gates' letters for each layer that stacks gates."""
    return {name: GATES[type(layer)] for name, layer in model.named_modules() if type(layer) in GATES}


def _pixels(run: TrainingRun, segment: Segment) -> tuple[int, ...]:
    """Return the shape of the input pictures for a first layer that takes them flattened."""
    shape = run.split.input_shape
    is_first = segment.start == 0 and len(segment.shape) == 2
    return tuple(shape) if is_first and len(shape) == 3 and segment.shape[1] == prod(shape) else ()


def in_blocks(values: Floats) -> Floats:
    """Return a parameter of any shape as a copied 2-D picture, at most 256 on a side.

    A vector becomes a row. A convolution ``(out, in, h, w)`` becomes a gapless grid of its filters, out × in.
    Where a side is too long, each block of neighbours shows its value of largest magnitude.
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
