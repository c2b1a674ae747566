"""Looking at rows without training on them: what the model says of them, and how right that is."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from gradlab.training.forward import ForwardPass
from gradlab.training.losses import Objective

ROWS_AT_ONCE = 8192  # rows per forward pass where no gradient is wanted


class Evaluation:
    """Judges rows with a model as it is at that moment, by the loss that it is trained with."""

    def __init__(self, model: nn.Module, forward_pass: ForwardPass, objective: Objective) -> None:
        self._model = model
        self._forward_pass = forward_pass
        self._objective = objective

    @torch.no_grad()
    def outputs(self, inputs: Tensor) -> Tensor:
        """Return what the model says of standardized inputs, without dropout and without gradients."""
        was_training = self._model.training
        self._model.eval()
        chunks = [self._forward_pass(chunk) for chunk in torch.split(inputs, ROWS_AT_ONCE)]
        self._model.train(was_training)
        return torch.cat(chunks) if len(chunks) > 1 else chunks[0]

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
