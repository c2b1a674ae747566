"""The flow of gradients against plain PyTorch and numpy."""

import copy
import itertools
from math import isnan, nan

import numpy as np
import pytest
import torch
from plain_pytorch import batches, drain, experiment, mean_loss, weights

from gradlab.instruments import flow, size_histogram
from gradlab.instruments.course import CourseRecorder
from gradlab.instruments.flow import FlowRecorder
from gradlab.instruments.layers import NONE
from gradlab.instruments.micro_batches import MicroBatches, NoiseScale, cosine
from gradlab.instruments.records import Flow
from gradlab.instruments.size_histogram import BINS, SizeHistogramRecorder
from gradlab.runs.observed_run import ObservedRun
from gradlab.training.events import Backward, Forward, Updated
from gradlab.training.loop import train
from gradlab.training.run import TrainingRun

STEP, BATCHES = 0, 1  # rows of the directions


def watched(updates=None, **settings):
    """Train, to an update or to the end; return the run and what was recorded."""
    run = TrainingRun(experiment(**settings))
    recorder = FlowRecorder(run)
    for event in train(run):
        recorder.hear(event)
        if isinstance(event, Updated) and event.update == updates:
            break
    return run, recorder.record()


def plain_gradients(run, count):
    """The gradients of the first micro-batches of an untouched run, each of its own mean loss, flat."""
    found = []
    for inputs, targets in itertools.islice(batches(run, 1, run.experiment.training.batch_size), count):
        model = copy.deepcopy(run.model)
        mean_loss(model, inputs, targets).backward()
        found.append(torch.cat([parameter.grad.reshape(-1) for parameter in model.parameters()]).double())
    return found


def plain_cosine(a, b):
    return float(torch.nn.functional.cosine_similarity(a.double(), b.double(), dim=0))


# --- what is measured -----------------------------------------------------------------------------------


def test_bars_are_the_mean_and_the_largest_size_of_each_layers_values():
    fresh = TrainingRun(experiment())
    [gradient] = plain_gradients(fresh, 1)
    run, record = watched(updates=1)
    for number, layer in enumerate(run.parameters.layers):
        part = gradient[layer.start : layer.stop].abs()
        assert record.sizes.mean[number] == pytest.approx(float(part.mean()), rel=1e-4)
        assert record.sizes.largest[number] == pytest.approx(float(part.max()), rel=1e-4)
    assert record.layers == ("hidden1", "output")
    assert (record.sizes.update, record.sizes.batches) == (1, None)


def test_bars_tell_none_zero_and_nan_apart():
    run, _ = watched(updates=1, model={"hidden": [8, 8, 8]})
    recorder = FlowRecorder(run)
    hidden1, hidden2, hidden3, _ = run.parameters.layers
    run.buffer.without_gradient = run.buffer.without_gradient | {hidden1.name}
    run.buffer.used[hidden2.start : hidden2.stop] = 0
    run.buffer.used[hidden3.start] = nan
    for sizes in (recorder.record().sizes.mean, recorder.record().sizes.largest):
        assert sizes[0] == NONE
        assert sizes[1] == 0
        assert isnan(sizes[2])
        assert sizes[3] > 0


def test_within_an_update_the_bars_say_how_far_it_is():
    run = TrainingRun(experiment(gradients={"accumulate": 3}))
    recorder = FlowRecorder(run)
    assert recorder.record() is None
    for event in train(run):
        recorder.hear(event)
        if isinstance(event, Backward) and event.batch == 2:
            break
    sizes = recorder.record().sizes
    assert (sizes.update, sizes.batches, sizes.accumulate) == (1, 2, 3)


def test_the_update_ratio_is_that_of_the_real_step():
    settings = {"optimizer": {"kind": "adam", "lr": 0.01}, "model": {"hidden": [8], "batch_norm": True}}
    run = TrainingRun(experiment(**settings))
    recorder, ratios = FlowRecorder(run), []
    before = copy.deepcopy(run.model)
    for event in train(run):
        recorder.hear(event)
        if isinstance(event, Updated):
            old, new = dict(before.named_parameters()), dict(run.model.named_parameters())
            moved = {name: (new[name] - old[name]).detach() for name in ("hidden1.weight", "output.weight")}
            ratios.append([float(step.std() / old[name].detach().std()) for name, step in moved.items()])
            before = copy.deepcopy(run.model)
    record = recorder.record()
    assert record.matrices == ("hidden1", "output")  # norm1 has none
    assert "norm1" in record.layers
    np.testing.assert_allclose(record.ratios.high.T, ratios, rtol=1e-3)
    assert record.ratios.updates.tolist() == list(range(1, len(ratios) + 1))


