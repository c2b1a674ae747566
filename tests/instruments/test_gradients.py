"""The gradient buffer, and the weights and updates beside it, are those of plain PyTorch."""

import copy

import numpy as np
import pytest
import torch
from plain_pytorch import batches, experiment, first_gradient, mean_loss

from gradlab.instruments.gradients import GATES, BufferRecorder, in_blocks
from gradlab.instruments.records import BufferWish
from gradlab.training.events import Updated
from gradlab.training.loop import train
from gradlab.training.run import TrainingRun

LR = 0.05
NO_WISH = BufferWish()
OPTIMIZERS = {
    "sgd": ({"kind": "sgd"}, lambda p: torch.optim.SGD(p, LR)),
    "momentum": (
        {"kind": "sgd", "momentum": 0.9},
        lambda p: torch.optim.SGD(p, LR, momentum=0.9),
    ),
    "adam": ({"kind": "adam"}, lambda p: torch.optim.Adam(p, LR)),
    "clipped": ({"kind": "sgd", "clip_norm": 0.1}, lambda p: torch.optim.SGD(p, LR)),
}


def seen(run, wish=NO_WISH, count=None):
    """Train as long as ``count`` updates; yield what the panel gets after each."""
    recorder = BufferRecorder(run)
    recorder.ask(wish)
    for event in train(run):
        recorder.hear(event)
        if isinstance(event, Updated):
            yield recorder.record()
            if event.update == count:
                return


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_weights_and_updates_are_those_of_plain_pytorch(name):
    spec, make = OPTIMIZERS[name]
    run = TrainingRun(experiment(optimizer={"lr": LR, **spec}))
    model = copy.deepcopy(run.model)
    optimizer = make(list(model.parameters()))
    frames = seen(run, BufferWish(updates=True), count=6)
    for frame, (inputs, targets) in zip(frames, batches(run, 1, 64), strict=False):
        before = {name: value.detach().numpy().copy() for name, value in model.named_parameters()}
        optimizer.zero_grad()
        mean_loss(model, inputs, targets).backward()
        if "clip_norm" in spec:
            torch.nn.utils.clip_grad_norm_(model.parameters(), spec["clip_norm"])
        optimizer.step()
        for parameter in frame.parameters:
            after = dict(model.named_parameters())[parameter.name].detach().numpy()
            np.testing.assert_allclose(parameter.weights, after, rtol=1e-5, atol=1e-7)
            np.testing.assert_allclose(parameter.update, after - before[parameter.name], rtol=1e-3, atol=1e-7)


def test_the_update_is_exactly_what_moved_the_weights():
    run = TrainingRun(experiment(optimizer={"kind": "adam", "lr": LR}, gradients={"accumulate": 3}))
    before = {segment.name: segment.of(run.parameters.flat).clone() for segment in run.parameters.segments}
    for frame in seen(run, BufferWish(updates=True), count=4):
        for parameter in frame.parameters:
            moved = torch.from_numpy(parameter.weights) - before[parameter.name]
            np.testing.assert_array_equal(parameter.update, moved)
            before[parameter.name] = torch.from_numpy(parameter.weights)


def test_frozen_weights_have_no_gradient_and_an_update_of_exactly_zero():
    run = TrainingRun(experiment(model={"hidden": [8], "freeze": ["hidden1"]}))
    for frame in seen(run, BufferWish(updates=True), count=2):
        frozen = frame.parameters[0]
        assert frozen.used is None
        assert not frozen.update.any()
        assert frozen.weights.any()


def test_nothing_is_copied_at_updates_that_nobody_wants_to_see():
    run = TrainingRun(experiment())
    for frame in seen(run, BufferWish(), count=2):
        assert all(parameter.update is None for parameter in frame.parameters)
        assert all(parameter.weights is not None for parameter in frame.parameters)


def test_an_update_is_known_from_the_first_one_after_it_was_asked_for():
    run = TrainingRun(experiment())
    recorder = BufferRecorder(run)
    for event in train(run):
        recorder.hear(event)
        if isinstance(event, Updated):
            shown = recorder.record().parameters[0].update
            if event.update == 2:
                assert shown is None
                before = run.parameters.flat.clone()
                recorder.ask(BufferWish(updates=True))
                assert recorder.record().parameters[0].update is None
            if event.update == 3:
                expected = run.parameters.segments[0].of(run.parameters.flat - before)
                np.testing.assert_array_equal(shown, expected)
                return


def test_asking_for_updates_leaves_the_training_as_it_was():
    watched, alone = TrainingRun(experiment()), TrainingRun(experiment())
    for _ in seen(watched, BufferWish(updates=True)):
        pass
    for _ in train(alone):
        pass
    assert torch.equal(watched.parameters.flat, alone.parameters.flat)


