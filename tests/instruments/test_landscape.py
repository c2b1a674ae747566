"""The landscape is that of the formulas, by numpy, plain PyTorch and scikit-learn; the run is left alone."""

import copy

import numpy as np
import pytest
import torch
from plain_pytorch import experiment, mean_loss

from gradlab.instruments.landscape import MOST_ROWS, LandscapeRecorder
from gradlab.instruments.records import CancelLandscape, ComputeLandscape, Landscape
from gradlab.instruments.weight_path import WeightPath
from gradlab.runs.observed_run import ObservedRun
from gradlab.training.loop import train
from gradlab.training.run import TrainingRun

ONE_BATCH = {"training": {"epochs": 3, "batch_size": 512, "device": "cpu"}}
SMALL = ComputeLandscape(directions="random", side=5)
KINDS = {
    "mlp": {"model": {"hidden": [16], "batch_norm": True, "dropout": 0.5}},
    "cnn": {"model": {"kind": "cnn"}},
    "rnn": {
        "data": {"source": "sequence", "samples": 60},
        "model": {"kind": "gru", "hidden": [4], "chunk": 10},
    },
    "regression": {"data": {"source": "diabetes"}},
    "bfloat16": {
        "model": {"hidden": [16]},
        "training": {"epochs": 2, "batch_size": 32, "device": "cpu", "precision": "bfloat16"},
    },
    "moons": {"data": {"source": "moons", "samples": 200}, "model": {"hidden": [8, 8]}},
}


def trained(updates=3, **changes):
    """Return a run after some updates, and its recorder."""
    run = TrainingRun(experiment(**changes))
    recorder = LandscapeRecorder(run)
    for event in train(run):
        recorder.hear(event)
        if run.counters.updates >= updates:
            break
    return run, recorder


def computed(recorder, wish=SMALL):
    recorder.ask(wish)
    while recorder.has_work:
        recorder.work()
    return recorder.record(at_rest=True)


def flat(run):
    return run.parameters.flat.clone()


def test_a_filter_of_zeros_has_no_direction():
    run = TrainingRun(experiment(model={"hidden": [4], "init": "zeros"}))
    recorder = LandscapeRecorder(run)
    landscape = computed(recorder)
    np.testing.assert_allclose(landscape.surface.losses, landscape.surface.center_loss)


@pytest.mark.parametrize("kind", KINDS)
def test_the_loss_in_the_middle_is_the_runs_own(kind):
    run, recorder = trained(**KINDS[kind])
    surface = computed(recorder, ComputeLandscape("random", side=5, rows="validation")).surface
    assert surface.row_count == len(run.evaluation.rows[1])  # all of them: they are few
    assert surface.center_loss == pytest.approx(run.measure(0.0, None).val_loss, rel=1e-6)
    assert surface.losses[2, 2] == surface.center_loss
    assert surface.x[2] == surface.y[2] == 0


def test_of_many_rows_some_are_taken_the_same_ones_every_time():
    run, recorder = trained()
    first, again = (computed(recorder).surface for _ in range(2))
    assert first.row_count == MOST_ROWS < len(run.rows.train[1])
    assert first.center_loss == again.center_loss
    own = float(run.objective.mean_loss(run.evaluation.outputs(run.rows.train[0]), run.rows.train[1]))
    assert first.center_loss == pytest.approx(own, rel=0.05)


def test_without_validation_rows_those_of_training_are_taken():
    _, recorder = trained(data={"source": "moons", "validation": 0.0})
    assert computed(recorder, ComputeLandscape(side=5, rows="validation")).surface.rows == "training"


@pytest.mark.parametrize("directions", ["random", "path"])
def test_every_point_has_the_loss_of_plain_pytorch_at_its_weights(directions):
    run, recorder = trained(data={"source": "moons", "samples": 200}, model={"hidden": [8, 8]})
    surface = computed(recorder, ComputeLandscape(directions, side=5, span=0.5)).surface
    assert surface.directions == directions
    first, second = recorder.survey.directions
    model = copy.deepcopy(run.model)
    for row, y in enumerate(surface.y):
        for column, x in enumerate(surface.x):
            weights = flat(run) + float(x) * first + float(y) * second
            torch.nn.utils.vector_to_parameters(weights, model.parameters())
            with torch.no_grad():
                expected = float(mean_loss(model, *run.rows.train))
            assert surface.losses[row, column] == pytest.approx(expected, rel=1e-5)


