import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gradlab.training.network import Network
from gradlab.training.objective import Objective

ROWS_AT_ONCE = 8192  # rows per forward pass where no gradient is wanted


class Evaluation:
    """Evaluates rows, without training on them, with the current model and the loss that it is trained with.

    Attributes:
        rows: inputs and targets of the validation rows.
        latest: the outputs for the validation rows from the latest evaluation; None before the first.
    """

    def __init__(self, network: Network, objective: Objective, inputs: Tensor, targets: Tensor) -> None:
        """Take the validation rows, ``inputs`` and ``targets``; there may be none."""
        self.rows = inputs, targets
        self.latest: Tensor | None = None
        self._model = network.model
        self._forward_pass = network.forward
        self._objective = objective

    @torch.no_grad()
    def outputs(self, inputs: Tensor) -> Tensor:
        """Return the model's outputs for standardized inputs, without dropout and without gradients."""
        was_training = self._model.training
        self._model.eval()
        chunks = [self._forward_pass(chunk) for chunk in torch.split(inputs, ROWS_AT_ONCE)]
        self._model.train(was_training)
        return torch.cat(chunks) if len(chunks) > 1 else chunks[0]

    def look(self) -> Tensor:
        """Return the model's outputs for the validation rows, and remember them."""
        self.latest = self.outputs(self.rows[0])
        return self.latest

    def judge(self, threshold: float) -> tuple[float | None, NDArray[np.int64] | None]:
        """Return loss and confusion matrix of the validation rows, with ``threshold`` for two classes.

        Both are None without validation rows, the matrix also without classes.
        """
        targets = self.rows[1]
        if not len(targets):
            return None, None
        outputs = self.look()
        return self.loss(outputs, targets), self.counts(outputs, targets, threshold)

    def loss(self, outputs: Tensor, targets: Tensor) -> float:
        """Return the mean loss."""
        return float(self._objective.mean_loss(outputs, targets))

    def accuracy(self, outputs: Tensor, targets: Tensor, threshold: float) -> float | None:
        """Return the share of rows whose class is predicted; None without classes."""
        if not self._objective.classes:
            return None
        predicted = self._objective.predict(outputs, threshold)
        return int((predicted == self._objective.true(targets)).sum()) / len(targets)

    def counts(self, outputs: Tensor, targets: Tensor, threshold: float) -> NDArray[np.int64] | None:
        """Return the confusion matrix ``[true, predicted]``; None without classes."""
        classes = self._objective.classes
        if not classes:
            return None
        predicted = self._objective.predict(outputs, threshold)
        pairs = torch.bincount(targets * classes + predicted, minlength=classes * classes)
        return pairs.reshape(classes, classes).cpu().numpy()
