"""A point on a surface: gradient descent with nothing around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradlab.experiment.sections.model import Model
from gradlab.language import mark
from gradlab.models.base import Ends, model_kind

if TYPE_CHECKING:
    from torch import nn


@model_kind(
    "surface",
    label=mark("Point on a surface"),
    help=mark(
        "Two weights, x and y, are a point on a surface, and the height there is the loss. "
        "Needs the data set of the same kind."
    ),
    uses=("surface",),
    rank=70,
    gives_loss=True,
)
def surface(spec: Model, ends: Ends) -> nn.Module:
    """Return the point at its start; ``ends`` is as :func:`gradlab.training.building.build_model` checks it."""
    from gradlab.models.parts.surface import Surface

    return Surface(spec.surface)
