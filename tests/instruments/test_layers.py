"""What is measured of each layer is what plain PyTorch and numpy find."""

import itertools

import numpy as np
import pytest
from plain_pytorch import experiment, first_gradient

from gradlab.instruments.layers import TimelineRecorder, layer_rows
from gradlab.training.events import Updated
from gradlab.training.loop import train
from gradlab.training.run import TrainingRun


def update_once(run):
    next(event for event in train(run) if isinstance(event, Updated))


def test_layer_rows_measure_each_layers_gradient_and_step():
    run = TrainingRun(experiment(training={"measure_every": 1}, gradients={"zero": "every_update"}))
    expected = first_gradient(run)
    before = {name: value.detach().clone() for name, value in run.model.named_parameters()}
    update_once(run)
    hidden, output = layer_rows(run)
    assert (hidden.layer, output.layer) == ("hidden1", "output")
    gradient = np.concatenate([expected["hidden1.weight"].ravel(), expected["hidden1.bias"]])
    assert hidden.grad_norm == pytest.approx(np.linalg.norm(gradient), rel=1e-5)
    assert hidden.grad_mean_abs == pytest.approx(np.abs(gradient).mean(), rel=1e-5)
    assert hidden.zero_share == pytest.approx((gradient == 0).mean())
    moved = dict(run.model.named_parameters())["output.weight"].detach() - before["output.weight"]
    assert output.update_ratio == pytest.approx(float(moved.std() / before["output.weight"].std()), rel=1e-4)


def test_a_layer_without_a_matrix_has_no_update_ratio():
    run = TrainingRun(experiment(model={"hidden": [8], "batch_norm": True}, training={"measure_every": 1}))
    update_once(run)
    ratios = {row.layer: row.update_ratio for row in layer_rows(run)}
    assert ratios["norm1"] is None
    assert ratios["hidden1"] is not None


def test_the_timeline_is_the_root_mean_square_per_layer_and_marks_none():
    run = TrainingRun(experiment())
    expected = first_gradient(run)
    recorder = TimelineRecorder(run)
    for event in train(run):
        recorder.hear(event)
        if isinstance(event, Updated):
            break
    gradient = np.concatenate([expected["output.weight"].ravel(), expected["output.bias"]])
    assert recorder.record().rms[1, 0] == pytest.approx(np.sqrt((gradient**2).mean()), rel=1e-5)
    nothing = TrainingRun(experiment(gradients={"zero": "after_backward"}))
    recorder = TimelineRecorder(nothing)
    for event in train(nothing):
        recorder.hear(event)
    assert set(recorder.record().rms.ravel()) == {-1.0}


def test_the_timeline_stays_bounded_and_never_loses_a_spike():
    run = TrainingRun(experiment(training={"epochs": 4}))
    bounded, whole = TimelineRecorder(run, columns=16), TimelineRecorder(run)
    for event in train(run):
        bounded.hear(event)
        whole.hear(event)
    short, long = bounded.record(), whole.record()
    assert len(short.updates) <= 16 < len(long.updates)
    np.testing.assert_allclose(short.rms.max(axis=1), long.rms.max(axis=1))
    starts = np.append(short.updates, np.inf)
    for column, (start, stop) in enumerate(itertools.pairwise(starts)):
        covered = (long.updates >= start) & (long.updates < stop)
        np.testing.assert_allclose(short.rms[:, column], long.rms[:, covered].max(axis=1))
