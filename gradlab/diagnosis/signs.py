"""Signs that several rules look for in the numbers of a run.

A sign that cannot be known is NaN, so that no comparison with it holds: what cannot be known is not found.
"""

from math import nan

import numpy as np
from numpy.typing import NDArray

from gradlab.experiment.relevance import means_something
from gradlab.instruments.records.arrays import Doubles
from gradlab.instruments.records.evidence import Evidence

LEAST_UPDATES = 20  # before that a run has shown nothing yet
LEAST_EPOCHS = 3
STUCK = 0.95  # of a constant guess's loss: nothing was learned
POOR = 0.5  # of it: so much is left to learn that trouble in a layer can be the reason
FULL = 0.5  # of a layer's units: most of them
WITHIN = 20  # measured updates that say how a run began


def has_shown(evidence: Evidence, updates: int = LEAST_UPDATES, epochs: int = LEAST_EPOCHS) -> bool:
    """Return whether a run has gone on for long enough to be judged; one that has ended needs half of it."""
    part = 0.5 if evidence.stop_reason else 1
    return evidence.update >= updates * part and epochs_done(evidence) >= epochs * part


def epochs_done(evidence: Evidence) -> int:
    """Return how many epochs are over."""
    return evidence.epochs[-1].epoch if evidence.epochs else 0


def train_losses(evidence: Evidence) -> Doubles:
    """Return the training loss of each epoch that was trained, ``(epochs,)``."""
    return np.array([row.train_loss for row in evidence.epochs if row.epoch])


