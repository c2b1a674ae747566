"""Builds the model of an experiment, with initial weights drawn from its seed."""

import torch
from torch import nn

from gradlab.datasets.split import Split
from gradlab.experiment.rows import Rows
from gradlab.experiment.schema import Experiment
from gradlab.models.base import MODELS, Ends
from gradlab.training.seeds import Stream, derive


def build_model(experiment: Experiment, split: Split) -> nn.Module:
    """Build the model for this data.

    Raises:
        InputError: if this kind of model cannot learn this data.
    """
    spec, kind = experiment.model, MODELS[experiment.model.kind]
    ends = Ends(split.input_shape, split.outputs_per_row, every_step=split.train_targets.ndim == 2)
    kind.refuse(ends.rows if split.dataset.has_targets else Rows.TILTS)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(derive(experiment.seed, Stream.WEIGHTS))
        model: nn.Module = kind.build(spec, ends)
    return model


def size_of(model: nn.Module) -> int:
    """Return how many weights a model has."""
    return sum(parameter.numel() for parameter in model.parameters())
