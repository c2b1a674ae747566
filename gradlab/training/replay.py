"""Passes recorded once and then replayed.

A GPU finishes a small network's operation long before Python has launched the next one. A recording, a CUDA graph,
launches all of them at once. It works on fixed memory, so each micro-batch is copied into it; the shape of a batch
and the layers that learn are fixed, too: others need another recording, or go without one.
"""

import logging
import os
from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Protocol

import torch
from torch import Tensor, nn

from gradlab.training.autograd import Autograd

log = logging.getLogger(__name__)

SWITCH = "GRADLAB_CUDA_GRAPHS"  # 1 in the environment switches recordings on
USUAL = 3  # micro-batches of one shape after which a recording is worth it
MOST = 4  # recordings; each keeps memory of its own
WARM_UPS = 3  # as many as torch.cuda.make_graphed_callables makes

Replay = Callable[[], None]


class Recorder(Protocol):
    """Repeats operations on the same memory without launching them one by one."""

    def warm_up(self, work: Callable[[], None]) -> None:
        """Do ``work`` as often as is needed before it can be recorded."""

    def record(self, work: Callable[[], None]) -> Replay:
        """Return a function that repeats the operations of ``work``."""


class OneByOne:
    """Does the operations one by one; a recording has to give the same numbers."""

    def warm_up(self, work: Callable[[], None]) -> None:
        """Do nothing: no warm-up is needed."""

    def record(self, work: Callable[[], None]) -> Replay:
        """Return ``work`` itself."""
        return work


class CudaGraphs:
    """Records the operations of a CUDA device.

    ``chance`` is the generator that they draw from: each replay goes on where the last one left it.
    """

    def __init__(self, chance: torch.Generator) -> None:
        self._chance = chance
        self._memory = torch.cuda.graph_pool_handle()

    def warm_up(self, work: Callable[[], None]) -> None:
        """Let the libraries choose their algorithms, on a separate stream as a recording requires."""
        aside = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        here = torch.cuda.current_stream()
        aside.wait_stream(here)
        with torch.cuda.stream(aside):
            for _ in range(WARM_UPS):
                work()
        here.wait_stream(aside)

    def record(self, work: Callable[[], None]) -> Replay:
        """Record the operations without running them."""
        graph = torch.cuda.CUDAGraph()
        graph.register_generator_state(self._chance)
        with torch.cuda.graph(graph, pool=self._memory):
            work()
        return graph.replay


