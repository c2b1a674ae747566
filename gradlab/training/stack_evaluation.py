from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gradlab.training.epoch import Epoch
from gradlab.training.evaluation import ROWS_AT_ONCE
from gradlab.training.run import TrainingRun
from gradlab.training.stack_passes import StackedChain


class StackedEvaluation:
    """Evaluates the rows of K replicas, each with its own current model."""

    def __init__(self, runs: Sequence[TrainingRun], passes: StackedChain) -> None:
        self._passes = passes
        self._objective = runs[0].objective
        self._threshold = runs[0].experiment.training.threshold
        inputs, targets = zip(*(run.evaluation.rows for run in runs), strict=True)
        self._inputs, self._targets = torch.stack(inputs), torch.stack(targets)

    def accuracies(self, epoch: Epoch) -> Sequence[float | None]:
        """Return the share of right predictions while training, of each replica; None without classes."""
        replicas = epoch.targets.shape[0]
        if not self._objective.classes:
            return [None] * replicas
        trained = slice(0, epoch.trained)
        right = self._predict(epoch.outputs[:, trained].transpose(1, 2)) == epoch.targets[:, trained]
        return [count / epoch.trained for count in right.sum(dim=1).tolist()]

    def judge_each(
        self, runs: Sequence[TrainingRun]
    ) -> tuple[Sequence[float | None], Sequence[NDArray[np.int64] | None]]:
        """Return loss and confusion matrix of each replica's validation rows; give the runs the outputs."""
        replicas, rows = self._targets.shape[:2]
        losses: Sequence[float | None] = [None] * replicas
        counts: Sequence[NDArray[np.int64] | None] = [None] * replicas
        if rows:
            outputs = self._outputs()
            for run, own in zip(runs, outputs, strict=True):
                run.evaluation.latest = own.T
            losses = self._passes.losses(outputs, self._targets).mean(dim=1).tolist()
            if self._objective.classes:
                counts = self._counts(outputs)
        return losses, counts

    @torch.no_grad()
    def _outputs(self) -> Tensor:
        """Return each model's outputs for its own validation rows, ``(K, outputs, rows)``."""
        rows = max(ROWS_AT_ONCE // len(self._inputs), 1)
        parts = torch.split(self._inputs, rows, dim=1)
        return torch.cat([self._passes.outputs(part) for part in parts], dim=2)

    def _counts(self, outputs: Tensor) -> list[NDArray[np.int64]]:
        """Return each replica's ``[true, predicted]`` counts."""
        classes, replicas = self._objective.classes, len(outputs)
        first = torch.arange(replicas, device=outputs.device)[:, None] * classes**2
        pairs = first + self._targets * classes + self._predict(outputs)
        counts = torch.bincount(pairs.flatten(), minlength=replicas * classes**2)
        return list(counts.view(replicas, classes, classes).cpu().numpy())

    def _predict(self, outputs: Tensor) -> Tensor:
        """``(K, classes, rows)`` → ``(K, rows)`` class numbers."""
        return self._objective.predict(outputs, self._threshold)
