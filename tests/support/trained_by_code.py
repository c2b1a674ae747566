"""The code that is shown, run as it is, beside the run that it is the code of."""

import copy
import math

import torch
import torch.nn.functional as F
from plain_pytorch import drain, weights
from torch import nn

from gradlab.experiment.schema import Experiment
from gradlab.export.loop_code import lines_for, text_of
from gradlab.training.run import TrainingRun
from gradlab.training.seeds import Stream, derive


class Batches:
    """In place of a DataLoader: the micro-batches that a run sees, epoch by epoch."""

    def __init__(self, run: TrainingRun, batch_size: int) -> None:
        self.inputs, self.targets = run.rows.train
        self.batch_size = batch_size
        self.chance = torch.Generator().manual_seed(derive(run.experiment.seed, Stream.ORDER))

    def __len__(self):
        return math.ceil(len(self.targets) / self.batch_size)

    def __iter__(self):
        order = torch.randperm(len(self.targets), generator=self.chance)
        return iter([(self.inputs[rows], self.targets[rows]) for rows in order.split(self.batch_size)])


def trained_by_the_code(run: TrainingRun) -> nn.Module:
    """Run the shown code on a copy of an untouched run's model."""
    model = copy.deepcopy(run.model)
    for parameter in model.parameters():
        parameter.grad = None

    def data_loader(data, batch_size, shuffle):
        assert shuffle
        return Batches(run, batch_size)

    names = {
        "torch": torch,
        "nn": nn,
        "DataLoader": data_loader,
        "model": model,
        "data": run.rows.train[1],
        "loss_function": F.cross_entropy,
    }
    text = text_of(lines_for(run.experiment))
    exec(text.replace('GradScaler("cuda")', 'GradScaler("cpu")'), names)
    return model


def check_code(spec: Experiment, tolerance: float = 1e-5) -> None:
    """Train by the code and by the run from the same weights: they must end at the same ones."""
    run = TrainingRun(spec)
    before = weights(run.model)
    by_code = weights(trained_by_the_code(run))
    drain(run)
    # What never zeroes or does not divide grows large: compare on the scale of the weights themselves.
    scale = max(1.0, float(by_code.abs().max()))
    torch.testing.assert_close(by_code / scale, weights(run.model) / scale, rtol=tolerance, atol=tolerance)
    still = spec.gradients.zero == "after_backward" and spec.gradients.zero_to == "none"
    assert torch.equal(before, by_code) == still
