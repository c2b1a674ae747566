"""What is made small, and what a model's outputs mean."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from gradlab.datasets.split import Split
from gradlab.errors import InputError
from gradlab.experiment.schema import Training
from gradlab.language import tr

MeanLoss = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Objective:
    """A loss and how its outputs are read.

    Attributes:
        kind: ``cross_entropy``, ``mse``, or ``itself`` where the outputs are the losses.
        mean_loss: outputs ``(rows, k)``, targets ``(rows,)`` → the mean over the rows, a scalar; for sequences
            with a target at every step, ``(rows, steps)`` both → the mean over rows and steps; for steps that
            were played in a world, the targets are ``(rows, 2)``, actions and advantages.
        classes: 0 for regression.
        weights: ``(classes,)``, what a row of each class counts for; None where all count the same.
    """

    kind: str
    mean_loss: MeanLoss
    classes: int
    weights: Tensor | None = None

    def scores(self, outputs: Tensor) -> Tensor:
        """Return ``(rows, classes)``: probabilities for cross-entropy, the outputs themselves for mse."""
        return outputs.softmax(dim=1) if self.kind == "cross_entropy" else outputs

    def true(self, targets: Tensor) -> Tensor:
        """Return ``(rows,)`` class numbers; where a world was played in, the actions that were played."""
        return targets if targets.ndim == 1 else targets[:, 0].long()

    def predict(self, outputs: Tensor, threshold: float) -> Tensor:
        """Return ``(rows,)`` class numbers; with two classes, 1 from ``threshold`` on."""
        if self.classes == 2:
            return (self.scores(outputs)[:, 1] >= threshold).long()
        return outputs.argmax(dim=1)


def make_objective(spec: Training, split: Split, device: torch.device) -> Objective:
    """Return the objective that ``spec`` asks for on this data.

    Raises:
        InputError: for cross-entropy, or class weights, without classes; for any loss without targets.
    """
    classes = len(split.class_names)
    if not split.dataset.has_targets:
        line = tr("training.{key} = {given}: this data set has no targets; allowed here: {allowed}")
        _refuse_unless(spec, {"loss": ("auto",), "class_weights": ("none",)}, line)
        return Objective("itself", lambda outputs, targets: outputs.mean(), 0)
    if not classes:
        line = tr(
            "training.{key} = {given} needs classes, and this data set predicts a number; allowed "
            "here: {allowed}"
        )
        _refuse_unless(spec, {"loss": ("auto", "mse"), "class_weights": ("none",)}, line)
        return Objective("mse", lambda outputs, targets: F.mse_loss(outputs.view_as(targets), targets), 0)
    if split.dataset.world is not None:
        line = tr(
            "training.{key} = {given} does not suit a world, where a reward is all that is learned from; "
            "allowed here: {allowed}"
        )
        _refuse_unless(spec, {"loss": ("auto", "cross_entropy"), "class_weights": ("none",)}, line)
        return Objective("cross_entropy", _policy_gradient, classes)
    weights = class_weights(spec, split, device)
    if spec.loss == "mse":
        return Objective("mse", _squared_distance(classes, weights), classes, weights)
    return Objective("cross_entropy", _cross_entropy(weights), classes, weights)


def _refuse_unless(spec: Training, allowed: dict[str, tuple[str, ...]], line: str) -> None:
    """Refuse values of settings that do not go with a data set, with a ``line`` that says why."""
    for key, values in allowed.items():
        given = getattr(spec, key)
        if given not in values:
            raise InputError(line.format(key=key, given=given, allowed=", ".join(values)), f"training.{key}")


def _policy_gradient(outputs: Tensor, targets: Tensor) -> Tensor:
    """Return the loss whose gradient is the policy gradient; of states with right answers, the cross-entropy."""
    if targets.ndim == 1:
        return F.cross_entropy(outputs, targets)
    actions, advantages = targets[:, 0].long(), targets[:, 1]
    return (advantages * F.cross_entropy(outputs, actions, reduction="none")).mean()


def _cross_entropy(weights: Tensor | None) -> MeanLoss:
    if weights is None:
        return F.cross_entropy
    # Not torch's own weighted mean: it divides by the batch's weights, and accumulated batches would no longer
    # equal one big batch.
    return lambda outputs, targets: (
        F.cross_entropy(outputs, targets, reduction="none") * weights[targets]
    ).mean()


def _squared_distance(classes: int, weights: Tensor | None) -> MeanLoss:
    def mean_loss(outputs: Tensor, targets: Tensor) -> Tensor:
        wanted = F.one_hot(targets, classes).to(outputs.dtype)
        per_row = (outputs - wanted).square().mean(dim=1)
        return (per_row if weights is None else per_row * weights[targets]).mean()

    return mean_loss


def class_weights(spec: Training, split: Split, device: torch.device) -> Tensor | None:
    """Return rows / (classes · rows of the class), whose mean over the training rows is 1; None if unwanted."""
    if spec.class_weights == "none":
        return None
    counts = np.bincount(split.train_targets.astype(np.int64), minlength=len(split.class_names))
    weights = len(split.train_targets) / (len(counts) * np.maximum(counts, 1))
    return torch.tensor(weights, dtype=torch.float32, device=device)
