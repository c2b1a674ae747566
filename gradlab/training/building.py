"""Builds the model of an experiment, with initial weights drawn from its seed."""

import torch
from torch import nn

from gradlab.datasets.split import Split
from gradlab.errors import InputError
from gradlab.experiment.schema import Experiment
from gradlab.language import tr
from gradlab.models.base import MODELS, Ends
from gradlab.models.parts.recurrent import Recurrent
from gradlab.training.seeds import Stream, derive


def build_model(experiment: Experiment, split: Split) -> nn.Module:
    """Build the model for this data.

    Raises:
        InputError: if this kind of model cannot learn this data.
    """
    every_step = split.train_targets.ndim == 2
    spec, kind = experiment.model, MODELS[experiment.model.kind]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(derive(experiment.seed, Stream.WEIGHTS))
        ends = Ends(split.input_shape, split.outputs_per_row, every_step)
        model: nn.Module = kind.build(spec, ends)
    if every_step and not isinstance(model, Recurrent):
        raise InputError(
            tr(
                "model.kind = {kind} predicts one number per row, and this data set wants one at every "
                "time step; allowed here: rnn, gru, lstm"
            ).format(kind=spec.kind),
            "model.kind",
        )
    if kind.gives_loss == split.dataset.has_targets:
        raise InputError(
            tr(
                "model.kind = {kind} does not go with data.source = {source}; "
                "allowed: surface for both, or for neither"
            ).format(kind=spec.kind, source=experiment.data.source),
            "model.kind",
        )
    return model


def size_of(model: nn.Module) -> int:
    """Return how many weights a model has."""
    return sum(parameter.numel() for parameter in model.parameters())
