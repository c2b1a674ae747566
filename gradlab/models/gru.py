"""The gated recurrent unit: a recurrent network that learns what to keep and what to update."""

from gradlab.experiment.rows import Rows
from gradlab.experiment.sections.model import Model
from gradlab.language import mark
from gradlab.models.base import Ends, model_kind
from gradlab.torch_types import Module


@model_kind(
    "gru",
    label=mark("GRU"),
    help=mark(
        "A recurrent network with gates that learn what to keep and what to renew: it remembers longer. "
        "Needs sequences."
    ),
    uses=("hidden", "init", "dropout", "chunk"),
    rank=50,
    takes=(Rows.SEQUENCES, Rows.TRACES),
)
def gru(spec: Model, ends: Ends) -> Module:
    """Return a sequence → one GRU layer per entry of ``hidden`` → outputs."""
    from torch import nn

    from gradlab.models.parts.recurrent import recurrent

    return recurrent(spec, ends, "gru", nn.GRU)