def test_a_large_layer_is_whole_only_while_somebody_looks_at_it():
    run = TrainingRun(experiment(model={"hidden": [300, 300]}))
    recorder = BufferRecorder(run)
    for event in train(run):
        recorder.hear(event)
        if isinstance(event, Updated):
            break
    in_blocks = recorder.record().parameters[2]
    assert in_blocks.shape == (300, 300)
    assert max(in_blocks.used.shape) <= 256
    recorder.ask(BufferWish(whole="hidden2"))
    whole = recorder.record().parameters[2]
    np.testing.assert_array_equal(whole.used, run.parameters.segments[2].of(run.buffer.used))
    assert whole.used.shape == (300, 300)


@pytest.mark.parametrize(("kind", "letters"), [("rnn", ""), ("gru", "rzn"), ("lstm", "ifgo")])
def test_stacked_gates_are_named_in_pytorchs_order(kind, letters):
    run = TrainingRun(
        experiment(data={"source": "sequence", "pattern": "chirp"}, model={"kind": kind, "hidden": [4]})
    )
    by_name = {parameter.name: parameter for parameter in next(seen(run, BufferWish())).parameters}
    assert by_name["recurrent1.weight_hh_l0"].gates == letters
    assert by_name["recurrent1.bias_ih_l0"].gates == letters
    assert by_name["output.weight"].gates == ""


def state_after_a_step(module, **openings):
    """What a layer of one unit makes of its state 0.5 when some gates are forced open (1) or closed (−1)."""
    layer = module(1, 1)
    with torch.no_grad():
        for gate, way in openings.items():
            layer.bias_ih_l0[GATES[module].index(gate)] = 100.0 * way
    state = torch.full((1, 1, 1), 0.5)
    return layer(torch.ones(1, 1, 1), (state, state) if module is torch.nn.LSTM else state)[1]


def test_the_gates_letters_stand_where_pytorch_has_these_gates():
    assert state_after_a_step(torch.nn.GRU, z=1).item() == pytest.approx(0.5)  # z = 1 keeps the state
    assert state_after_a_step(torch.nn.GRU, z=-1, n=1).item() == pytest.approx(
        1
    )  # else the new value comes in
    assert state_after_a_step(torch.nn.LSTM, i=-1, f=1)[1].item() == pytest.approx(0.5)
    assert state_after_a_step(torch.nn.LSTM, i=1, f=-1, g=1)[1].item() == pytest.approx(1)
    assert state_after_a_step(torch.nn.LSTM, o=-1)[0].item() == pytest.approx(0)


@pytest.mark.parametrize(("kind", "pixels"), [("mlp", (1, 8, 8)), ("cnn", ())])
def test_a_first_layer_that_takes_pictures_flat_knows_their_shape(kind, pixels):
    run = TrainingRun(experiment(model={"kind": kind, "hidden": [4]}))
    first, *others = next(seen(run, BufferWish())).parameters
    assert first.pixels == pixels
    assert all(parameter.pixels == () for parameter in others)


# --- the buffer ---


def test_the_picture_of_the_buffer_is_autograds_gradient():
    run = TrainingRun(experiment())
    expected = first_gradient(run)
    shown = next(seen(run))
    for parameter in shown.parameters:
        assert parameter.left_over is None  # emptied to None before
        np.testing.assert_array_equal(parameter.used.ravel(), expected[parameter.name].ravel())
        np.testing.assert_array_equal(parameter.batch, parameter.used)
    assert shown.norm == pytest.approx(np.sqrt(sum((g**2).sum() for g in expected.values())), rel=1e-5)


def test_left_over_and_batch_add_up_to_what_is_used():
    run = TrainingRun(experiment(gradients={"accumulate": 3}))
    shown = next(seen(run))
    assert (shown.micro_batch, shown.accumulate) == (3, 3)
    for parameter in shown.parameters:
        np.testing.assert_array_equal(parameter.left_over + parameter.batch, parameter.used)


def test_zeroing_after_backward_shows_none_as_used():
    run = TrainingRun(experiment(gradients={"zero": "after_backward"}))
    shown = next(seen(run))
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
    for shown in seen(run):
        stale[shown.update] = shown.stale
        if run.counters.epochs > epochs:
            epochs = run.counters.epochs
            starts.append(shown.update)
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
    shown = next(seen(run))
    assert all(np.abs(parameter.left_over).max() > 0 for parameter in shown.parameters)
    assert not shown.stale


def test_a_picture_is_a_copy_that_later_training_leaves_alone():
    run = TrainingRun(experiment())
    shown = next(seen(run))
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


@pytest.mark.parametrize("clip", [0.0, 1e-3])
def test_what_is_used_is_the_very_array_of_the_batch_where_it_is_the_same(clip):
    run = TrainingRun(experiment(optimizer={"clip_norm": clip}, training={"epochs": 1}))
    for parameter in next(seen(run)).parameters:
        is_same = np.array_equal(parameter.used, parameter.batch)
        assert is_same == (not clip)
        assert (parameter.used is parameter.batch) == is_same
