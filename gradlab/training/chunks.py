"""Truncated backpropagation through time: sequences are processed chunk by chunk.

The hidden state is carried from one chunk to the next without its history, so that no gradient goes further back
than a chunk's first time step. After Williams and Peng, *An Efficient Gradient-Based Algorithm for On-Line
Training of Recurrent Network Trajectories* (1990).
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from typing_extensions import override

from gradlab.models.parts.recurrent import Recurrent
from gradlab.training.precision import Precision
from gradlab.training.state import State, Stateful


class Chunks(Stateful):
    """Runs a recurrent model on its micro-batches chunk by chunk.

    Attributes:
        number, count: the latest chunk's number in its micro-batch, from 1, and how many chunks that has; 0 before
            the first one.
        share: the latest chunk's share of the losses of its micro-batch.
        states: the hidden states of the recurrent layers after the latest chunk; empty between two micro-batches.
    """

    def __init__(self, model: Recurrent, precision: Precision) -> None:
        self.number = 0
        self.count = 0
        self.share = 1.0
        self.states: list[Tensor] = []
        self._model = model
        self._precision = precision

    @property
    def is_between(self) -> bool:
        """Whether a micro-batch is under way."""
        return self.number < self.count

    def forward(self, inputs: Tensor, targets: Tensor, length: int) -> tuple[Tensor, Tensor]:
        """Run the next chunk of a micro-batch; return its outputs and their targets.

        With one target per row there is one chunk, the last; the steps before it only produce its first state.

        Args:
            inputs: ``(rows, steps, features)``, the same ones until all their chunks are done.
            targets: ``(rows, steps)`` or ``(rows,)``.
            length: time steps per chunk; 0 for the whole sequence.
        """
        steps = inputs.shape[1]
        length = min(length, steps) or steps
        if not self._model.every_step:
            return self._last(inputs, (steps - 1) // length * length), targets
        if not self.is_between:
            self.number, self.count = 0, -(-steps // length)
        chunk = slice(self.number * length, (self.number + 1) * length)
        outputs, states = self._unroll(inputs[:, chunk], self.states)
        self.number += 1
        self.share = outputs.shape[1] / steps
        self.states = [state.detach() for state in states] if self.is_between else []
        return outputs, targets[:, chunk]

    def _last(self, inputs: Tensor, start: int) -> Tensor:
        self.number = self.count = 1
        if start == 0:
            return self._unroll(inputs)[0]
        with torch.no_grad():
            states = self._unroll(inputs[:, :start])[1]
        return self._unroll(inputs[:, start:], states)[0]

    def state(self) -> State:
        """Return the position in the micro-batch and the states of the layers."""
        return {"number": self.number, "count": self.count, "share": self.share, "states": self.states}

    @override
    def load(self, state: State) -> None:
        self.number, self.count, self.share = state["number"], state["count"], state["share"]
        device = next(self._model.parameters()).device
        self.states = [layer.to(device) for layer in state["states"]]

    def _unroll(self, inputs: Tensor, states: Sequence[Tensor] = ()) -> tuple[Tensor, list[Tensor]]:
        with self._precision.context():
            outputs, after = self._model.unroll(inputs, states)
        return outputs.float(), [state.float() for state in after]
