"""The objective of a run: the loss to minimize, and how to read the model's outputs."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from gradlab.datasets.split import Split
from gradlab.errors import InputError
from gradlab.experiment.sections.training import Training
from gradlab.language import mark, tr
from gradlab.training.losses.base import LOSSES, Goal, LossKind, MeanLoss

# Why a setting does not go with the data.
REFUSALS: dict[Goal, str] = {
    "output": mark("training.{key} = {given}: this data set has no targets; allowed here: {allowed}"),
    "numbers": mark(
        "training.{key} = {given} needs classes, and this data set predicts a number; allowed here: {allowed}"
    ),
    "rewards": mark(
        "training.{key} = {given} does not suit data that the network plays itself (the maze), "
        "where a reward is all that is learned from; "
        "allowed here: {allowed}"
    ),
    "classes": mark(
        "training.{key} = {given} needs numbers, and this data set has classes; allowed here: {allowed}"
    ),
}


@dataclass(frozen=True)
class Objective:
    """A loss and how its outputs are read.

    Attributes:
        loss: the kind of loss.
        mean_loss: outputs ``(rows, k)``, targets ``(rows,)`` → the mean over the rows, a scalar; for sequences
            with a target at every step, ``(rows, steps)`` both → the mean over rows and steps; for steps that
            were played in a world, the targets are ``(rows, 2)``, actions and advantages.
        classes: 0 for regression.
        weights: ``(classes,)``, what a row of each class counts for; None where all count the same.
    """

    loss: LossKind
    mean_loss: MeanLoss
    classes: int
    weights: Tensor | None = None

    def row_losses(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """Return the loss of each row, ``(rows,)``, unweighted."""
        return self.loss.of_rows(outputs, targets, self.classes)

    def scores(self, outputs: Tensor) -> Tensor:
        """Return ``(rows, classes)``: probabilities for cross-entropy, the outputs themselves for mse."""
        return self.loss.scores(outputs)

    def true(self, targets: Tensor) -> Tensor:
        """Return ``(rows,)`` class numbers; in a world, the actions that were played."""
        return targets if targets.ndim == 1 else targets[:, 0].long()

    def predict(self, outputs: Tensor, threshold: float) -> Tensor:
        """Return ``(rows,)`` class numbers; with two classes, 1 from ``threshold`` on."""
        if self.classes == 2:
            return (self.scores(outputs)[:, 1] >= threshold).long()
        return outputs.argmax(dim=1)


def make_objective(spec: Training, split: Split, device: torch.device) -> Objective:
    """Return the objective that ``spec`` sets for this data.

    Raises:
        InputError: for a loss that does not suit the data, or class weights without classes.
    """
    goal = _goal(split)
    losses = tuple(loss.name for loss in LOSSES if goal in loss.goals)
    _refuse_unless(spec, "loss", losses, goal)
    if goal != "classes":
        _refuse_unless(spec, "class_weights", ("none",), goal)
    loss, classes = LOSSES[spec.loss].chosen(goal), len(split.class_names)
    weights = class_weights(spec, split, device)
    return Objective(loss, loss.mean(goal, classes, weights), classes, weights)


def _goal(split: Split) -> Goal:
    if not split.dataset.has_targets:
        return "output"
    if not split.class_names:
        return "numbers"
    return "classes" if split.dataset.world is None else "rewards"


def _refuse_unless(spec: Training, key: str, allowed: tuple[str, ...], goal: Goal) -> None:
    """Refuse a value that does not suit the data, and say why."""
    given = getattr(spec, key)
    if given not in allowed:
        line = tr(REFUSALS[goal]).format(key=key, given=given, allowed=", ".join(allowed))
        raise InputError(line, f"training.{key}")


def class_weights(spec: Training, split: Split, device: torch.device) -> Tensor | None:
    """Return rows / (classes · rows of the class), whose mean over the training rows is 1; None if unwanted."""
    if spec.class_weights == "none":
        return None
    counts = np.bincount(split.train_targets.astype(np.int64), minlength=len(split.class_names))
    weights = len(split.train_targets) / (len(counts) * np.maximum(counts, 1))
    return torch.tensor(weights, dtype=torch.float32, device=device)
