"""What the instruments show is what PyTorch has."""

import copy
import itertools

import numpy as np
import pytest
import torch
from plain_pytorch import experiment, mean_loss

from gradlab.instruments.curves import CurveRecorder
from gradlab.instruments.gradients import BufferRecorder, in_blocks
from gradlab.instruments.layers import TimelineRecorder, layer_rows
from gradlab.instruments.records import (
    LineView,
    Mark,
    PicturesView,
    PlaneView,
    PredictedView,
    SequencesView,
)
from gradlab.instruments.views import data_view
from gradlab.training.events import Updated
from gradlab.training.loop import train
from gradlab.training.run import TrainingRun


def pictures(run):
    """Train; yield the number of the update and the picture of the buffer after each."""
    recorder = BufferRecorder(run)
    for event in train(run):
        recorder.hear(event)
        if isinstance(event, Updated):
            yield event.update, recorder.record()


def first_update(run):
    """Train to the first update; return the picture of the buffer."""
    return next(pictures(run))[1]


def autograd(run):
    """The gradient of the first batch by plain PyTorch, by parameter name."""
    from plain_pytorch import batches

    model = copy.deepcopy(run.model)
    inputs, targets = next(iter(batches(run, 1, run.experiment.training.batch_size)))
    mean_loss(model, inputs, targets).backward()
    return {name: parameter.grad.numpy() for name, parameter in model.named_parameters()}


def test_the_picture_of_the_buffer_is_autograds_gradient():
    run = TrainingRun(experiment())
    expected = autograd(run)
    shown = first_update(run)
    for parameter in shown.parameters:
        assert parameter.left_over is None  # emptied to None before
        np.testing.assert_array_equal(parameter.used.ravel(), expected[parameter.name].ravel())
        np.testing.assert_array_equal(parameter.batch, parameter.used)
    assert shown.norm == pytest.approx(np.sqrt(sum((g**2).sum() for g in expected.values())), rel=1e-5)


def test_left_over_and_batch_add_up_to_what_is_used():
    run = TrainingRun(experiment(gradients={"accumulate": 3}))
    shown = first_update(run)
    assert (shown.micro_batch, shown.accumulate) == (3, 3)
    for parameter in shown.parameters:
        np.testing.assert_array_equal(parameter.left_over + parameter.batch, parameter.used)


def test_zeroing_after_backward_shows_none_as_used():
    run = TrainingRun(experiment(gradients={"zero": "after_backward"}))
    shown = first_update(run)
    assert all(parameter.used is None for parameter in shown.parameters)
    assert all(np.abs(parameter.batch).max() > 0 for parameter in shown.parameters)


@pytest.mark.parametrize("zero_to", ["none", "zeros"])
@pytest.mark.parametrize("accumulate", [1, 3])
@pytest.mark.parametrize(
    ("zero", "stale_within_an_epoch", "stale_at_its_start"),
    [
        ("every_update", False, False),
        ("every_batch", False, False),
        ("after_backward", False, False),
        ("every_epoch", True, False),
        ("never", True, True),
    ],
)
def test_only_what_is_older_than_the_window_is_stale(
    zero, accumulate, zero_to, stale_within_an_epoch, stale_at_its_start
):
    run = TrainingRun(experiment(gradients={"zero": zero, "accumulate": accumulate, "zero_to": zero_to}))
    stale, starts, epochs = {}, [1], 0
    for update, shown in pictures(run):
        stale[update] = shown.stale
        if run.counters.epochs > epochs:
            epochs = run.counters.epochs
            starts.append(update)
    assert len(starts) == 2
    first, second = starts
    assert not stale.pop(first)
    assert stale.pop(second) == stale_at_its_start
    assert set(stale.values()) == {stale_within_an_epoch}


def test_a_windows_own_batches_are_not_stale_when_it_backpropagates_in_several_parts():
    run = TrainingRun(
        experiment(
            data={"source": "sequence", "pattern": "chirp"},
            model={"kind": "rnn", "hidden": [4], "chunk": 10},
            gradients={"accumulate": 2},
        )
    )
    shown = first_update(run)
    assert all(np.abs(parameter.left_over).max() > 0 for parameter in shown.parameters)
    assert not shown.stale


def test_a_picture_is_a_copy_that_later_training_leaves_alone():
    run = TrainingRun(experiment())
    shown = first_update(run)
    before = shown.parameters[0].used.copy()
    run.buffer.used.fill_(7)
    np.testing.assert_array_equal(shown.parameters[0].used, before)


