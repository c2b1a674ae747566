"""Long short-term memory: a recurrent network with a memory cell behind gates."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from gradlab.experiment.sections.model import Model
from gradlab.language import mark
from gradlab.models.base import Ends, model_kind

if TYPE_CHECKING:
    from torch import nn


@model_kind(
    "lstm",
    label=mark("LSTM"),
    help=mark(
        "A recurrent network with a memory cell, and gates that learn what to write, keep and read out. "
        "Needs sequences."
    ),
    uses=("hidden", "init", "dropout", "chunk"),
    rank=60,
)
def lstm(spec: Model, ends: Ends) -> nn.Module:
    """Return a sequence → one recurrent layer per entry of ``hidden`` → outputs.

    Raises:
        InputError: if the rows are not sequences.
    """
    from torch import nn

    from gradlab.models.parts.recurrent import recurrent

    return recurrent(spec, ends, "lstm", partial(nn.LSTM, batch_first=True))
