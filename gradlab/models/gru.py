"""The gated recurrent unit: a recurrent network that learns what to keep and what to renew."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from gradlab.experiment.sections.model import Model
from gradlab.language import mark
from gradlab.models.base import Ends, model_kind

if TYPE_CHECKING:
    from torch import nn


@model_kind(
    "gru",
    label=mark("GRU"),
    help=mark(
        "A recurrent network with gates that learn what to keep and what to renew: it remembers longer. "
        "Needs sequences."
    ),
    uses=("hidden", "init", "dropout", "chunk"),
    rank=50,
)
def gru(spec: Model, ends: Ends) -> nn.Module:
    """Return a sequence → one recurrent layer per entry of ``hidden`` → outputs.

    Raises:
        InputError: if the rows are not sequences.
    """
    from torch import nn

    from gradlab.models.parts.recurrent import recurrent

    return recurrent(spec, ends, "gru", partial(nn.GRU, batch_first=True))