@pytest.mark.parametrize("kind", ["sgd", "by_hand"])
def test_plain_sgd_steps_exactly_against_the_gradient(kind):
    _, record = watched(optimizer={"kind": kind, "lr": 0.1})
    np.testing.assert_allclose(record.directions.low[STEP], 1, atol=1e-5)


@pytest.mark.parametrize(
    "optimizer", [{"kind": "adam", "lr": 0.01}, {"kind": "sgd", "lr": 0.1, "momentum": 0.9}]
)
def test_adam_and_momentum_step_elsewhere(optimizer):
    run = TrainingRun(experiment(optimizer=optimizer))
    recorder, expected, before = FlowRecorder(run), [], weights(run.model)
    for event in train(run):
        recorder.hear(event)
        if isinstance(event, Updated):
            now = weights(run.model)
            expected.append(plain_cosine(now - before, -run.buffer.used))
            before = now
    measured = recorder.record().directions.low[STEP]
    np.testing.assert_allclose(measured, expected, atol=1e-5)
    assert 0 < np.mean(measured[5:]) < 0.95


@pytest.mark.parametrize("gradients", [{}, {"scale": "sum"}, {"zero": "never"}, {"zero": "every_batch"}])
def test_micro_batches_are_compared_each_by_itself(gradients):
    settings = {"gradients": {"accumulate": 3} | gradients}
    a, b, c = plain_gradients(TrainingRun(experiment(**settings)), 3)
    _, record = watched(updates=1, **settings)
    expected = (plain_cosine(a, b) + plain_cosine(b, c)) / 2
    assert record.directions.high[BATCHES, 0] == pytest.approx(expected, abs=1e-4)


def test_with_a_single_micro_batch_there_is_nothing_to_compare():
    run, record = watched()
    assert np.isnan(record.directions.high[BATCHES]).all()
    assert np.isnan(record.noise.high[0]).all()
    assert record.accumulate == 1
    assert set(record.noise.high[1]) == {64.0, float(len(run.rows.train[1]) % 64)}


def test_the_chunks_of_a_sequence_make_one_micro_batch():
    settings = {
        "data": {"source": "sequence", "pattern": "chirp"},
        "model": {"kind": "rnn", "hidden": [4], "chunk": 10},
        "gradients": {"accumulate": 2},
    }
    run = TrainingRun(experiment(**settings))
    recorder, sums, shares = FlowRecorder(run), [], []
    for event in train(run):
        recorder.hear(event)
        if isinstance(event, Backward):
            if event.chunk == 1:
                sums.append(torch.zeros_like(run.buffer.batch))
            sums[-1] += run.buffer.batch
        if isinstance(event, Forward):
            shares.append(event.chunks)
        if isinstance(event, Updated):
            break
    assert shares[0] > 1
    record = recorder.record()
    assert record.directions.high[BATCHES, 0] == pytest.approx(plain_cosine(*sums), abs=1e-5)
    assert record.noise.high[1, 0] == 128


def test_norms_are_before_and_after_clipping():
    settings = {"optimizer": {"lr": 0.1, "clip_norm": 0.5}}
    events = [event for event in drain(TrainingRun(experiment(**settings))) if isinstance(event, Updated)]
    _, record = watched(**settings)
    np.testing.assert_array_equal(record.norms.high[0], [event.grad_norm for event in events])
    np.testing.assert_array_equal(record.norms.high[1], [event.clipped_norm for event in events])
    assert set(record.norms.high[2]) == {0.5}
    assert (record.norms.high[1] < record.norms.high[0]).any()


def test_without_clipping_there_is_no_limit():
    _, record = watched(updates=2)
    assert np.isnan(record.norms.high[2]).all()


# --- the noise scale ------------------------------------------------------------------------------------


def noisy(chance, true, deviation, rows):
    """The mean gradient of ``rows`` rows, whose own scatter around the true one."""
    noise = deviation * chance.standard_normal((rows, len(true)))
    return torch.from_numpy((true + noise).mean(axis=0))


@pytest.mark.parametrize("sizes", [(8, 8), (8, 8, 8, 8), (16, 16, 5)])
def test_the_noise_scale_is_recovered_from_gradients_of_known_covariance(sizes):
    chance = np.random.default_rng(0)
    true, deviation = chance.standard_normal(200), np.linspace(0.5, 3, 200)
    noises, signals = [], []
    for _ in range(600):
        found = MicroBatches()
        for rows in sizes:
            found.add(noisy(chance, true, deviation, rows), rows)
        noise, signal = found.noise_and_signal()
        noises.append(noise)
        signals.append(signal)
    trace, square = float(np.square(deviation).sum()), float(np.square(true).sum())
    assert np.mean(noises) == pytest.approx(trace, rel=0.03)
    assert np.mean(signals) == pytest.approx(square, rel=0.03)
    scale = NoiseScale()
    for pair in zip(noises, signals, strict=True):
        scale.add(*pair)
    assert scale.rows == pytest.approx(trace / square, rel=0.15)


