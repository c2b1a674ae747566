"""What a kind of model receives, and how one is registered."""

from collections.abc import Callable
from dataclasses import dataclass

from gradlab.errors import InputError
from gradlab.experiment.registry import Entry, Registry
from gradlab.experiment.sections.model import Model
from gradlab.language import mark, tr
from gradlab.torch_types import Module


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

    def refuse_unless(self, kind: str, needs: str) -> None:
        """Refuse a model of this kind unless the rows are what it ``needs``: one of the words in ROWS.

        Raises:
            InputError: says what the rows are, and which kinds of model take them.
        """
        has, fitting = ROWS[len(self.input_shape)]
        if needs != has:
            raise InputError(
                tr(
                    "model.kind = {kind} needs {needs}, and this data set has {has}; allowed here: {allowed}"
                ).format(kind=kind, needs=tr(needs), has=tr(has), allowed=fitting),
                "model.kind",
            )


# By the number of dimensions of a row: what the rows are, and the kinds of model that take them.
ROWS = {
    1: (mark("rows of numbers"), "linear, mlp"),
    2: (mark("sequences"), "linear, mlp, rnn, gru, lstm"),
    3: (mark("pictures"), "linear, mlp, cnn"),
}


Build = Callable[[Model, Ends], Module]


@dataclass(frozen=True)
class ModelKind(Entry):
    """A kind of model.

    Attributes:
        build: makes the network from the section ``[model]`` and its two ends.
        gives_loss: whether the network's output is itself the loss, so that there is nothing to predict.
    """

    name: str
    english_label: str
    english_help: str
    build: Build
    uses: tuple[str, ...] = ()
    ignores: tuple[str, ...] = ()
    rank: int = 100
    gives_loss: bool = False


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
) -> Callable[[Build], Build]:
    """Return a decorator that registers a function as the kind of model ``name``; see :class:`ModelKind`."""

    def add(build: Build) -> Build:
        MODELS.add(ModelKind(name, label, help, build, uses, ignores, rank, gives_loss))
        return build

    return add
