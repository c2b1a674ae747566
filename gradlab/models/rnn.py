"""The plain recurrent network: each step sees the previous step's summary of the past."""

from functools import partial

from gradlab.errors import InputError
from gradlab.experiment.rows import Rows
from gradlab.experiment.sections.model import Model
from gradlab.language import mark, tr
from gradlab.models.activations.base import ACTIVATIONS
from gradlab.models.base import Ends, model_kind
from gradlab.torch_types import Module


@model_kind(
    "rnn",
    label=mark("RNN"),
    help=mark(
        "Goes through a sequence step by step; each layer sees its own last output again. Forgets soon: "
        "its gradient vanishes or explodes over many steps. Needs sequences."
    ),
    uses=("hidden", "activation", "init", "dropout", "chunk"),
    rank=40,
    takes=(Rows.SEQUENCES, Rows.TRACES),
)
def rnn(spec: Model, ends: Ends) -> Module:
    """Return a sequence → one recurrent layer per entry of ``hidden`` → outputs.

    Raises:
        InputError: for an activation that recurrent layers do not have.
    """
    from torch import nn

    from gradlab.models.parts.recurrent import recurrent

    allowed = [activation.name for activation in ACTIVATIONS if activation.in_recurrent_layers]
    if spec.activation not in allowed:
        raise InputError(
            tr(
                "model.activation = {activation}: PyTorch's recurrent layers do not have it; allowed "
                "here: {allowed}"
            ).format(activation=spec.activation, allowed=", ".join(allowed)),
            "model.activation",
        )
    return recurrent(spec, ends, "rnn", partial(nn.RNN, nonlinearity=spec.activation))