def test_the_landscape_of_linear_regression_is_a_paraboloid():
    _, recorder = trained(data={"source": "diabetes"}, model={"kind": "linear"}, updates=10)
    surface = computed(recorder, ComputeLandscape("path", side=9)).surface
    assert surface.directions == "path"
    x, y = (axis.ravel() for axis in np.meshgrid(surface.x, surface.y))
    terms = np.column_stack([np.ones_like(x), x, y, x * x, x * y, y * y])
    _, [rest], *_ = np.linalg.lstsq(terms, surface.losses.ravel())
    assert np.sqrt(rest / x.size) < 1e-6 * surface.losses.max()


def test_the_path_ends_where_the_run_is_and_goes_on_after_the_picture():
    run, recorder = trained(updates=8)
    landscape = computed(recorder, ComputeLandscape("path", side=5))
    assert landscape.is_current
    np.testing.assert_allclose(landscape.path[-1], 0, atol=1e-6)
    assert landscape.epochs[0] == 0
    assert landscape.epochs[-1] == run.position.in_epochs
    inside = landscape.path[:, 0]
    assert landscape.surface.x[0] < inside.min() < inside.max() < landscape.surface.x[-1]
    with torch.no_grad():
        run.parameters.flat.add_(0.5 * recorder.survey.directions[1])
    moved = recorder.record(at_rest=True)
    assert not moved.is_current
    np.testing.assert_allclose(moved.path[-1], [0, 0.5], atol=1e-5)
    assert moved.surface is landscape.surface


def test_a_path_too_short_for_directions_of_its_own_is_said_to_be():
    _, recorder = trained(updates=1)
    surface = computed(recorder, ComputeLandscape("path", side=5)).surface
    assert (surface.wanted, surface.directions) == ("path", "random")


def test_a_network_too_large_to_be_remembered_still_has_a_landscape():
    run, recorder = trained()
    recorder.path = WeightPath(run, most_bytes=0)
    recorder.path.note()
    landscape = computed(recorder, ComputeLandscape("path", side=5))
    assert landscape.surface.directions == "random"
    assert landscape.path.shape == (1, 2)
    assert landscape.share is None


def test_unfinished_points_take_after_their_nearest_neighbours():
    _, recorder = trained()
    done = computed(recorder, ComputeLandscape("random", side=17)).surface.losses
    recorder.ask(ComputeLandscape("random", side=17))
    for _ in range(25):
        recorder.survey.compute_next()
    coarse = recorder.record(at_rest=True).surface.losses
    np.testing.assert_array_equal(coarse[::4, ::4], done[::4, ::4])
    np.testing.assert_array_equal(coarse[3:6, 7:10], done[4, 8])


def test_cancelling_keeps_what_is_there_and_a_new_wish_starts_afresh():
    _, recorder = trained()
    recorder.ask(CancelLandscape())  # nothing to cancel yet
    assert recorder.record(at_rest=True) is None
    recorder.ask(ComputeLandscape("random", side=65))
    recorder.work()
    before = recorder.record(at_rest=True)
    assert before.computing
    assert before.seconds_left > 0
    recorder.ask(CancelLandscape())
    assert not recorder.has_work
    after = recorder.record(at_rest=True)
    assert (after.computing, after.seconds_left) == (False, None)
    assert 0 < after.progress < 1
    assert after.surface is before.surface
    assert computed(recorder).progress == 1


def test_a_record_is_left_alone_by_what_comes_later():
    _, recorder = trained()
    recorder.ask(ComputeLandscape("random", side=65))
    recorder.work()
    surface = recorder.record(at_rest=True).surface
    before = surface.losses.copy()
    while recorder.has_work:
        recorder.work()
    assert recorder.record(at_rest=True).surface is not surface
    np.testing.assert_array_equal(surface.losses, before)


