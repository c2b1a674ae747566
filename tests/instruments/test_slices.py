"""Directions and projections are those of numpy and scikit-learn."""

import numpy as np
import pytest
import torch
from plain_pytorch import experiment
from sklearn.decomposition import TruncatedSVD

from gradlab.instruments.slices import coarse_to_fine, filter_normalized, main_directions, project
from gradlab.training.run import TrainingRun

KINDS = {
    "mlp": {"model": {"hidden": [16], "batch_norm": True}},
    "cnn": {"model": {"kind": "cnn"}},
    "rnn": {"data": {"source": "sequence", "samples": 60}, "model": {"kind": "gru", "hidden": [4]}},
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_filter_gets_the_length_of_the_weights_and_vectors_stand_still(kind):
    run = TrainingRun(experiment(**KINDS[kind]))
    drawn = torch.randn(run.parameters.flat.shape)
    normalized = filter_normalized(drawn, run.parameters.flat, run.parameters)
    for segment in run.parameters.segments:
        direction, before, weights = (
            segment.of(values).numpy() for values in (normalized, drawn, run.parameters.flat)
        )
        if weights.ndim == 1:
            assert not direction.any()
            continue
        for one, original, filter_ in zip(direction, before, weights, strict=True):
            expected = original * np.linalg.norm(filter_) / np.linalg.norm(original)
            np.testing.assert_allclose(one, expected, rtol=1e-5)


def test_the_main_directions_and_their_share_are_those_of_scikit_learn():
    steps = np.random.default_rng(0).normal(size=(40, 30)) * np.linspace(3, 0.1, 30)
    reference = TruncatedSVD(2, algorithm="arpack").fit(steps)
    steps = torch.from_numpy(steps)
    directions = main_directions(steps)
    np.testing.assert_allclose(np.abs(directions.numpy() @ reference.components_.T), np.eye(2), atol=1e-6)
    coordinates, share = project(steps, directions)
    np.testing.assert_allclose(coordinates, steps @ directions.T, atol=1e-9)
    assert share == pytest.approx(float((reference.singular_values_**2).sum() / steps.square().sum()))
    assert (coordinates[0] <= 0).all()


def test_projecting_onto_skew_directions_is_least_squares():
    chance = np.random.default_rng(0)
    steps, directions = chance.normal(size=(5, 20)), chance.normal(size=(2, 20)) * [[2.0], [0.1]]
    expected, left, *_ = np.linalg.lstsq(directions.T, steps.T)
    coordinates, share = project(torch.from_numpy(steps), torch.from_numpy(directions))
    np.testing.assert_allclose(coordinates, expected.T, rtol=1e-8)
    assert share == pytest.approx(1 - left.sum() / np.square(steps).sum())


def test_a_path_in_a_plane_lies_wholly_in_its_own_slice():
    plane = torch.randn(2, 100, generator=torch.Generator().manual_seed(0))
    steps = torch.randn(20, 2, generator=torch.Generator().manual_seed(1)) @ plane
    assert project(steps, main_directions(steps))[1] == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("side", [5, 9, 17, 65])
def test_the_grid_is_gone_through_once_from_coarse_to_fine(side):
    places = list(coarse_to_fine(side))
    assert len({(row, column) for row, column, _ in places}) == len(places) == side**2
    strides = [stride for *_, stride in places]
    assert strides == sorted(strides, reverse=True)
    assert strides[-1] == 1 or side == 5
