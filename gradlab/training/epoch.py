"""One pass over the training rows, and the counters of the whole run."""

from dataclasses import dataclass

from torch import Tensor
from typing_extensions import override

from gradlab.training.state import FieldsAreState, State, Stateful


@dataclass
class Counters(FieldsAreState):
    """Counts what a run has done so far.

    Attributes:
        skipped: accumulation windows without an update, because their gradients overflowed float16.
    """

    epochs: int = 0
    updates: int = 0
    micro_batches: int = 0
    samples: int = 0
    skipped: int = 0


class Epoch(Stateful):
    """One pass over the training rows in a new order, with the results of training on them.

    Attributes:
        order: the number of the training row at each place; ``rows``: how many rows there are.
        inputs, targets: the training rows in that order.
        position: how many rows were visited; ``trained``: how many of them were trained on.
        outputs: the model's outputs for each row when it was trained on, where there are classes.
        loss_sum: the sum of the losses of the rows trained on.
    """

    def __init__(self, inputs: Tensor, targets: Tensor, order: Tensor, outputs: int) -> None:
        self.order = order
        self.inputs = inputs[order]
        self.targets = targets[order]
        self.rows = len(targets)
        self.position = 0
        self.trained = 0
        self.outputs = inputs.new_zeros(self.rows, outputs)
        self.loss_sum = 0.0

    @property
    def is_over(self) -> bool:
        """Whether every row was visited."""
        return self.position >= self.rows

    def state(self) -> State:
        """Return the order, the place in it, and what was added up."""
        names = ("order", "position", "trained", "outputs", "loss_sum")
        return {name: getattr(self, name) for name in names}

    @override
    def load(self, state: State) -> None:
        self.outputs.copy_(state["outputs"])
        self.position, self.trained = state["position"], state["trained"]
        self.loss_sum = state["loss_sum"]