class Recording:
    """The passes for micro-batches of one shape, in fixed memory.

    Attributes:
        outputs, loss: what the latest forward pass gave.
    """

    def __init__(
        self,
        passes: Autograd,
        learning: list[nn.Parameter],
        inputs: Tensor,
        targets: Tensor,
        recorder: Recorder,
    ) -> None:
        """Record ``passes`` with the gradient of the parameters that are ``learning``."""
        self._passes = passes
        self._learning = learning
        self._inputs, self._targets = inputs.clone(), targets.clone()
        self._weight = torch.ones((), device=inputs.device)
        recorder.warm_up(self._both)
        self._replay_forward = recorder.record(self._look)
        self._replay_backward = recorder.record(self._differentiate)

    def forward(self, inputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Return the outputs and the loss; they stay until the next forward pass."""
        self._inputs.copy_(inputs)
        self._targets.copy_(targets)
        self._replay_forward()
        return self.outputs, self.loss

    def backward(self, weight: float) -> None:
        """Let the ``grad`` of the parameters be the gradient of ``weight`` times the latest loss."""
        self._weight.fill_(weight)
        self._replay_backward()

    def numbers(self, inputs: Tensor, targets: Tensor) -> list[Tensor]:
        """Return copies of all results of the passes: outputs, loss and gradients."""
        outputs, loss = self.forward(inputs, targets)
        self.backward(1.0)
        gradients = [parameter.grad for parameter in self._learning if parameter.grad is not None]
        return [part.clone() for part in (outputs, loss, *gradients)]

    def _both(self) -> None:
        self._look()
        self._differentiate()

    def _look(self) -> None:
        self.outputs, self.loss = self._passes.forward(self._inputs, self._targets)

    def _differentiate(self) -> None:
        gradients = torch.autograd.grad(self._passes.loss, self._learning, self._weight)
        for parameter, gradient in zip(self._learning, gradients, strict=True):
            assert parameter.grad is not None
            parameter.grad.copy_(gradient)


class Replayed:
    """Passes that are replayed for the usual shapes of micro-batches, and run one by one for the others.

    After a recording that fails, or that gives other numbers than the passes one by one, nothing more is recorded.
    """

    def __init__(
        self,
        make_passes: Callable[[], Autograd],
        model: nn.Module,
        chance: torch.Generator,
        make_recorder: Callable[[], Recorder],
    ) -> None:
        self._make_passes = make_passes
        self._one_by_one = make_passes()
        self._model = model
        self._parameters = list(model.parameters())
        self._chance = chance
        self._make_recorder = make_recorder
        self._seen: Counter[Hashable] = Counter()
        self._recordings: dict[Hashable, Recording] = {}
        self._can_record = True
        self._replayed: Recording | None = None

    def forward(self, inputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Return the model's outputs and the loss."""
        self._replayed = self._recording(inputs, targets)
        return (self._replayed or self._one_by_one).forward(inputs, targets)

    def backward(self, weight: float, batch: Tensor) -> None:
        """Let ``batch`` be the gradient of ``weight`` times the latest loss."""
        if self._replayed is None:
            self._one_by_one.backward(weight, batch)
        else:
            self._replayed.backward(weight)

    def _recording(self, inputs: Tensor, targets: Tensor) -> Recording | None:
        first = self._parameters[0]
        learning = tuple(parameter.requires_grad for parameter in self._parameters)
        # The weights may have moved to other memory, while a recording still uses the old one.
        what = (inputs.shape, targets.shape, learning, first.data_ptr())
        if what not in self._recordings and self._is_worth_it(what):
            recording = self._record(inputs, targets)
            if recording is not None:
                self._recordings[what] = recording
        return self._recordings.get(what)

    def _is_worth_it(self, what: Hashable) -> bool:
        if not self._can_record or len(self._recordings) == MOST:
            return False
        self._seen[what] += 1
        return self._seen[what] > USUAL

    def _record(self, inputs: Tensor, targets: Tensor) -> Recording | None:
        """Return a recording that gives the right numbers, or None."""
        try:
            recording = self._make(self._make_recorder(), inputs, targets)
            with self._left_as_it_was():
                given = recording.numbers(inputs, targets)
        except RuntimeError as error:
            self._give_up(f"a recording failed: {error}")
            return None
        with self._left_as_it_was():
            expected = self._make(OneByOne(), inputs, targets).numbers(inputs, targets)
        if not all(map(_is_close, given, expected)):
            self._give_up("a recording gave other numbers than it should")
            return None
        return recording

    def _make(self, recorder: Recorder, inputs: Tensor, targets: Tensor) -> Recording:
        learning = [parameter for parameter in self._parameters if parameter.requires_grad]
        with self._left_as_it_was():
            return Recording(self._make_passes(), learning, inputs, targets, recorder)

    def _give_up(self, why: str) -> None:
        self._can_record = False
        log.warning("No CUDA graphs from here on: %s", why)

    @contextmanager
    def _left_as_it_was(self) -> Iterator[None]:
        """Undo the side effects of trial passes: random numbers drawn, running means moved."""
        running = [(buffer, buffer.clone()) for buffer in self._model.buffers()]
        state = self._chance.get_state()
        try:
            yield
        finally:
            for buffer, before in running:
                buffer.copy_(before)
            self._chance.set_state(state)


def may_record(device: torch.device) -> bool:
    """Return whether passes on this device are recorded."""
    return device.type == "cuda" and os.environ.get(SWITCH) == "1"


def _is_close(given: Tensor, expected: Tensor) -> bool:
    return torch.allclose(given, expected, rtol=1e-3, atol=1e-5, equal_nan=True)
