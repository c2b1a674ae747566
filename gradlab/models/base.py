"""What a kind of model receives, and how one is registered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gradlab.errors import InputError
from gradlab.experiment.registry import Entry, Registry, registry_of
from gradlab.experiment.rows import Rows, in_words
from gradlab.experiment.sections.model import Model
from gradlab.language import tr
from gradlab.torch_types import Module

if TYPE_CHECKING:
    from gradlab.experiment.schema import Experiment

FLAT = (Rows.NUMBERS, Rows.SEQUENCES, Rows.PICTURES)  # what a model takes that lines up all numbers of a row


@dataclass(frozen=True)
class Ends:
    """What a model takes and what it returns.

    Attributes:
        input_shape: of one row: ``(features,)``, ``(steps, features)`` or ``(channels, height, width)``.
        outputs: one per class, or 1 for a number.
        every_step: whether there is a number to predict at every time step, not just one per row.
    """

    input_shape: tuple[int, ...]
    outputs: int
    every_step: bool = False

    @property
    def rows(self) -> Rows:
        """What the rows are, where there is something to predict."""
        if self.every_step:
            return Rows.TRACES
        return {1: Rows.NUMBERS, 2: Rows.SEQUENCES, 3: Rows.PICTURES}[len(self.input_shape)]


Build = Callable[[Model, Ends], Module]


@dataclass(frozen=True)
class ModelKind(Entry):
    """A kind of model.

    Attributes:
        build: makes the network from the section ``[model]`` and its two ends.
        gives_loss: whether the network's output is itself the loss, so that there is nothing to predict.
        takes: the kinds of rows that it can work with.
    """

    name: str
    english_label: str
    english_help: str
    build: Build
    uses: tuple[str, ...] = ()
    ignores: tuple[str, ...] = ()
    rank: int = 100
    gives_loss: bool = False
    takes: tuple[Rows, ...] = FLAT

    def why_not(self, experiment: Experiment) -> str:
        """Return why it cannot work with the data of an experiment, in a sentence; empty if it can."""
        source: Any = registry_of("gradlab.datasets")[experiment.data.source]
        has = source.rows(experiment.data)
        if has in self.takes:
            return ""
        return tr("Needs {needs}; this data set has {has}.").format(needs=in_words(self.takes), has=has.words)

    def refuse(self, has: Rows) -> None:
        """Refuse rows that it cannot work with.

        Raises:
            InputError: says what the rows are, and which kinds of model take them.
        """
        if has not in self.takes:
            fitting = ", ".join(kind.name for kind in MODELS if has in kind.takes)
            line = tr(
                "model.kind = {kind} needs {needs}, and this data set has {has}; allowed here: {allowed}"
            )
            raise InputError(
                line.format(kind=self.name, needs=in_words(self.takes), has=has.words, allowed=fitting),
                "model.kind",
            )


MODELS: Registry[ModelKind] = Registry("model kind", "gradlab.models")


def model_kind(
    name: str,
    *,
    label: str,
    help: str,
    uses: tuple[str, ...] = (),
    ignores: tuple[str, ...] = (),
    rank: int = 100,
    gives_loss: bool = False,
    takes: tuple[Rows, ...] = FLAT,
) -> Callable[[Build], Build]:
    """Return a decorator that registers a function as the kind of model ``name``; see :class:`ModelKind`."""

    def add(build: Build) -> Build:
        MODELS.add(ModelKind(name, label, help, build, uses, ignores, rank, gives_loss, takes))
        return build

    return add