def test_while_training_the_path_is_projected_only_now_and_then_and_at_rest_always(clock):
    run, recorder = trained(data={"source": "moons", "samples": 200}, model={"hidden": [8]})
    computed(recorder, ComputeLandscape("random", side=5))
    points = len(recorder.record(at_rest=True).path)
    recorder._throttle.spend(1.0)  # the projection took that long
    run.parameters.flat.add_(0.1)
    recorder.path.note()
    assert len(recorder.record(at_rest=False).path) == points
    clock[0] += 60
    moved = recorder.record(at_rest=False)
    assert len(moved.path) == points + 1
    assert not moved.is_current


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_is_bit_identical_with_landscapes_computed_at_every_phase(kind):
    changes = {"training": {"epochs": 2, "batch_size": 32, "device": "cpu"}} | KINDS[kind]
    alone, watched = (ObservedRun(experiment(**changes)) for _ in range(2))
    watched.instruments.watch(frozenset({Landscape}))
    chance = torch.get_rng_state()
    for step in range(12):
        alone.step_phase()
        watched.step_phase()
        watched.instruments.ask(Landscape, ComputeLandscape(("path", "random")[step % 2], side=5))
        while watched.instruments.has_work:
            watched.instruments.work()
        watched.frame(at_rest=True)
    for session in (alone, watched):
        session.step_epoch()
    assert torch.equal(alone.run.parameters.flat, watched.run.parameters.flat)
    assert torch.equal(alone.run.buffer.used, watched.run.buffer.used)
    assert torch.equal(alone.run.network.chance.get_state(), watched.run.network.chance.get_state())
    assert torch.equal(alone.run.rows.chance.get_state(), watched.run.rows.chance.get_state())
    assert torch.equal(torch.get_rng_state(), chance)
    for mine, other in zip(alone.run.model.buffers(), watched.run.model.buffers(), strict=True):
        assert torch.equal(mine, other)
    assert watched.run.model.training


def test_training_on_while_it_is_computed_leaves_the_picture_that_of_its_moment():
    run, recorder = trained()
    expected = computed(recorder, ComputeLandscape("random", side=17)).surface
    recorder.ask(ComputeLandscape("random", side=17))
    recorder.work()
    with torch.no_grad():
        run.parameters.flat.mul_(2)
    while recorder.has_work:
        recorder.work()
    np.testing.assert_array_equal(recorder.record(at_rest=True).surface.losses, expected.losses)


@pytest.mark.parametrize("size", [float("nan"), float("inf"), 1e25])
def test_weights_that_blew_up_give_a_picture_and_no_error(size):
    run, recorder = trained()
    with torch.no_grad():
        run.parameters.flat.mul_(size)
    recorder.path.note()
    landscape = computed(recorder, ComputeLandscape("path", side=5))
    assert landscape.progress == 1
    assert len(landscape.path) == len(landscape.epochs)
    assert np.isfinite(landscape.path).all()


@pytest.mark.parametrize("seed", [0, 1])
def test_two_weights_are_seen_whole_with_their_values_along_the_axes(seed):
    settings = {"data": {"source": "surface", "noise": 0.01}, "model": {"kind": "surface"}, "seed": seed}
    run = TrainingRun(experiment(**settings))
    recorder = LandscapeRecorder(run)
    for event in train(run):
        recorder.hear(event)
    while recorder.has_work:
        recorder.work()
    landscape = recorder.record(at_rest=True)
    surface = landscape.surface
    x, y = np.meshgrid(surface.x, surface.y)
    tilt = run.rows.train[0].mean(dim=0).numpy()
    expected = x**2 + (y**2 - 1) ** 2 / 2 + tilt[0] * x + tilt[1] * y
    np.testing.assert_allclose(surface.losses, expected, atol=1e-5)
    np.testing.assert_allclose(landscape.path[0], (1, 0))
    np.testing.assert_allclose(landscape.path[-1], run.parameters.flat.numpy(), atol=1e-6)
    assert (surface.directions, landscape.is_current) == ("weights", True)
    assert landscape.share == pytest.approx(1)