def test_both_parts_of_the_noise_scale_are_averaged_before_they_are_divided():
    scale = NoiseScale()
    for _ in range(10):
        scale.add(10.0, 1.0)
        scale.add(30.0, 7.0)
    assert scale.rows == pytest.approx(40 / 8)


def test_the_noise_scale_is_unknown_at_first_and_while_no_direction_stands_out():
    scale = NoiseScale()
    for _ in range(9):
        scale.add(1.0, 1.0)
        assert isnan(scale.rows)
    scale.add(1.0, 1.0)
    assert scale.rows == 1
    for _ in range(100):
        scale.add(1.0, -1.0)
    assert isnan(scale.rows)


def test_gradients_too_large_to_be_squared_leave_the_noise_scale_alone():
    scale = NoiseScale()
    for _ in range(10):
        scale.add(8.0, 2.0)
        scale.add(float("inf"), 2.0)
        scale.add(8.0, float("nan"))
    assert scale.rows == pytest.approx(4.0)


def test_the_cosine_of_nothing_is_unknown():
    assert isnan(cosine(torch.zeros(3), torch.ones(3)))
    assert cosine(torch.tensor([1.0, 0.0]), torch.tensor([1.0, 1.0])) == pytest.approx(0.5**0.5)


def test_a_run_with_accumulation_learns_its_noise_scale():
    _, record = watched(
        gradients={"accumulate": 4}, training={"epochs": 6, "batch_size": 16, "device": "cpu"}
    )
    known = record.noise.high[0][np.isfinite(record.noise.high[0])]
    assert len(known) > 10
    assert (known > 0).all()


# --- the histogram --------------------------------------------------------------------------------------


def test_the_histogram_is_that_of_all_values_where_they_are_few():
    run, record = watched(updates=1)
    histogram = record.histogram
    sizes = run.buffer.used.abs().double().numpy()
    for number, layer in enumerate(run.parameters.layers):
        own = sizes[layer.start : layer.stop]
        expected, _ = np.histogram(np.log10(own[own > 0]), histogram.exponents)
        assert histogram.shares[number, 0, 0] == pytest.approx((own == 0).mean())
        np.testing.assert_allclose(histogram.shares[number, 1:, 0], expected / len(own), atol=1e-6)
    expected, _ = np.histogram(np.log10(sizes[sizes > 0]), histogram.exponents)
    np.testing.assert_allclose(histogram.of(None)[1:, 0], expected / len(sizes), atol=1e-6)
    np.testing.assert_array_equal(histogram.of(1), histogram.shares[1])


def test_a_sample_of_a_large_layer_is_close_to_the_whole():
    run = TrainingRun(experiment(model={"hidden": [400, 100]}))
    recorder = SizeHistogramRecorder(run.parameters.layers, run.network.device)
    chance = torch.Generator().manual_seed(0)
    gradient = torch.randn(run.parameters.flat.shape, generator=chance)
    recorder.append(1, gradient, ())
    [own] = [gradient[layer.start : layer.stop] for layer in run.parameters.layers if layer.name == "hidden2"]
    expected, edges = np.histogram(np.log10(own.abs().numpy()), recorder.record().exponents)
    shares = recorder.record().shares[1, 1:, 0]
    np.testing.assert_allclose(shares, expected / len(own), atol=0.03)
    assert shares.sum() == pytest.approx(1)
    assert len(edges) == BINS + 1


def test_what_lies_beyond_the_bins_goes_into_the_outer_ones_and_nan_into_none():
    codes = size_histogram.bin_codes(np.array([0, 1e-30, 1e-12, 1e30, nan, np.inf, 2.0], dtype=np.float32))
    two = 1 + int((np.log10(2) + 12) * 3)
    assert codes.tolist() == [0, 1, 1, BINS, BINS + 1, BINS + 1, two]


def test_the_histogram_stays_bounded_and_keeps_the_mean_shares():
    run, _ = watched(updates=1)
    layers = run.parameters.layers
    bounded, whole = (SizeHistogramRecorder(layers, run.network.device, columns) for columns in (8, 64))
    for update in range(1, 33):
        gradient = run.buffer.used * 10.0 ** (update % 5)
        bounded.append(update, gradient, ())
        whole.append(update, gradient, ())
    short, long = bounded.record(), whole.record()
    assert len(short.updates) == 8
    assert short.end == 32
    np.testing.assert_allclose(short.shares, long.shares.reshape(2, 1 + BINS, 8, 4).mean(axis=3), atol=1e-6)


def test_a_frozen_layer_has_no_histogram():
    _, record = watched(updates=3, model={"hidden": [8], "freeze": ("hidden1",)})
    assert not record.histogram.shares[0].any()
    assert record.sizes.mean[0] == NONE
    assert record.ratios.high[0, 0] == 0
    np.testing.assert_allclose(record.histogram.of(None).sum(axis=0), 1, rtol=1e-5)


