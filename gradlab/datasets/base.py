"""What a data source returns, and how one is registered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gradlab.datasets.world import World
from gradlab.experiment.registry import NOTHING, Entry, Registry
from gradlab.experiment.rows import Rows
from gradlab.experiment.sections.data import Data
from gradlab.tables.remarks import Remark

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Dataset:
    """All rows of a data source, before splitting and standardizing.

    Attributes:
        inputs: ``(rows, features)``; ``(rows, steps, features)`` for sequences; or
            ``(rows, channels, height, width)`` for pictures. Own tables are float64, so that a time in
            milliseconds survives until it is standardized; NaN is a missing value that is still to be filled in.
        targets: ``(rows,)``: class numbers (int64) or numbers to predict (float32 or float64); ``(rows, steps)``
            where there is a number to predict at every step of a sequence.
        target_name: what is predicted, in words.
        input_names: one per feature; empty for pictures.
        class_names: one per class; empty for regression.
        has_targets: False where there is nothing to predict: the model's output is then the loss, and inputs are
            not standardized.
        world: the world whose states the rows are, if any: training rows are then steps that the model plays in
            it, and the targets are the right answers, only for comparison.
        notices: what people should know of how the data were read.
        left_out: how many rows were left out because a value was missing.
        words: the inputs that are one column of words together, ``(first, past the last)``; each row has one 1
            in them.
    """

    inputs: Floats | Doubles
    targets: NDArray[np.int64] | Floats | Doubles
    target_name: str
    input_names: tuple[str, ...] = ()
    class_names: tuple[str, ...] = ()
    has_targets: bool = True
    world: World | None = None
    notices: tuple[Remark, ...] = ()
    left_out: int = 0
    words: tuple[tuple[int, int], ...] = ()

    @property
    def task(self) -> Literal["classification", "regression"]:
        """What the targets are."""
        return "classification" if self.class_names else "regression"


Build = Callable[[Data, np.random.Generator], Dataset]
Gives = Rows | Callable[[Data], Rows]


@dataclass(frozen=True)
class Source(Entry):
    """A data source.

    Attributes:
        drawn: whether the *Data* panel draws its rows, so that it should open with the data set.
        folder: whether ``data.path`` must be a folder, not a file.
        classes: whether it can have classes; without, it opens without the confusion matrix.
        build: makes all rows from the section ``[data]``; all chance comes from the generator.
        gives: what the rows are, where it matters by the section ``[data]``.
    """

    name: str
    english_label: str
    english_help: str
    build: Build
    uses: tuple[str, ...] = ()
    ignores: tuple[str, ...] = ()
    rank: int = 100
    drawn: bool = False
    folder: bool = False
    classes: bool = True
    gives: Gives = Rows.NUMBERS
    suggests: Mapping[str, Any] = field(default_factory=dict)

    def rows(self, data: Data) -> Rows:
        """Return what the rows are with these settings."""
        return self.gives if isinstance(self.gives, Rows) else self.gives(data)


SOURCES: Registry[Source] = Registry("data source", "gradlab.datasets")


def source(
    name: str,
    *,
    label: str,
    help: str,
    uses: tuple[str, ...] = (),
    ignores: tuple[str, ...] = (),
    rank: int = 100,
    drawn: bool = False,
    folder: bool = False,
    classes: bool = True,
    gives: Gives = Rows.NUMBERS,
    suggests: Mapping[str, Any] = NOTHING,
) -> Callable[[Build], Build]:
    """Return a decorator that registers a function as the data source ``name``; see :class:`Source`."""

    def add(build: Build) -> Build:
        SOURCES.add(
            Source(name, label, help, build, uses, ignores, rank, drawn, folder, classes, gives, suggests)
        )
        return build

    return add
