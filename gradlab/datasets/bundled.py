"""Turning scikit-learn's bundled data into a Dataset."""

from typing import Any

import numpy as np

from gradlab.datasets.base import Dataset


def measured_classes(
    bunch: Any, target_name: str, input_names: tuple[str, ...] = (), class_names: tuple[str, ...] = ()
) -> Dataset:
    """Return the table that a scikit-learn ``load_…`` function gave, names as given or as it has them."""
    return Dataset(
        inputs=bunch.data.astype(np.float32),
        targets=bunch.target.astype(np.int64),
        task="classification",
        input_names=input_names or tuple(str(name) for name in bunch.feature_names),
        class_names=class_names or tuple(str(name) for name in bunch.target_names),
        target_name=target_name,
    )
