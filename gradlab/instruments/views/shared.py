"""What several views of the data have in common."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from gradlab.instruments.records import Counts, DataWish, Doubles, Floats
from gradlab.training.run import TrainingRun
from gradlab.training.seeds import Stream, derive

GRID = 80  # points along each axis of a plane
POINTS = 2000  # at most this many are drawn of each set


def shown_rows(run: TrainingRun) -> Counts:
    """Return the validation rows, or the training rows where there are none."""
    split = run.split
    return split.validation_rows if len(split.validation_rows) else split.train_rows


def some(run: TrainingRun, rows: Counts, most: int) -> Counts:
    """Return at most ``most`` of the rows, always the same ones."""
    if len(rows) <= most:
        return rows
    chance = np.random.default_rng(derive(run.experiment.seed, Stream.VIEWS))
    return np.sort(chance.choice(rows, most, replace=False))


def listed(run: TrainingRun, wish: DataWish, most: int) -> Callable[[], Counts]:
    """Return a function that returns the rows of a list, at most ``most``, in order."""
    validation = run.split.validation_rows
    if not wish.worst_first or not len(validation):
        rows = some(run, shown_rows(run) if wish.rows is None else wish.rows, most)
        return lambda: rows
    places = np.arange(len(validation))
    if wish.rows is not None:
        places = np.flatnonzero(np.isin(validation, wish.rows))

    def worst() -> Counts:
        losses = np.nan_to_num(row_losses(run)[places], nan=np.inf)
        return validation[places[np.argsort(-losses, kind="stable")[:most]]]

    return worst


def row_losses(run: TrainingRun) -> Floats:
    """Return the unweighted loss of each validation row, from their latest evaluation."""
    outputs = run.evaluation.latest
    if outputs is None:
        outputs = run.evaluation.look()
    targets = run.evaluation.rows[1]
    return run.objective.row_losses(outputs, targets).float().cpu().numpy()


def axis(values: Floats | Doubles, points: int = GRID) -> Doubles:
    """Return ``points`` evenly spaced numbers that extend a little beyond the values on both sides."""
    low, high = float(values.min()), float(values.max())
    margin = 0.08 * (high - low) or 1.0
    return np.linspace(low - margin, high + margin, points)


def to_inputs(run: TrainingRun, raw: Floats | Doubles) -> Tensor:
    """Return inputs in the data's units as the model takes them."""
    return torch.from_numpy(run.split.standardize(raw)).to(run.network.device)


def judge(run: TrainingRun, inputs: Tensor) -> tuple[Counts, Floats, Floats | None]:
    """Return each row's predicted class, its score, and with two classes both scores, ``(rows, 2)``."""
    outputs = run.evaluation.outputs(inputs)
    predicted = run.objective.predict(outputs, run.settings.wanted.training.threshold)
    scores = run.objective.scores(outputs)
    confidence = scores.gather(1, predicted[:, None])[:, 0].clamp(0, 1)
    both = scores.cpu().numpy() if run.objective.classes == 2 else None
    return predicted.cpu().numpy(), confidence.cpu().numpy(), both


def numbers(run: TrainingRun, inputs: Tensor) -> Doubles:
    """Return a regression's predictions in the data's units, flattened."""
    outputs = run.evaluation.outputs(inputs).reshape(-1).double().cpu().numpy()
    return np.asarray(run.split.target_in_units(outputs), dtype=np.float64)
