"""What a model kind is given, and how one is registered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from gradlab.experiment.registry import MODELS, Registry
from gradlab.experiment.schema import Model

if TYPE_CHECKING:  # torch takes most of a second to load: only building a model needs it
    from torch import nn


@dataclass(frozen=True)
class Ends:
    """What goes in and what comes out.

    Attributes:
        input_shape: of one row: ``(features,)`` or ``(channels, height, width)``.
        outputs: one per class, or 1 for a number.
    """

    input_shape: tuple[int, ...]
    outputs: int


ModelKind = Callable[[Model, Ends], "nn.Module"]

# The registry lives below, so that experiments can be checked without this package; here it gets its type.
models = cast("Registry[ModelKind]", MODELS)
