"""What an optimizer says of its step is the step that it makes, with the layers that it is given and no others."""

import pytest
import torch
from plain_pytorch import experiment

from gradlab.experiment.sections.optimizer import Optimizer
from gradlab.training.layer_group import LayerGroup
from gradlab.training.optimizers.base import BY_GRADIENT, BY_SCALED_GRADIENT, OPTIMIZERS
from gradlab.training.parameters import FlatParameters
from gradlab.training.rule import UpdateRule
from gradlab.training.run import TrainingRun

LR = 0.1


@pytest.fixture
def parameters():
    return TrainingRun(experiment(model={"hidden": [4, 3]})).parameters


def steps(parameters: FlatParameters, spec: Optimizer, gradients):
    """Yield the weights before each step and how the step moved them."""
    rule = UpdateRule(spec.kind, parameters)
    for gradient in gradients:
        before = parameters.flat.clone()
        rule.step(torch.full_like(before, gradient), LR, spec)
        yield before, parameters.flat - before


def words(spec):
    return OPTIMIZERS[spec.kind].moved_by(spec)


def test_without_momentum_and_decay_sgd_moves_by_the_gradient_in_the_buffer(parameters):
    spec = Optimizer(kind="sgd")
    assert words(spec) == BY_GRADIENT == words(Optimizer(kind="by_hand"))
    for _, moved in steps(parameters, spec, (0.5, 0.5)):
        torch.testing.assert_close(moved, torch.full_like(moved, -LR * 0.5))


def test_with_weight_decay_it_says_that_each_weight_pulls_too(parameters):
    spec = Optimizer(kind="sgd", weight_decay=0.2)
    assert "what is in the buffer + weight decay × the weight" in words(spec)
    for before, moved in steps(parameters, spec, (0.5, 0.5)):
        torch.testing.assert_close(moved, -LR * (0.5 + 0.2 * before))


def test_with_momentum_it_says_that_the_velocity_before_counts_too(parameters):
    spec = Optimizer(kind="sgd", momentum=0.9)
    assert "velocity: the buffer, plus {momentum} × the velocity before" in words(spec)
    velocity = 0.0
    for gradient, (_, moved) in zip((0.5, 0.1), steps(parameters, spec, (0.5, 0.1)), strict=True):
        velocity = gradient + 0.9 * velocity
        torch.testing.assert_close(moved, torch.full_like(moved, -LR * velocity))


@pytest.mark.parametrize("kind", ["adam", "adamw", "rmsprop", "adagrad"])
def test_who_scales_the_gradient_says_so_and_moves_as_far_for_a_hundredth_of_it(parameters, kind):
    spec = Optimizer(kind=kind)
    assert words(spec) == BY_SCALED_GRADIENT != BY_GRADIENT
    [(_, large)] = steps(parameters, spec, [1.0])
    [(_, small)] = steps(parameters, spec, [0.01])
    torch.testing.assert_close(small, large, rtol=1e-3, atol=1e-5)


def test_the_parts_of_some_layers_are_the_parameters_of_those_alone(parameters):
    for kept in (slice(0, 1), slice(1, 2), slice(1, 3)):
        layers = parameters.layers[kept]
        group = LayerGroup(layers, 0, parameters.flat, parameters.segments, {})
        named = dict(
            zip((segment.name for segment in parameters.segments), parameters.parameters, strict=True)
        )
        names = {layer.name for layer in layers}
        expected = [tensor for name, tensor in named.items() if name.partition(".")[0] in names]
        for part, tensor in zip(group.in_shape(group.weights), expected, strict=True):
            assert torch.equal(part, tensor)
            assert part.data_ptr() == tensor.data_ptr()  # a view
