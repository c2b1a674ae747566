"""A point on a surface: gradient descent and nothing else."""

from gradlab.experiment.rows import Rows
from gradlab.experiment.sections.model import Model
from gradlab.language import mark
from gradlab.models.base import Ends, model_kind
from gradlab.torch_types import Module


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
    takes=(Rows.TILTS,),
)
def surface(spec: Model, ends: Ends) -> Module:
    """Return the point at its start; :func:`gradlab.training.building.build_model` checks the data's ``ends``."""
    from gradlab.models.parts.surface import Surface

    return Surface(spec.surface)