# --- memory, time and honesty ---------------------------------------------------------------------------


def test_a_course_stays_bounded_and_never_loses_a_spike():
    recorder, values = CourseRecorder(2, columns=8), np.random.default_rng(0).normal(size=(100, 2))
    values[37] = (50, -50)
    for update, pair in enumerate(values, 1):
        recorder.append(update, pair)
    course = recorder.record()
    assert len(course.updates) <= 8
    assert course.updates[-1] == 100
    starts = np.append(0, course.updates[:-1]).astype(int)
    for column, (start, stop) in enumerate(zip(starts, course.updates.astype(int), strict=True)):
        np.testing.assert_array_equal(course.high[:, column], values[start:stop].max(axis=0))
        np.testing.assert_array_equal(course.low[:, column], values[start:stop].min(axis=0))


def test_what_is_no_number_is_left_out_of_a_course():
    recorder = CourseRecorder(1, columns=2)
    for update, value in enumerate([1.0, nan, np.inf, 3.0], 1):
        recorder.append(update, [value])
    course = recorder.record()
    assert course.high.tolist() == [[1, 3]]
    assert course.updates.tolist() == [2, 4]


def test_a_record_is_a_copy_that_later_training_leaves_alone():
    run = TrainingRun(experiment())
    recorder = FlowRecorder(run)
    kept = None
    for event in train(run):
        recorder.hear(event)
        if isinstance(event, Updated) and event.update == 5:
            kept = recorder.record()
            shares, high = kept.histogram.shares.copy(), kept.norms.high.copy()
    np.testing.assert_array_equal(kept.histogram.shares, shares)
    np.testing.assert_array_equal(kept.norms.high, high)


def test_a_long_run_is_measured_only_as_often_as_there_is_time(monkeypatch):
    monkeypatch.setattr(flow, "FREE_SECONDS", 0)
    monkeypatch.setattr(flow, "SHARE", 1e-9)
    run, record = watched()
    assert record.ratios.updates.tolist() == [1]
    assert len(record.norms.updates) == run.counters.updates  # they cost nothing


def test_a_window_that_was_not_heard_from_its_beginning_is_left_out():
    run = TrainingRun(experiment(gradients={"accumulate": 3}))
    recorder = FlowRecorder(run)
    for event in train(run):
        missed = isinstance(event, Backward) and (run.counters.updates, event.batch) in {
            (0, 1),
            (1, 2),
            (2, 3),
        }
        if not missed:
            recorder.hear(event)
    assert recorder.record().ratios.updates.tolist() == list(range(4, run.counters.updates + 1))


def test_nobody_watched_is_a_gap():
    run = TrainingRun(experiment())
    recorder = FlowRecorder(run)
    for event in train(run):
        if not 10 <= run.counters.updates < 20:
            recorder.hear(event)
    record = recorder.record()
    gap = record.norms.updates.tolist().index(19)
    assert np.isnan(record.norms.high[:, gap]).all()
    assert np.isnan(record.ratios.high[:, record.ratios.updates.tolist().index(19)]).all()
    empty = record.histogram.updates.tolist().index(10)
    assert not record.histogram.shares[:, :, empty].any()


@pytest.mark.parametrize(
    "settings",
    [
        {"gradients": {"accumulate": 3, "tail": "carry"}, "model": {"hidden": [16], "dropout": 0.3}},
        {"optimizer": {"kind": "adam", "lr": 0.01, "clip_norm": 0.1}, "gradients": {"zero": "never"}},
        {"model": {"hidden": [8], "batch_norm": True}, "gradients": {"zero": "after_backward"}},
    ],
)
def test_watching_the_flow_changes_no_number(settings):
    spec = experiment(**settings)
    watching, alone = ObservedRun(spec), ObservedRun(spec)
    watching.instruments.watch(frozenset({Flow}))
    for session in (watching, alone):
        for _ in range(2):
            session.step_epoch()
            session.frame(at_rest=False)
    assert watching.ending is not None
    assert torch.equal(watching.run.parameters.flat, alone.run.parameters.flat)
    assert torch.equal(watching.run.buffer.used, alone.run.buffer.used)
    assert watching.frame(at_rest=True).get(Flow).ratios.updates.tolist()
    assert alone.frame(at_rest=True).get(Flow) is None


def test_a_run_that_blew_up_still_shows_where():
    run, record = watched(model={"hidden": [64, 64, 64], "init": "large"}, optimizer={"lr": 1000.0})
    assert run.counters.epochs < 2
    assert record is not None
    assert all(np.isfinite(course.updates).all() for course in (record.ratios, record.norms))
