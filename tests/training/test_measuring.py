"""What is measured of an update equals numpy's own numbers, layer by layer and replica by replica."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from plain_pytorch import experiment

from gradlab.training.measuring import measure, update_ratios
from gradlab.training.run import TrainingRun

MODELS = [
    {"hidden": [12, 7]},
    {"hidden": [6], "batch_norm": True},
    {"kind": "cnn", "hidden": [3, 4]},
    {"kind": "linear"},
]


def by_numpy(parameters, used, before, after):
    """Yield norm, mean magnitude, share of zeros and update ratio of each layer, then the ratio of all."""
    pairs = []
    for layer in parameters.layers:
        part = used[layer.start : layer.stop]
        ratio = np.nan
        if layer.matrices:
            old, new = before[layer.matrices], after[layer.matrices]
            pairs.append((old, new))
            ratio = np.std(new - old) / np.std(old)
        yield np.linalg.norm(part), np.abs(part).mean(), (part == 0).mean(), ratio
    old, new = (np.concatenate(parts) for parts in zip(*pairs, strict=True))
    yield np.std(new - old) / np.std(old)


def made_up(parameters, replicas):
    chance = torch.Generator().manual_seed(replicas)
    shape = (replicas, len(parameters.flat))
    before, used = torch.randn(shape, generator=chance) + 3, torch.randn(shape, generator=chance)
    used[:, ::3] = 0
    return before, used, before + 0.01 * torch.randn(shape, generator=chance)


@pytest.mark.parametrize("model", MODELS)
def test_single_and_stacked_updates_are_measured_as_numpy_does(model):
    parameters = TrainingRun(experiment(data={"source": "digits"}, model=model)).parameters
    before, used, after = made_up(parameters, replicas=4)
    parameters.flat = after
    stacked = measure(parameters, used, before)
    for row in range(4):
        parameters.flat = after[row]
        alone = measure(parameters, used[row], before[row])
        expected = list(by_numpy(parameters, *(part[row].double().numpy() for part in (used, before, after))))
        for measured in (alone, stacked.of(row)):
            numbers = (
                measured.grad_norms,
                measured.grad_mean_abs,
                measured.zero_shares,
                measured.update_ratios,
            )
            np.testing.assert_allclose(np.column_stack(numbers), expected[:-1], rtol=2e-5)
            assert measured.known_ratio == pytest.approx(expected[-1], rel=2e-5)


def test_gradients_whose_squares_leave_float32_keep_their_norm():
    parameters = TrainingRun(experiment(model={"hidden": [4]})).parameters
    used = torch.full_like(parameters.flat, 1e25)
    measured = measure(parameters, used, parameters.flat.clone())
    sizes = [layer.stop - layer.start for layer in parameters.layers]
    np.testing.assert_allclose(measured.grad_norms, 1e25 * np.sqrt(sizes), rtol=1e-5)


@pytest.mark.parametrize("weight", [0.0, 0.3])
def test_equal_weights_have_no_update_ratio(weight):
    parameters = TrainingRun(experiment(model={"hidden": [64, 64], "init": "zeros"})).parameters
    parameters.flat = torch.full_like(parameters.flat, weight)
    before = parameters.flat.clone()
    parameters.flat = before + torch.randn(len(before), generator=torch.Generator().manual_seed(0))
    measured = measure(parameters, torch.ones_like(before), before)
    assert measured.known_ratio is None
    assert np.isnan(measured.update_ratios).all()


@pytest.mark.parametrize("replicas", [None, 3])
def test_vectors_alone_have_no_update_ratio(replicas):
    parameters = TrainingRun(experiment(model={"hidden": [4]})).parameters
    layers = [replace(layer, matrices=None) for layer in parameters.layers]
    shape = (len(parameters.flat),) if replicas is None else (replicas, len(parameters.flat))
    ratios, of_all = update_ratios(layers, torch.randn(shape), torch.randn(shape))
    assert ratios.shape == (*shape[:-1], len(layers))
    assert of_all.shape == shape[:-1]
    assert np.isnan(ratios).all()
    assert np.isnan(of_all).all()