def val_losses(evidence: Evidence) -> tuple[Doubles, Doubles]:
    """Return the epochs from 1 on that have a validation loss, and these losses, ``(n,)`` each."""
    rows = [(row.epoch, row.val_loss) for row in evidence.epochs if row.epoch and row.val_loss is not None]
    table = np.array(rows, dtype=np.float64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def first_loss(evidence: Evidence) -> float:
    """Return the training loss before training."""
    rows = evidence.epochs
    return rows[0].train_loss if rows and rows[0].epoch == 0 else nan


def loss_now(evidence: Evidence) -> float:
    """Return the latest training loss: of the latest epoch, or of the latest updates while that is the first."""
    losses = train_losses(evidence)
    if len(losses):
        return float(losses[-1])
    return float(np.median(evidence.updates.loss[-10:])) if evidence.updates is not None else nan


def lower_losses(evidence: Evidence) -> Doubles:
    """Return the training or the validation loss of each epoch from 1 on, whichever is lower, ``(epochs,)``.

    Dropout, batch normalization and wrong labels make training losses high that are none the worse for it.
    """
    rows = [row for row in evidence.epochs if row.epoch]
    pairs = [(row.train_loss, nan if row.val_loss is None else row.val_loss) for row in rows]
    return np.array([np.fmin(*pair) for pair in pairs], dtype=np.float64)


def level(evidence: Evidence) -> float:
    """Return the latest loss as a share of a constant guess's: 1 where nothing was learned, 0 at best."""
    losses = lower_losses(evidence)
    return _share(float(losses[-1]) if len(losses) else loss_now(evidence), evidence)


def best_level(evidence: Evidence) -> float:
    """Return the lowest loss of an epoch as a share of a constant guess's."""
    losses = lower_losses(evidence)
    return _share(float(losses.min()), evidence) if len(losses) else nan


def first_level(evidence: Evidence) -> float:
    """Return the loss before training as a share of a constant guess's."""
    return _share(first_loss(evidence), evidence)


def guess(evidence: Evidence) -> float:
    """Return the loss of the best answer that is the same for all rows; NaN where that is perfect, or unknown."""
    return evidence.data.guess_loss if evidence.data.guess_loss > 0 else nan


def _share(loss: float, evidence: Evidence) -> float:
    return loss / guess(evidence)


def steps(evidence: Evidence) -> Doubles:
    """Return log10 of std(Δw) / std(w) of the measured updates, ``(m,)``; −inf where nothing moved."""
    if evidence.updates is None:
        return np.empty(0)
    with np.errstate(divide="ignore"):
        return np.log10(evidence.updates.measured_ratio)


def usual_step(evidence: Evidence) -> float:
    """Return the median of log10 of std(Δw) / std(w)."""
    known = steps(evidence)
    known = known[~np.isnan(known)]
    return float(np.median(known)) if len(known) else nan


def largest_early_step(evidence: Evidence) -> float:
    """Return the largest log10 of std(Δw) / std(w) among the first measured updates."""
    known = steps(evidence)[:WITHIN]
    known = known[~np.isnan(known)]
    return float(known.max()) if len(known) else nan


def with_matrix(evidence: Evidence) -> list[int]:
    """Return the places of the layers with a weight matrix that are trained."""
    return [
        place
        for place, layer in enumerate(evidence.layers)
        if layer.has_matrix and layer.name not in evidence.frozen
    ]


def first_to_last(evidence: Evidence) -> Doubles:
    """Return how large the first layer's gradient is beside the last's, at each measured update, ``(m,)``.

    Mean absolute values are compared, so that the sizes of the layers do not count. Empty with a single layer.
    """
    places = with_matrix(evidence)
    if evidence.updates is None or len(places) < 2:
        return np.empty(0)
    sizes = evidence.updates.layer_mean_abs[:, places]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(sizes[:, 0] / sizes[:, -1], dtype=np.float64)


def fading(evidence: Evidence) -> float:
    """Return the median of the first layer's gradient beside the last's; NaN if unknown."""
    ratios = first_to_last(evidence)
    ratios = ratios[np.isfinite(ratios)]
    return float(np.median(ratios)) if len(ratios) else nan


def early_fading(evidence: Evidence) -> float:
    """Return the first layer's gradient beside the last's when it was first measured; NaN if unknown."""
    ratios = first_to_last(evidence)
    ratios = ratios[np.isfinite(ratios)]
    return float(ratios[0]) if len(ratios) else nan


def worst_inactive(evidence: Evidence, *, at_start: bool = False) -> tuple[float, int]:
    """Return the largest share of units of a layer that answer 0 to every row, and the layer's place."""
    return _worst([probe.inactive for probe in evidence.probes], at_start=at_start)


def worst_saturated(evidence: Evidence, *, at_start: bool = False) -> tuple[float, int]:
    """Return the largest share of a layer's answers that are at the flat ends, and the layer's place."""
    return _worst([probe.saturated for probe in evidence.probes], at_start=at_start)


def _worst(shares: list[Doubles], *, at_start: bool) -> tuple[float, int]:
    if not shares:
        return nan, -1
    row = shares[0 if at_start else -1]
    if np.isnan(row).all():
        return nan, -1
    place = int(np.nanargmax(row))
    return float(row[place]), place


def first_grad_norm(evidence: Evidence) -> float:
    """Return the gradient's norm at the first update."""
    updates = evidence.updates
    return float(updates.first_grad_norm[0]) if updates is not None and len(updates.first_grad_norm) else nan


def is_mostly_dropped(evidence: Evidence) -> bool:
    """Return whether so many units are switched off for each batch that what the rest does says little."""
    experiment = evidence.experiment
    return experiment.model.dropout > 0.6 and means_something(experiment, "model.dropout")


def is_symmetric(evidence: Evidence) -> bool:
    """Return whether the weights of each matrix are all equal, as far as measured."""
    known = steps(evidence)
    layers = [evidence.layers[place] for place in with_matrix(evidence)]
    several = any(layer.inputs * layer.units > 1 for layer in layers)
    return len(known) > 0 and bool(np.isnan(known).all()) and several


def accuracies(counts: NDArray[np.int64]) -> tuple[float, float, Doubles]:
    """Return the accuracy, that of always guessing the largest class, and each class's recall."""
    total = counts.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        recalls = np.diag(counts) / total
    return float(np.trace(counts) / counts.sum()), float(total.max() / counts.sum()), recalls


def constant_share(evidence: Evidence) -> float:
    """Return the share of the validation rows that are predicted as one and the same class."""
    counts = evidence.counts
    if counts is None or len(counts) < 2 or not counts.sum():
        return nan
    return float(counts.sum(axis=0).max() / counts.sum())
