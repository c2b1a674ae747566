"""What a data source hands over, and how one is registered."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from gradlab.datasets.world import World
from gradlab.experiment.registry import SOURCES, Registry
from gradlab.experiment.schema import Data

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Dataset:
    """All rows of a data source, before splitting and standardizing.

    Attributes:
        inputs: ``(rows, features)``; ``(rows, steps, features)`` for sequences; or
            ``(rows, channels, height, width)`` for pictures.
        targets: ``(rows,)``: class numbers (int64) or numbers to predict (float32); ``(rows, steps)`` where
            a number is to be predicted at every step of a sequence.
        task: what the targets are.
        input_names: one per feature; empty for pictures.
        class_names: one per class; empty for regression.
        target_name: what is predicted, in words.
        has_targets: False where nothing is to be predicted: what the model says of a row is then its loss, and
            inputs are taken as they are.
        world: where the rows are the states of one: training rows are then steps that the model plays in it, and
            the targets the right answers, only to be compared with.

    """

    inputs: Floats
    targets: NDArray[np.int64] | Floats
    task: Literal["classification", "regression"]
    input_names: tuple[str, ...]
    class_names: tuple[str, ...]
    target_name: str
    has_targets: bool = True
    world: World | None = None


Source = Callable[[Data, np.random.Generator], Dataset]

# The registry lives below, so that experiments can be checked without this package; here it gets its type.
sources = cast("Registry[Source]", SOURCES)
