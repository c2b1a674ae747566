"""What does not change about the rows of a run: classes, scales, and rows that are in both sets."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from gradlab.datasets.split import Split
from gradlab.instruments.records import Doubles
from gradlab.instruments.records.evidence import DataFacts
from gradlab.training.run import TrainingRun

NUMBERS_AT_ONCE = 2**22  # in double precision 32 MB
_SEED = 1  # of the factors that rows are hashed with

Rows = NDArray[np.generic]


def data_facts(run: TrainingRun) -> DataFacts:
    """Measure the rows of a run; takes a tenth of a second per ten million numbers."""
    split, dataset = run.split, run.split.dataset
    is_played = dataset.world is not None
    copied, equal = (0, 0) if is_played else rows_in_both(split)
    means, deviations = input_scales(split.train_inputs)
    classes = split.train_targets.ravel().astype(np.int64) if split.classes else np.empty(0, np.int64)
    return DataFacts(
        task=dataset.task,
        class_names=split.class_names,
        train_counts=np.bincount(classes, minlength=split.classes),
        train_rows=len(split.train_rows),
        validation_rows=len(split.validation_rows),
        copied_rows=copied,
        equal_rows=equal,
        means=means,
        deviations=deviations,
        input_names=dataset.input_names,
        is_played=is_played,
        has_targets=dataset.has_targets,
        guess_loss=guess_loss(run),
    )


def guess_loss(run: TrainingRun) -> float:
    """Return the loss of the best constant answer over the training rows; NaN where there is none."""
    split, objective = run.split, run.objective
    if split.dataset.world is not None or not split.dataset.has_targets or not len(split.train_targets):
        return float("nan")
    if not objective.classes:
        return float(np.var(split.train_targets, dtype=np.float64))
    counts = np.bincount(split.train_targets.ravel().astype(np.int64), minlength=objective.classes)
    weights = 1.0 if objective.weights is None else objective.weights.cpu().double().numpy()
    shares = counts * weights / counts.sum()
    return _of_shares(shares, objective.loss.name)


def _of_shares(shares: Doubles, loss: str) -> float:
    """Return the loss of answering with each class's positive share in the loss, ``(classes,)``."""
    wanted = shares / shares.sum()
    if loss == "mse":
        return float(shares.sum() * (wanted * (1 - wanted)).mean())
    present = wanted > 0
    return float(-(shares[present] * np.log(wanted[present])).sum())


def rows_in_both(split: Split) -> tuple[int, int]:
    """Return how many validation rows are training rows: by their numbers, and by these or by their content.

    Content is all inputs and the target.
    """
    copied = np.isin(split.validation_rows, split.train_rows)
    others = split.validation_rows[~copied]
    parts = [split.dataset.inputs, split.dataset.targets]
    equal = found_in(
        [part[others] for part in parts],
        [part[split.train_rows] for part in parts],
    )
    return int(copied.sum()), int(copied.sum() + equal.sum())


def found_in(rows: list[Rows], among: list[Rows]) -> NDArray[np.bool_]:
    """Return which rows are equal to one ``among`` the others, ``(rows,)``; each is given as parts of a row.

    The rows are hashed, since sorting whole ones is slow; those with the same hash are compared in full.
    """
    if not len(rows[0]) or not len(among[0]):
        return np.zeros(len(rows[0]), dtype=np.bool_)
    hashes, theirs = _hashes(rows), _hashes(among)
    maybe = np.flatnonzero(np.isin(hashes, theirs))
    found = np.zeros(len(hashes), dtype=np.bool_)
    if not len(maybe):
        return found
    candidates = np.flatnonzero(np.isin(theirs, hashes[maybe]))
    known = {_content(among, place) for place in candidates.tolist()}
    found[maybe] = [_content(rows, place) in known for place in maybe.tolist()]
    return found


def _hashes(parts: list[Rows]) -> NDArray[np.uint64]:
    """Return a number per row: a sum of its numbers' bits, times a random odd factor each, modulo 2**64."""
    chance = np.random.default_rng(_SEED)
    total = np.zeros(len(parts[0]), dtype=np.uint64)
    for part in parts:
        flat = _bits(part)
        factors = chance.integers(2**63, size=flat.shape[1], dtype=np.uint64) * np.uint64(2) + np.uint64(1)
        for chunk in _chunks(flat):
            bits = flat[chunk].astype(np.uint64)
            bits ^= bits >> np.uint64(29)  # the last bits of round numbers are all 0
            total[chunk] += bits @ factors
    return total


def _bits(part: Rows) -> Rows:
    flat = np.ascontiguousarray(part).reshape(len(part), -1)
    return flat.view(np.dtype(f"u{flat.dtype.itemsize}"))


def _content(parts: list[Rows], place: int) -> bytes:
    return b"".join(np.ascontiguousarray(part[place]).tobytes() for part in parts)


def input_scales(inputs: Rows) -> tuple[Doubles, Doubles]:
    """Return mean and deviation of each feature over all rows, in pictures of each channel.

    The steps of a sequence and the pixels of a channel mean the same thing, so they share theirs.
    """
    features = _by_feature(inputs)
    count = len(features)
    if not count:
        return np.full(features.shape[1], np.nan), np.full(features.shape[1], np.nan)
    mean = sum(features[chunk].sum(axis=0, dtype=np.float64) for chunk in _chunks(features)) / count
    squares = sum(
        np.square(features[chunk].astype(np.float64) - mean).sum(axis=0) for chunk in _chunks(features)
    )
    return mean, np.sqrt(squares / count)


def _by_feature(inputs: Rows) -> Rows:
    if inputs.ndim == 4:
        return np.moveaxis(inputs, 1, -1).reshape(-1, inputs.shape[1])
    return inputs.reshape(-1, inputs.shape[-1])


def _chunks(table: Rows) -> Iterator[slice]:
    step = max(NUMBERS_AT_ONCE // max(table.shape[1], 1), 1)
    return (slice(start, start + step) for start in range(0, len(table), step))
