"""The written-out passes give what autograd gives, bit for bit."""

import pytest
import torch
from plain_pytorch import experiment

from gradlab.training.run import TrainingRun
from gradlab.training.written_out import written_out

ACTIVATIONS = ("identity", "relu", "leaky_relu", "tanh", "sigmoid", "gelu")
CASES = [
    *({"model": {"activation": name, "hidden": [16, 12]}} for name in ACTIVATIONS),
    *({"model": {"kind": "cnn", "activation": name, "hidden": [4, 6]}} for name in ACTIVATIONS),
    {"model": {"kind": "linear"}},
    {"model": {"hidden": [16, 12], "dropout": 0.3}},
    {"data": {"source": "diabetes"}, "model": {"hidden": [8]}},
    {"data": {"source": "fraud", "samples": 400}, "training": {"class_weights": "balanced"}},
    {"training": {"loss": "mse"}},
]


def run_of(settings):
    return TrainingRun(experiment(**{"data": {"source": "digits"}, **settings}))


def by_autograd(run, inputs, targets, weight):
    """Return outputs, loss and flat gradient as autograd has them."""
    state = run.network.chance.get_state()
    outputs = run.model(inputs)
    loss = run.objective.mean_loss(outputs, targets)
    learning = [parameter for parameter in run.parameters.parameters if parameter.requires_grad]
    gradients = torch.autograd.grad(loss * weight, learning)
    run.network.chance.set_state(state)
    return outputs.detach(), loss.detach(), torch.cat([gradient.reshape(-1) for gradient in gradients])


@pytest.mark.parametrize("settings", CASES)
@pytest.mark.parametrize(("rows", "weight"), [(32, 1.0), (1, 1.0), (17, 0.3)])
def test_outputs_loss_and_gradient_are_autograds(settings, rows, weight):
    run = run_of(settings)
    inputs, targets = (part[:rows] for part in run.rows.train)
    outputs, loss, gradient = by_autograd(run, inputs, targets, weight)
    chain = written_out(run.model, run.objective)
    run.buffer.batch.fill_(7)  # what was there before does not matter
    own_outputs, own_loss = chain.forward(inputs, targets)
    chain.backward(weight, run.buffer.batch)
    assert torch.equal(own_outputs, outputs)
    assert torch.equal(own_loss, loss)
    assert torch.equal(run.buffer.batch, gradient)


@pytest.mark.parametrize("frozen", [["hidden1"], ["hidden2"], ["hidden1", "hidden2"], ["output"]])
def test_frozen_layers_get_nothing_and_the_others_what_autograd_gives(frozen):
    run = run_of({"model": {"hidden": [16, 12], "freeze": frozen}})
    inputs, targets = (part[:32] for part in run.rows.train)
    _, _, gradient = by_autograd(run, inputs, targets, 1.0)
    run.buffer.batch.fill_(7)
    chain = written_out(run.model, run.objective)
    chain.forward(inputs, targets)
    chain.backward(1.0, run.buffer.batch)
    parts = [
        segment.of(run.buffer.batch).reshape(-1)
        for segment in run.parameters.segments
        if segment.layer not in frozen
    ]
    assert torch.equal(torch.cat(parts), gradient)
    for segment in run.parameters.segments:
        assert (segment.layer in frozen) == bool((segment.of(run.buffer.batch) == 7).all())


@pytest.mark.parametrize("model", [{"kind": "gru"}, {"batch_norm": True}])
def test_other_models_are_left_to_autograd(model):
    source = "sequence" if "kind" in model else "digits"
    run = run_of({"data": {"source": source}, "model": {**model, "hidden": [8]}})
    assert written_out(run.model, run.objective) is None
