"""The path of the weights begins at the start, and is thinned in bounded memory."""

import numpy as np
import pytest
import torch
from plain_pytorch import experiment, weights

from gradlab.instruments.weight_path import WeightPath
from gradlab.training.loop import train
from gradlab.training.run import TrainingRun


def test_the_path_begins_at_the_start_and_keeps_to_its_bounds():
    run = TrainingRun(experiment(training={"epochs": 50, "batch_size": 16, "device": "cpu"}))
    path = WeightPath(run, most_bytes=16 * 4 * len(weights(run.model)))
    seen = {0: weights(run.model)}
    for _ in train(run):
        if run.counters.updates not in seen:
            seen[run.counters.updates] = weights(run.model)
            path.note()
        if run.counters.updates == 300:
            break
    points, epochs = path.points()
    assert torch.equal(points[-1], run.parameters.flat)
    points, epochs = points[:-1], epochs[:-1]
    assert 8 <= len(points) <= 16
    found = [next(update for update, held in seen.items() if torch.equal(held, point)) for point in points]
    assert found[0] == 0
    assert (np.diff(found) > 0).all()
    assert (np.diff(epochs) > 0).all()


def test_the_fast_beginning_of_a_path_stays_as_fine_as_the_rest():
    run = TrainingRun(experiment())
    path = WeightPath(run, most_bytes=40 * 4 * len(weights(run.model)))
    start = weights(run.model)
    for update in range(1, 1001):
        run.counters.updates = update
        run.parameters.flat.copy_(start + 1 - np.exp(-update / 50))
        path.note()
    steps = path.points()[0].diff(dim=0).norm(dim=1)
    assert 20 <= len(steps) <= 40
    assert steps.max() < 0.3 * steps.sum()  # evenly over the updates, the first step would be most of the way


@pytest.mark.parametrize("size", [0.0, float("nan"), float("inf")])
def test_a_path_that_stands_still_or_blows_up_can_be_thinned(size):
    run = TrainingRun(experiment())
    path = WeightPath(run, most_bytes=4 * 4 * len(weights(run.model)))
    for update in range(1, 20):
        run.counters.updates = update
        run.parameters.flat.mul_(size)
        path.note()
    assert 1 < len(path.points()[0]) <= 5
