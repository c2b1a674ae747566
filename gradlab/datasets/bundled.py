"""Turns scikit-learn's bundled data into a Dataset."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from gradlab.datasets.base import Dataset


def measured_classes(
    bunch: Any, target_name: str, input_names: tuple[str, ...] = (), class_names: tuple[str, ...] = ()
) -> Dataset:
    """Return a table from a scikit-learn ``load_…`` function, with the given names or else its own."""
    return Dataset(
        inputs=bunch.data.astype(np.float32),
        targets=bunch.target.astype(np.int64),
        target_name=target_name,
        input_names=input_names or tuple(str(name) for name in bunch.feature_names),
        class_names=class_names or tuple(str(name) for name in bunch.target_names),
    )


def bundled_file(name: str) -> Path:
    """Return the path of one of scikit-learn's tables, without loading scikit-learn, which takes a while."""
    found = find_spec("sklearn")
    assert found is not None
    assert found.submodule_search_locations
    return Path(found.submodule_search_locations[0], "datasets", "data", name)
