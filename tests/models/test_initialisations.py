"""What is added to the initial biases."""

import pytest
import torch
from plain_pytorch import experiment

from gradlab.training.run import TrainingRun


@pytest.mark.parametrize("init", ["default", "he"])
@pytest.mark.parametrize("kind", ["mlp", "cnn", "two_heads"])
def test_a_bias_is_added_to_every_hidden_unit_and_nothing_else_changes(kind, init):
    settings = {"kind": kind, "hidden": [6, 4], "init": init}
    plain, shifted = (
        dict(TrainingRun(experiment(model={**settings, "bias": bias})).model.named_parameters())
        for bias in (0.0, 10.0)
    )
    for name, parameter in plain.items():
        is_hidden = name.startswith(("hidden", "conv")) and name.endswith(".bias")
        torch.testing.assert_close(shifted[name], parameter + 10 if is_hidden else parameter)
    assert sum(name.startswith(("hidden", "conv")) for name in plain) == 4


def test_far_out_on_tanh_next_to_no_gradient_is_left():
    norms = []
    for bias in (0.0, 10.0):
        settings = {"hidden": [32], "activation": "tanh", "bias": bias}
        run = TrainingRun(experiment(data={"source": "moons"}, model=settings))
        outputs = run.model(run.rows.train[0])
        run.objective.mean_loss(outputs, run.rows.train[1]).backward()
        norms.append(float(run.model.hidden1.weight.grad.norm()))
    assert norms[0] > 0.05
    assert norms[1] < 1e-6
