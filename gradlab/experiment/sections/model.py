"""The section ``[model]``."""

from typing import Annotated, Literal

from pydantic import Field

from gradlab.experiment.sections.base import Section, registered
from gradlab.experiment.settings import setting
from gradlab.language import mark


class Model(Section):
    """The network."""

    kind: Annotated[str, registered("gradlab.models")] = setting(
        "mlp",
        label=mark("Model"),
        help=mark("The kind of network."),
        registry="gradlab.models",
        advanced=False,
    )
    hidden: Annotated[
        tuple[Annotated[int, Field(ge=1, le=4096)], ...], Field(strict=False, max_length=64)
    ] = setting(
        (32,),
        label=mark("Hidden layers"),
        unit=mark("units"),
        help=mark("How many units each hidden layer has, separated by commas; for the CNN, channels."),
    )
    activation: Annotated[str, registered("gradlab.models.activations")] = setting(
        "relu",
        label=mark("Activation"),
        help=mark("What bends the signal after each hidden layer."),
        registry="gradlab.models.activations",
    )
    init: Annotated[str, registered("gradlab.models.initialisations")] = setting(
        "default",
        label=mark("Initial weights"),
        help=mark("How the weights are drawn before training."),
        registry="gradlab.models.initialisations",
    )
    bias: float = setting(
        0.0,
        label=mark("Added to biases"),
        help=mark(
            "Added to the initial bias of every hidden unit. Far from 0, tanh and sigmoid start out flat."
        ),
        minimum=-100,
        maximum=100,
    )
    batch_norm: bool = setting(
        False,
        label=mark("Batch normalization"),
        help=mark(
            "Re-centres each layer's signal per micro-batch. With accumulation it still sees micro-batches, "
            "so four batches of 16 are then not the same as one of 64."
        ),
    )
    dropout: float = setting(
        0.0,
        label=mark("Dropout"),
        help=mark("Share of hidden units switched off at random for each training batch."),
        minimum=0,
        maximum=0.95,
    )
    head_a_updates: int = setting(
        0,
        label=mark("Head A is used for"),
        unit=mark("updates"),
        help=mark(
            "After this many updates head A is left out of the forward pass, and gets no gradient any more. "
            "0: it never is."
        ),
        minimum=0,
        maximum=1_000_000,
    )
    surface: Literal["saddle", "bowl", "plateau"] = setting(
        "saddle",
        label=mark("Surface"),
        help=mark("What the point moves on. Its height is the loss."),
        choices={
            "saddle": (
                mark("Saddle"),
                mark(
                    "x² + (y² − 1)² / 2, from (1, 0): level at (0, 0), but lower on both sides, down to (0, ±1)."
                ),
            ),
            "bowl": (mark("Bowl"), mark("x² + y² / 4, from (1, 1): one lowest place, at (0, 0).")),
            "plateau": (
                mark("Plateau"),
                mark("1 − exp(−x² − y²), from (2.5, 0): nearly level far out, with a hollow at (0, 0)."),
            ),
        },
    )
    chunk: int = setting(
        0,
        label=mark("Chunk length"),
        unit=mark("time steps"),
        help=mark(
            "Sequences are worked through in chunks of this many steps: the state is carried on, the gradient "
            "goes no further back than the chunk's beginning. With one target per row only the last chunk has a "
            "loss, and so a gradient. 0: the whole sequence at once."
        ),
        minimum=0,
        maximum=1000,
        live=True,
    )
    freeze: Annotated[tuple[str, ...], Field(strict=False, max_length=64)] = setting(
        (),
        label=mark("Frozen layers"),
        help=mark(
            "Names of layers that get no gradient, separated by commas. What the gradient buffer held of them "
            "is zeroed as the rest: to None, and they stand still; to zeros, and momentum, Adam and weight "
            "decay still move them."
        ),
        live=True,
    )
