"""How far a run is: one pass over the training rows, and what was done in all."""

from dataclasses import dataclass

from torch import Tensor


@dataclass
class Counters:
    """What was done so far. Separate, never mixed.

    Attributes:
        skipped: accumulation windows that brought no update, since their gradients left the range of float16.
    """

    epochs: int = 0
    updates: int = 0
    micro_batches: int = 0
    samples: int = 0
    skipped: int = 0


class Epoch:
    """One pass over the training rows in a new order, and what became of them as they were trained on.

    Attributes:
        order: which training row comes when; ``rows`` how many there are.
        inputs, targets: the training rows in that order.
        position: how many of them were visited; ``trained`` how many were trained on.
        outputs: what the model said of each when it was trained on, where there are classes.
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
