"""Long short-term memory: a recurrent network with a memory cell behind gates."""

from gradlab.experiment.rows import Rows
from gradlab.experiment.sections.model import Model
from gradlab.language import mark
from gradlab.models.base import Ends, model_kind
from gradlab.torch_types import Module


@model_kind(
    "lstm",
    label=mark("LSTM"),
    help=mark(
        "A recurrent network with a memory cell, and gates that learn what to write, keep and read out. "
        "Needs sequences."
    ),
    uses=("hidden", "init", "dropout", "chunk"),
    rank=60,
    takes=(Rows.SEQUENCES, Rows.TRACES),
)
def lstm(spec: Model, ends: Ends) -> Module:
    """Return a sequence → one LSTM layer per entry of ``hidden`` → outputs."""
    from torch import nn

    from gradlab.models.parts.recurrent import recurrent

    return recurrent(spec, ends, "lstm", nn.LSTM)