@pytest.mark.parametrize("shape", [(5,), (3, 4), (6, 2, 3, 3)])
def test_a_picture_holds_every_value_once(shape):
    values = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    assert sorted(in_blocks(values).ravel()) == sorted(values.ravel())


def test_a_convolutions_filters_stay_whole_in_the_picture():
    values = np.random.default_rng(0).normal(size=(6, 2, 3, 3)).astype(np.float32)
    picture = in_blocks(values)
    assert picture.shape == (18, 6)
    np.testing.assert_array_equal(picture[3:6, 3:6], values[1, 1])


def test_a_large_matrix_is_shown_in_blocks_that_keep_the_extremes_and_nan():
    values = np.zeros((700, 900), dtype=np.float32)
    values[699, 899], values[3, 5], values[100, 100] = -9, 4, np.nan
    picture = in_blocks(values)
    assert max(picture.shape) <= 256
    assert np.nanmin(picture) == -9
    assert np.nanmax(picture) == 4
    assert np.isnan(picture).sum() == 1


def test_layer_rows_measure_each_layers_gradient_and_step():
    run = TrainingRun(experiment(training={"measure_every": 1}, gradients={"zero": "every_update"}))
    expected = autograd(run)
    before = {name: value.detach().clone() for name, value in run.model.named_parameters()}
    first_update(run)
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
    first_update(run)
    ratios = {row.layer: row.update_ratio for row in layer_rows(run)}
    assert ratios["norm1"] is None
    assert ratios["hidden1"] is not None


def test_the_timeline_is_the_root_mean_square_per_layer_and_marks_none():
    run = TrainingRun(experiment())
    expected = autograd(run)
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


def test_curves_mark_live_changes_in_words():
    run = TrainingRun(experiment())
    recorder = CurveRecorder(run)
    for event in train(run):
        recorder.hear(event)
        if run.counters.updates == 3:
            run.change(experiment(gradients={"zero": "never"}))
    assert recorder.record().marks == (Mark(3, "Zero gradients every update → never", "change"),)


@pytest.mark.parametrize(
    ("settings", "kind"),
    [
        ({"gradients": {"accumulate": 5, "tail": "drop"}}, "note"),
        ({"training": {"epochs": 50, "patience": 1, "min_delta": 1000}}, "end"),
        ({"optimizer": {"lr": 1000.0}, "model": {"hidden": [64, 64, 64], "init": "large"}}, "diverged"),
    ],
)
def test_marks_tell_notes_from_endings_and_from_what_went_wrong(settings, kind):
    run = TrainingRun(experiment(**settings))
    recorder = CurveRecorder(run)
    for event in train(run):
        recorder.hear(event)
    assert [mark.kind for mark in recorder.record().marks] == [kind]


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("moons", PlaneView),
        ("line", LineView),
        ("diabetes", PredictedView),
        ("digits", PicturesView),
        ("iris", PlaneView),
        ("sequence", SequencesView),
    ],
)
def test_the_view_fits_the_data_and_watching_it_changes_nothing(source, kind):
    settings = {"data": {"source": source}, "model": {"hidden": [8], "dropout": 0.2}}
    watched, alone = TrainingRun(experiment(**settings)), TrainingRun(experiment(**settings))
    look = data_view(watched)
    for event in train(watched):
        if isinstance(event, Updated):
            view = look()
    assert isinstance(view, kind)
    for _ in train(alone):
        pass
    assert torch.equal(watched.parameters.flat, alone.parameters.flat)


def test_fitted_line_and_points_are_in_the_datas_own_units():
    run = TrainingRun(
        experiment(data={"source": "line", "noise": 0.0}, model={"kind": "linear"}, training={"epochs": 60})
    )
    for _ in train(run):
        pass
    view = data_view(run)()
    slope, offset = np.polyfit(*view.train_points.T, 1)
    np.testing.assert_allclose(view.fitted, slope * view.x + offset, atol=1e-3)


def test_pictures_show_what_the_model_predicts():
    run = TrainingRun(experiment(training={"epochs": 15}))
    for _ in train(run):
        pass
    view = data_view(run)()
    assert view.pictures.min() >= 0
    assert view.pictures.max() <= 1
    assert (view.true == view.predicted).mean() > 0.8
    assert ((view.confidence > 0) & (view.confidence <= 1)).all()
