"""Helpers for the generated data sources."""

from typing import Any

import numpy as np

from gradlab.datasets.base import Dataset
from gradlab.errors import InputError
from gradlab.language import mark, tr


def class_counts(samples: int, classes: int) -> list[int]:
    """Return how many of ``samples`` rows each class gets: the same number, and one more for the first if need be.

    Raises:
        InputError: if there are fewer samples than classes.
    """
    if samples < classes:
        raise InputError(
            tr(
                "data.samples = {samples} is too few for {classes} classes; allowed: at least {classes}"
            ).format(samples=samples, classes=classes),
            "data.samples",
        )
    least, odd = divmod(samples, classes)
    return [least + (number < odd) for number in range(classes)]


def classes_of(counts: list[int]) -> Any:
    """Return the class number of each row, class after class."""
    return np.repeat(np.arange(len(counts)), counts)


def seed_from(random: np.random.Generator) -> int:
    """Draw a seed for a function that takes only a number, so that all randomness comes from one place."""
    return int(random.integers(2**32))


def points_in_plane(points: Any, classes: Any, class_names: tuple[str, ...]) -> Dataset:
    """Return ``(rows, 2)`` points with the class of each."""
    return Dataset(
        inputs=np.asarray(points, dtype=np.float32),
        targets=np.asarray(classes, dtype=np.int64),
        target_name=mark("class"),
        input_names=("x", "y"),
        class_names=class_names,
    )
